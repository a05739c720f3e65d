#include "server/metric_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "server/metric_reader.h"

namespace culprit::server {

namespace {

constexpr int kDepthMax = 32;

using Test = std::function<bool(const MetricId&)>;

// Words of names, split where the guide splits them: at case changes, digits and punctuation.
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  char before = 0;
  const auto kind = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0   ? 1
           : std::isdigit(static_cast<unsigned char>(c)) != 0 ? 2
                                                              : 0;
  };
  for (const char c : text) {
    const bool camel = kind(c) == 1 && std::isupper(static_cast<unsigned char>(c)) != 0 &&
                       std::islower(static_cast<unsigned char>(before)) != 0;
    if ((kind(c) != kind(before) || camel) && !word.empty()) out.push_back(std::exchange(word, {}));
    if (kind(c) != 0) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    before = c;
  }
  if (!word.empty()) out.push_back(word);
  return out;
}

// Every word of the term stands in the text.
bool partial_match(std::string_view text, std::string_view term) {
  const auto have = tokens_of(text);
  return std::ranges::all_of(
      tokens_of(term), [&](const std::string& word) { return std::ranges::find(have, word) != have.end(); });
}

std::string all_text(const MetricId& id) {
  std::string out = id.name_space + " " + id.name;
  for (const auto& d : id.dimensions) out += " " + d.name + " " + d.value;
  return out;
}

class SearchParser {
 public:
  explicit SearchParser(std::string_view text) : text_(text) {}

  Result<Test> parse() {
    skip_blanks();
    Test schema = [](const MetricId&) { return true; };
    if (at_ < text_.size() && text_[at_] == '{') schema = read_schema();
    Test rest = any_of(0);
    skip_blanks();
    if (error_.empty() && at_ < text_.size())
      error_ = fmt::format("'{}' is not expected in a search", text_.substr(at_, 1));
    if (!error_.empty()) return fail(ErrorCode::kInput, error_);
    return Test([schema, rest](const MetricId& id) { return schema(id) && rest(id); });
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(word) ||
        (rest.size() > word.size() &&
         std::string_view(" ()\t\n").find(rest[word.size()]) == std::string_view::npos))
      return false;
    at_ += word.size();
    return true;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Test read_schema() {
    const auto end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      error_ = "the schema of a search has no '}'";
      return {};
    }
    std::vector<std::string> parts;
    std::string part;
    for (const char c : text_.substr(at_ + 1, end - at_ - 1)) {
      if (c == ',')
        parts.push_back(std::exchange(part, {}));
      else if (c != '"' && (c != ' ' || !part.empty()))
        part += c;
    }
    parts.push_back(part);
    at_ = end + 1;
    for (auto& p : parts)
      while (p.ends_with(' ')) p.pop_back();
    std::string name_space = parts.front();
    parts.erase(parts.begin());
    std::ranges::sort(parts);
    return [name_space, parts](const MetricId& id) {
      return id.name_space == name_space && std::ranges::equal(id.dimensions, parts, {}, &Dimension::name);
    };
  }

  Test any_of(int depth) {
    Test left = all_of(depth);
    while (error_.empty() && take_word("OR")) {
      Test right = all_of(depth);
      left = [left, right](const MetricId& id) { return left(id) || right(id); };
    }
    return left;
  }

  Test all_of(int depth) {
    Test left = [](const MetricId&) { return true; };
    while (error_.empty()) {
      (void)take_word("AND");
      skip_blanks();
      if (at_ >= text_.size() || text_[at_] == ')') break;
      const std::size_t before = at_;
      if (take_word("OR")) {
        at_ = before;
        break;
      }
      Test right = term(depth);
      left = [left, right](const MetricId& id) { return left(id) && right(id); };
    }
    return left;
  }

  Test term(int depth) {
    if (depth > kDepthMax) {
      error_ = "the search is nested too deeply";
      return {};
    }
    if (take_word("NOT")) {
      Test inner = term(depth + 1);
      return [inner](const MetricId& id) { return !inner(id); };
    }
    if (take('(')) {
      Test inner = any_of(depth + 1);
      if (!take(')')) error_ = "a search has no ')'";
      return inner;
    }
    bool exact = false;
    std::string word = read_word(exact);
    if (error_.empty() && take('=')) {
      bool exact_value = false;
      skip_blanks();
      const std::string value = read_word(exact_value);
      return property(word, value, exact_value);
    }
    return [word, exact](const MetricId& id) {
      return exact ? holds_exactly(id, word) : partial_match(all_text(id), word);
    };
  }

  std::string read_word(bool& exact) {
    std::string out;
    if (take('"')) {
      exact = true;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        out += text_[at_++];
      }
      if (at_++ >= text_.size()) error_ = "a text in a search has no end";
      return out;
    }
    while (at_ < text_.size() && std::string_view(" ()=\"\t\n").find(text_[at_]) == std::string_view::npos)
      out += text_[at_++];
    if (out.empty()) error_ = "a search has nothing where a term is expected";
    return out;
  }

  static bool holds_exactly(const MetricId& id, const std::string& text) {
    return id.name_space == text || id.name == text ||
           std::ranges::any_of(id.dimensions,
                               [&](const Dimension& d) { return d.name == text || d.value == text; });
  }

  static Test property(const std::string& name, const std::string& value, bool exact) {
    return [name, value, exact](const MetricId& id) {
      const auto fits = [&](std::string_view text) {
        return exact ? text == value : partial_match(text, value);
      };
      if (name == "MetricName") return fits(id.name);
      if (name == "Namespace") return fits(id.name_space);
      return std::ranges::any_of(id.dimensions,
                                 [&](const Dimension& d) { return d.name == name && fits(d.value); });
    };
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

Result<std::vector<MathSeries>> search_metrics(const Store& store, std::string_view text,
                                               std::string_view statistic, const Window& window,
                                               std::chrono::seconds period) {
  const auto test = SearchParser(text).parse();
  if (!test) return tl::unexpected(test.error());
  const auto parsed = parse_statistic(statistic);
  if (!parsed) return tl::unexpected(parsed.error());
  const auto metrics = store.metrics();
  if (!metrics) return tl::unexpected(metrics.error());
  std::vector<MathSeries> out;
  for (const auto& id : *metrics) {
    if (!(*test)(id)) continue;
    auto answer = read_metric(store, {id, std::string(statistic), *parsed, period, window, {}});
    if (!answer) return tl::unexpected(answer.error());
    std::string label;
    for (const auto& d : id.dimensions) label += (label.empty() ? "" : " ") + d.value;
    out.push_back({"", label.empty() ? id.name : label + " " + id.name, std::move(answer->points)});
    if (out.size() == kSearchSeriesMax) break;
  }
  return out;
}

}  // namespace culprit::server
