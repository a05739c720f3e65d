// Filter patterns against evaluators written as plainly as the guide reads, on random patterns and messages.
#include <gtest/gtest.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <boost/json.hpp>
#include <sstream>

#include "logs/filter_pattern.h"
#include "logs/json_select.h"
#include "random_patterns.h"

namespace culprit {
namespace {

using testing_logs::RandomMessages;
using testing_logs::RandomPatterns;

FilterPattern parse(const std::string& text) {
  auto pattern = FilterPattern::parse(text);
  if (pattern) return *pattern;
  ADD_FAILURE() << text << ": " << pattern.error().message();
  return *FilterPattern::parse("");
}

// How often the two agreed, and on how many matches.
struct Tally {
  std::size_t cases = 0, matched = 0;
  void add(bool match) {
    ++cases;
    matched += match ? 1 : 0;
  }
  void tell(std::uint64_t seed) const {
    std::cout << "  seed " << seed << ": " << cases << " cases, " << matched << " matches\n";
    EXPECT_GT(matched, cases / 50);
    EXPECT_LT(matched, cases - cases / 50);
  }
};

struct NaiveTerm {
  char sign = ' ';
  std::string text;
  bool is_regex = false;

  bool is_blank() const { return !is_regex && text.find_first_not_of(" \t\r\n") == std::string::npos; }
  bool in(const std::string& message) const {
    if (!is_regex) return is_blank() || message.find(text) != std::string::npos;
    RE2::Options options;
    options.set_dot_nl(true);
    if (!simdjson::validate_utf8(message)) options.set_encoding(RE2::Options::EncodingLatin1);
    return RE2::PartialMatch(message, RE2(text, options));
  }
};

bool naive_terms(const std::vector<NaiveTerm>& terms, const std::string& message) {
  bool plain = false, optional = false, any = false;
  for (const auto& term : terms) {
    if (term.sign == ' ') {
      plain = true;
      if (!term.in(message)) return false;
    } else if (term.sign == '-') {
      if (!term.is_blank() && term.in(message)) return false;
    } else {
      optional = true;
      any = any || term.in(message);
    }
  }
  return plain || !optional || any;
}

TEST(FilterPatternAgainstPlainReading, Terms) {
  RandomMessages messages(testing_logs::property_seed());
  RandomPatterns random(messages);
  Tally tally;
  for (int round = 0; round < 6'000; ++round) {
    const auto source = messages.message();
    std::vector<NaiveTerm> terms(1 + messages.below(3));
    std::string text;
    for (auto& term : terms) {
      term.sign = " ?-"[messages.below(3)];
      term.is_regex = messages.one_in(4);
      const auto from = term.sign == '-' ? messages.message() : source;
      term.text = random.piece(from, 8);
      if (term.is_regex) term.text = random.regex(term.text, false);
      const bool refused = term.is_regex && !FilterPattern::parse("%" + term.text + "%");
      if (refused) term = {' ', "x", false};  // such as a code beyond ASCII
      text +=
          term.sign + (term.is_regex ? "%" + term.text + "%" : RandomPatterns::in_quotes(term.text)) + " ";
    }
    const auto pattern = parse(text);
    for (int i = 0; i < 10; ++i) {
      const auto message = i == 0 ? source : messages.message();
      const bool expected = naive_terms(terms, message);
      ASSERT_EQ(pattern.matches(message), expected) << text << "\n on " << message;
      tally.add(expected);
    }
  }
  tally.tell(testing_logs::property_seed());
}

// One condition on a JSON value, in parts.
struct NaiveCondition {
  std::vector<std::string> path;  // names; "*" any member, "[*]" any element, "[0]"
  std::string test;               // "IS NULL" …, or an operator
  std::string value;              // a quoted text with '*' at its ends, or a number

