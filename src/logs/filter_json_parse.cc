#include <charconv>

#include "logs/filter_json.h"
#include "logs/filter_scanner.h"

namespace culprit {

namespace {

constexpr int kDepthMax = 64;             // of parentheses
constexpr int kWildcardsPerSelector = 1;  // user guide, JSON property selectors
constexpr int kWildcardsMax = 3;          // of one pattern

bool is_name_char(char c) { return is_word_char(c) || c == '-'; }

class JsonPatternReader {
 public:
  explicit JsonPatternReader(std::string_view pattern) : scanner_(pattern) {}

  Result<JsonExpression> read() {
    if (!scanner_.eat("{")) return refused("a JSON pattern stands in braces");
    scanner_.skip_blanks();
    auto all = any_of(0);
    if (!all) return all;
    scanner_.skip_blanks();
    if (!scanner_.eat("}"))
      return invalid_characters(scanner_.rest().substr(0, 1), scanner_.pattern(),
                                "conditions are joined with && and ||");
    scanner_.skip_blanks();
    if (!scanner_.at_end()) return refused("nothing may stand behind the closing brace");
    return all;
  }

  Result<JsonSelector> selector() {
    const auto begin = scanner_.position();
    if (!scanner_.eat("$")) return unexpected(begin, "a property selector begins with $. as in $.level");
    JsonSelector steps;
    for (;;) {
      if (scanner_.peek() == '[' || scanner_.rest().starts_with(".[")) {
        scanner_.eat(".");
        auto step = bracket(begin);
        if (!step) return tl::unexpected(std::move(step.error()));
        steps.push_back(std::move(*step));
      } else if (scanner_.eat(".*")) {
        steps.push_back({JsonStep::Kind::kAnyMember, {}, 0});
      } else if (scanner_.eat(".")) {
        const auto name = scanner_.run(is_name_char);
        if (name.empty())
          return unexpected(begin,
                            "a property name holds letters, digits, _ and -; another name is written ['…']");
        steps.push_back({JsonStep::Kind::kName, std::string(name), 0});
      } else {
        break;
      }
    }
    if (steps.empty()) return unexpected(begin, "a property selector names a property, as in $.level");
    return count_wildcards(std::move(steps));
  }

  bool at_end() const { return scanner_.at_end(); }

 private:
  tl::unexpected<Error> refused(std::string_view reason) {
    return invalid_filter(reason, scanner_.pattern(),
                          "a JSON pattern looks like { $.level = \"ERROR\" && $.ms > 500 }");
  }

  // Refuses the selector that begins at `begin` for the character at the cursor.
  tl::unexpected<Error> unexpected(std::size_t begin, std::string hint) {
    const auto size = scanner_.position() - begin + (scanner_.at_end() ? 0 : 1);
    return invalid_characters(scanner_.pattern().substr(begin, size), scanner_.pattern(), std::move(hint));
  }

  Result<JsonSelector> count_wildcards(JsonSelector steps) {
    int wildcards = 0;
    for (const auto& step : steps)
      wildcards += step.kind == JsonStep::Kind::kAnyElement || step.kind == JsonStep::Kind::kAnyMember;
    wildcards_ += wildcards;
    if (wildcards > kWildcardsPerSelector)
      return refused("at most one wildcard is allowed in a property selector");
    if (wildcards_ > kWildcardsMax)
      return refused("at most three wildcard selectors are allowed in a pattern");
    return steps;
  }

