#include "logs/filter_json.h"

#include <algorithm>

#include "logs/filter_scanner.h"
#include "logs/json_fields.h"

namespace culprit {

namespace {

// What a value is compared by; nullopt for null, objects and arrays, which no comparison holds for.
// "If a property selector points to an array or object, the filter pattern doesn't match" (user guide).
bool compare(const FilterComparison& comparison, std::string_view raw) {
  if (raw.empty() || raw[0] == '{' || raw[0] == '[' || raw == "null") return false;
  if (raw[0] != '"') return comparison.holds(raw, filter_number(raw));
  if (const auto plain = json_plain(raw)) return comparison.holds(*plain, std::nullopt);
  return comparison.holds(json_text(raw, raw.size()), std::nullopt);
}

// A JSON string may write any character as an escape, so a literal of its text stands in the message as it
// is, or the message holds a backslash escape. Only the longest piece without characters that have short
// escapes is looked for, beside "\u".
void add_escapable(std::vector<Needle>& group, std::string_view text, bool ignore_case) {
  std::string_view best;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool stop = i == text.size() || static_cast<unsigned char>(text[i]) < 0x20 || text[i] == '"' ||
                      text[i] == '\\' || text[i] == '/';
    if (!stop) continue;
    if (i - begin > best.size()) best = text.substr(begin, i - begin);
    begin = i + 1;
  }
  group.push_back(Needle{std::string(best), ignore_case});
}

NecessaryLiterals in_json(const NecessaryLiterals& of_text) {
  NecessaryLiterals out;
  for (const auto& needles : of_text.all_of) {
    std::vector<Needle> group;
    for (const auto& needle : needles) add_escapable(group, needle.text, needle.ignore_case);
    if (std::any_of(group.begin(), group.end(), [](const Needle& n) { return n.text.empty(); })) continue;
    group.push_back(Needle{"\\u", false});
    out.all_of.push_back(std::move(group));
  }
  return out;
}

}  // namespace

bool JsonCondition::holds(std::string_view document) const {
  if (test == Test::kNotExists)
    return !select_json(document, selector, [](std::string_view) { return true; });
  return select_json(document, selector, [this](std::string_view raw) {
    switch (test) {
      case Test::kIsNull:
        return raw == "null";
      case Test::kIsTrue:
        return raw == "true";
      case Test::kIsFalse:
        return raw == "false";
      default:
        return compare(comparison, raw);
    }
  });
}

NecessaryLiterals JsonCondition::necessary() const {
  if (test == Test::kNotExists) return {};
  NecessaryLiterals plain;
  for (const auto& step : selector)
    if (step.kind == JsonStep::Kind::kName && !step.name.empty()) plain.add({{{Needle{step.name, false}}}});
  if (test == Test::kCompare) plain.add(comparison.necessary());
  return in_json(plain);
}

bool JsonExpression::holds(std::string_view document) const {
  const auto part_holds = [document](const JsonExpression& part) { return part.holds(document); };
  switch (kind) {
    case Kind::kAll:
      return std::all_of(parts.begin(), parts.end(), part_holds);
    case Kind::kAny:
      return std::any_of(parts.begin(), parts.end(), part_holds);
    case Kind::kCondition:
      break;
  }
  return condition.holds(document);
}

NecessaryLiterals JsonExpression::necessary() const {
  if (kind == Kind::kCondition) return condition.necessary();
  if (parts.empty()) return {};
  NecessaryLiterals out = parts.front().necessary();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto next = parts[i].necessary();
    if (kind == Kind::kAll)
      out.add(next);
    else
      out = either(out, next);
  }
  return out;
}

}  // namespace culprit