  std::string text() const {
    std::string out = "$";
    for (const auto& step : path) out += (step.starts_with('[') ? "" : ".") + step;
    out += " " + test;
    return value.empty() ? out : out + " " + value;
  }
};

std::vector<boost::json::value> naive_select(const boost::json::value& root,
                                             const std::vector<std::string>& path) {
  std::vector<boost::json::value> now = {root};
  for (const auto& step : path) {
    std::vector<boost::json::value> next;
    for (const auto& value : now) {
      if (const auto* object = value.if_object()) {
        for (const auto& [key, member] : *object)
          if (step == "*" || std::string(key) == step) next.push_back(member);
      } else if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
          if (step == "[*]" || step == "[" + std::to_string(i) + "]") next.push_back((*array)[i]);
      }
    }
    now = std::move(next);
  }
  return now;
}

bool naive_equal(const std::string& field, std::string wanted) {
  const bool open_start = wanted.starts_with('*');
  if (open_start) wanted.erase(0, 1);
  const bool open_end = wanted.ends_with('*') || (open_start && wanted.empty());
  if (wanted.ends_with('*')) wanted.pop_back();
  for (std::size_t at = 0; at + wanted.size() <= field.size(); ++at)
    if (field.substr(at, wanted.size()) == wanted && (open_start || at == 0) &&
        (open_end || at + wanted.size() == field.size()))
      return true;
  return false;
}

bool naive_compare(const std::string& field, bool is_number, const std::string& op,
                   const std::string& wanted) {
  if (op == ">=") return is_number && std::stod(field) >= std::stod(wanted);
  bool equal = false;
  if (wanted.starts_with('"'))
    equal = naive_equal(field, wanted.substr(1, wanted.size() - 2));
  else
    equal = field == wanted || (is_number && std::stod(field) == std::stod(wanted));
  return equal == (op == "=");
}

bool naive_condition(const boost::json::value& root, const NaiveCondition& condition) {
  const auto values = naive_select(root, condition.path);
  if (condition.test == "NOT EXISTS") return values.empty();
  for (const auto& value : values) {
    if (condition.test == "IS NULL" && value.is_null()) return true;
    if (condition.test == "IS TRUE" && value.is_bool() && value.get_bool()) return true;
    if (condition.value.empty() || value.is_null() || value.is_object() || value.is_array()) continue;
    const auto* string = value.if_string();
    const std::string text = string != nullptr ? std::string(*string) : boost::json::serialize(value);
    // The messages' only number with a fraction, in the form it is written.
    const std::string field = string == nullptr && value.is_double() ? "4.25" : text;
    if (naive_compare(field, value.is_number(), condition.test, condition.value)) return true;
  }
  return false;
}

NaiveCondition random_condition(RandomMessages& messages) {
  NaiveCondition out;
  out.path.push_back(messages.name());
  static const std::vector<std::string> more = {"", "", "", "*", "[0]", "[*]", "a"};
  if (const auto& step = more[messages.below(more.size())]; !step.empty()) out.path.push_back(step);
  static const std::vector<std::string> tests = {"IS NULL", "IS TRUE", "NOT EXISTS", "=", "=", "!=", ">="};
  out.test = tests[messages.below(tests.size())];
  const auto number = std::to_string(static_cast<int>(messages.below(60)) - 10);
  if (out.test == ">=" || (out.test.ends_with('=') && messages.one_in(3)))
    out.value = number;
  else if (out.test.ends_with('='))
    out.value = messages.one_in(2) ? '"' + messages.scalar_text() + '"'
                                   : "\"*" + messages.scalar_text().substr(0, 2) + "*\"";
  return out;
}

TEST(FilterPatternAgainstPlainReading, Json) {
  RandomMessages messages(testing_logs::property_seed() + 1);
  Tally tally;
  for (int round = 0; round < 4'000; ++round) {
    const auto a = random_condition(messages), b = random_condition(messages), c = random_condition(messages);
    const bool grouped = messages.one_in(2);
    const auto text = grouped ? "{ (" + a.text() + " || " + b.text() + ") && " + c.text() + " }"
                              : "{" + a.text() + " || " + b.text() + " && " + c.text() + "}";
    const auto pattern = parse(text);
    for (int i = 0; i < 10; ++i) {
      const auto message = messages.json(2);
      const auto root = boost::json::parse(message);
      const bool x = naive_condition(root, a), y = naive_condition(root, b), z = naive_condition(root, c);
      const bool expected = grouped ? (x || y) && z : x || (y && z);
      ASSERT_EQ(pattern.matches(message), expected) << text << "\n on " << message;
      tally.add(expected);
    }
  }
  tally.tell(testing_logs::property_seed() + 1);
}

TEST(JsonDocument, IsWhatAnotherReaderTakes) {
  RandomMessages messages(testing_logs::property_seed() + 2);
  Tally tally;
  for (int round = 0; round < 30'000; ++round) {
    auto text = messages.json(3);
    for (auto n = messages.below(3); n > 0 && !text.empty(); --n) {
      const auto at = messages.below(text.size());
      const char c = "{}[],:\"\\0 9tfu.-\n"[messages.below(18)];
      if (messages.one_in(2))
        text[at] = c;
      else if (messages.one_in(2))
        text.insert(at, 1, c);
      else
        text.erase(at, 1);
    }
    if (!simdjson::validate_utf8(text)) continue;  // the other reader is strict there
    boost::system::error_code error;
    const auto other = boost::json::parse(text, error);
    const bool expected = !error && (other.is_object() || other.is_array());
    ASSERT_EQ(is_json_document(text), expected) << text << "  " << error.message();
    tally.add(expected);
  }
  tally.tell(testing_logs::property_seed() + 2);
}

struct NaiveField {
  bool ellipsis = false;
  std::string op, value;
  bool takes(const std::string& field) const {
    if (op.empty()) return true;
    char* end = nullptr;
    std::strtod(field.c_str(), &end);
    const bool number = !field.empty() && end == field.c_str() + field.size() &&
                        field.find_first_not_of("0123456789.+-eE") == std::string::npos;
    return naive_compare(field, number, op, value);
  }
};

std::vector<std::string> naive_tokens(const std::string& message, std::vector<std::size_t>& begins) {
  std::vector<std::string> out;
  const auto blank = [&](std::size_t i) {
    return i >= message.size() || std::string(" \t\r\n").find(message[i]) != std::string::npos;
  };
  for (std::size_t i = 0; i < message.size();) {
    if (blank(i)) {
      ++i;
      continue;
    }
    std::size_t end = i;
    std::string text;
    if (message[i] == '[' || message[i] == '"') {
      const char close = message[i] == '[' ? ']' : '"';
      for (auto j = i + 1; j < message.size() && end == i; ++j)
        if (message[j] == close && blank(j + 1)) end = j + 1, text = message.substr(i + 1, j - i - 1);
    }
    if (end == i) {
      while (!blank(end)) ++end;
      text = message.substr(i, end - i);
    }
    out.push_back(text);
    begins.push_back(i);
    i = end;
  }
  return out;
}

// Tries every place for every ellipsis.
bool naive_place(const std::vector<NaiveField>& fields, std::size_t f, const std::vector<std::string>& tokens,
                 std::size_t t) {
  if (f == fields.size()) return t == tokens.size();
  if (fields[f].ellipsis) {
    for (auto next = t; next <= tokens.size(); ++next)
      if (naive_place(fields, f + 1, tokens, next)) return true;
    return false;
  }
  return t < tokens.size() && fields[f].takes(tokens[t]) && naive_place(fields, f + 1, tokens, t + 1);
}

bool naive_fields(const std::vector<NaiveField>& fields, const std::string& message) {
  std::vector<std::size_t> begins;
  auto tokens = naive_tokens(message, begins);
  bool ellipsis = false;
  for (const auto& field : fields) ellipsis = ellipsis || field.ellipsis;
  if (!ellipsis && tokens.size() > fields.size()) {
    tokens.resize(fields.size());
    tokens.back() = message.substr(begins[fields.size() - 1]);
    tokens.back().resize(tokens.back().find_last_not_of(" \t\r\n") + 1);
  }
  return naive_place(fields, 0, tokens, 0);
}

TEST(FilterPatternAgainstPlainReading, Fields) {
  RandomMessages messages(testing_logs::property_seed() + 3);
  Tally tally;
  for (int round = 0; round < 4'000; ++round) {
    std::vector<NaiveField> fields(1 + messages.below(5));
    std::string text = "[";
    for (std::size_t i = 0; i < fields.size(); ++i) {
      auto& field = fields[i];
      if (i > 0) text += messages.one_in(2) ? ", " : ",";
      field.ellipsis = messages.one_in(4);
      if (field.ellipsis) {
        text += "...";
        continue;
      }
      text += "f" + std::to_string(i);
      if (!messages.one_in(3)) continue;
      static const std::vector<std::string> operators = {"=", "!=", ">="};
      field.op = operators[messages.below(operators.size())];
      field.value = field.op == ">=" || messages.one_in(3) ? std::to_string(messages.below(500))
                    : messages.one_in(2)                   ? '"' + messages.scalar_text() + '"'
                                         : "\"*" + messages.scalar_text().substr(0, 2) + "*\"";
      text += field.op + field.value;
    }
    const auto pattern = parse(text + "]");
    for (int i = 0; i < 10; ++i) {
      const auto message = messages.one_in(4) ? messages.real_line() : messages.spaced();
      const bool escaped = message.find("\\\"") != std::string::npos;  // the plain reading knows no escapes
      if (escaped) continue;
      const bool expected = naive_fields(fields, message);
      ASSERT_EQ(pattern.matches(message), expected) << text << "]\n on " << message;
      tally.add(expected);
    }
  }
  tally.tell(testing_logs::property_seed() + 3);
}

}  // namespace
}  // namespace culprit