  // [3], [*] or ['a name']
  Result<JsonStep> bracket(std::size_t begin) {
    scanner_.eat("[");
    JsonStep step;
    if (scanner_.eat("*")) {
      step.kind = JsonStep::Kind::kAnyElement;
    } else if (scanner_.eat("'")) {
      const auto end = scanner_.rest().find('\'');
      if (end == std::string_view::npos) return unexpected(begin, "the name in ['…'] is never closed");
      step.name = scanner_.rest().substr(0, end);
      scanner_.skip(end + 1);
    } else {
      step.kind = JsonStep::Kind::kIndex;
      const auto digits = scanner_.run([](char c) { return c >= '0' && c <= '9'; });
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step.index);
      if (error != std::errc{} || end != digits.data() + digits.size())
        return unexpected(begin, "brackets hold a number, * or a name in single quotes");
    }
    if (!scanner_.eat("]")) return unexpected(begin, "brackets hold a number, * or a name in single quotes");
    return step;
  }

  // Parts joined by one operator.
  Result<JsonExpression> joined(JsonExpression::Kind kind, std::string_view op, int depth) {
    JsonExpression out;
    out.kind = kind;
    do {
      auto part = kind == JsonExpression::Kind::kAny ? all_of(depth) : primary(depth);
      if (!part) return part;
      out.parts.push_back(std::move(*part));
      scanner_.skip_blanks();
    } while (scanner_.eat(op));
    if (out.parts.size() > 1) return out;
    JsonExpression only = std::move(out.parts.front());
    return only;
  }

  Result<JsonExpression> any_of(int depth) { return joined(JsonExpression::Kind::kAny, "||", depth); }
  Result<JsonExpression> all_of(int depth) { return joined(JsonExpression::Kind::kAll, "&&", depth); }

  Result<JsonExpression> primary(int depth) {
    scanner_.skip_blanks();
    if (!scanner_.eat("(")) return condition();
    if (depth >= kDepthMax) return refused("too many parentheses inside each other");
    auto inside = any_of(depth + 1);
    if (!inside) return inside;
    scanner_.skip_blanks();
    if (!scanner_.eat(")"))
      return invalid_characters(scanner_.rest().substr(0, 1), scanner_.pattern(),
                                "a parenthesis is never closed");
    return inside;
  }

  Result<JsonExpression> condition() {
    auto steps = selector();
    if (!steps) return tl::unexpected(std::move(steps.error()));
    JsonExpression out;
    out.condition.selector = std::move(*steps);
    scanner_.skip_blanks();
    if (scanner_.eat_word("IS")) return is_condition(std::move(out));
    if (scanner_.eat_word("NOT")) {
      scanner_.skip_blanks();
      if (!scanner_.eat_word("EXISTS")) return refused("NOT is followed by EXISTS");
      out.condition.test = JsonCondition::Test::kNotExists;
      return out;
    }
    if (scanner_.eat_word("EXISTS"))
      return refused("EXISTS is not supported; = * holds when there is a value");
    auto comparison = read_comparison(scanner_, regexes_);
    if (!comparison) return tl::unexpected(std::move(comparison.error()));
    out.condition.comparison = std::move(*comparison);
    return out;
  }

  Result<JsonExpression> is_condition(JsonExpression out) {
    scanner_.skip_blanks();
    if (scanner_.eat_word("NULL"))
      out.condition.test = JsonCondition::Test::kIsNull;
    else if (scanner_.eat_word("TRUE"))
      out.condition.test = JsonCondition::Test::kIsTrue;
    else if (scanner_.eat_word("FALSE"))
      out.condition.test = JsonCondition::Test::kIsFalse;
    else if (scanner_.eat_word("NOT"))
      return refused("IS NOT is not supported; = * holds when there is a value that is not null");
    else
      return refused("IS is followed by NULL, TRUE or FALSE");
    return out;
  }

  FilterScanner scanner_;
  int regexes_ = 0;
  int wildcards_ = 0;
};

}  // namespace

Result<JsonExpression> parse_filter_json(std::string_view pattern) {
  return JsonPatternReader(pattern).read();
}

Result<JsonSelector> parse_json_selector(std::string_view text) {
  JsonPatternReader reader(text);
  auto selector = reader.selector();
  if (selector && !reader.at_end())
    return invalid_filter("not a property selector", text, "a selector looks like $.request.latency");
  return selector;
}

}  // namespace culprit
