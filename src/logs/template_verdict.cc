#include "logs/template_verdict.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "logs/log_bytes.h"
#include "logs/variable_kind.h"

namespace culprit {
namespace {

// How many different values it takes. The result on the labelled logs is the same for a wide range of each.
constexpr std::size_t kNumberedValues = 2;  // eth0, eth1
constexpr std::size_t kAssignedValues = 2;  // key=…
constexpr std::size_t kKeyedValues = 3;     // key:…, "key": "…", [ …
constexpr std::size_t kWordValues = 5;      // words of a sentence
constexpr std::size_t kLoneWordValues = 6;  // beside one other word only
constexpr std::size_t kTellingValues = 12;  // first words, states, what a key such as "msg" holds

constexpr std::array<std::string_view, 14> kLevels = {"debug", "info",  "notice", "warn",  "warning",
                                                      "error", "err",   "fatal",  "crit",  "critical",
                                                      "alert", "trace", "panic",  "severe"};
constexpr std::array<std::string_view, 16> kTellingKeys = {
    "msg",   "message", "event",     "level", "lvl", "severity", "levelname", "loglevel",
    "error", "err",     "exception", "text",  "log", "status",   "state",     "action"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = is_upper(c) ? static_cast<char>(c | 0x20) : c;
  return out;
}

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), lower(word)) != words.end();
}

using Texts = std::vector<std::string_view>;

Texts texts_of(const UnitTable& table, std::span<const std::uint32_t> units) {
  Texts texts;
  for (const auto unit : units) texts.push_back(table.text(unit));
  return texts;
}

bool all_capitals(const Texts& texts) {
  return std::all_of(texts.begin(), texts.end(), [](std::string_view text) {
    return text.size() > 1 &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_upper(c) || c == '_'; });
  });
}

bool share_stem(const Texts& texts) {
  const auto stem = [](std::string_view text) { return text.substr(0, text.find_first_of("0123456789")); };
  return std::all_of(texts.begin(), texts.end(), [&](auto text) { return stem(text) == stem(texts[0]); });
}

bool are_levels(const Texts& texts) {
  return std::count_if(texts.begin(), texts.end(), [](auto text) { return holds(kLevels, text); }) > 1;
}

// What they share before a joint stays: node-12 and node-D3 are node-<*>.
std::uint32_t common_unit(UnitTable& table, const Texts& texts) {
  std::size_t shared = texts[0].size();
  for (const auto text : texts) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(shared, text.size()));
    shared =
        static_cast<std::size_t>(std::mismatch(text.begin(), end, texts[0].begin()).first - text.begin());
  }
  const auto prefix = texts[0].substr(0, shared);
  const auto joint = prefix.find_last_of("-.#@$+/");
  if (joint == std::string_view::npos) return table.any();
  std::string unit(prefix.substr(0, joint + 1));
  unit += code_of(VariableKind::kAny);
  return table.add(unit);
}

std::size_t static_units_beside(const UnitTable& table, const Pattern& pattern, std::size_t position) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < pattern.units.size(); ++i) {
    if (i != position && table.class_of(pattern.units[i]) >= UnitClass::kMixed) ++count;
  }
  return count;
}

bool begins_message(const UnitTable& table, const Pattern& pattern, std::size_t position) {
  return std::all_of(pattern.units.begin(), pattern.units.begin() + static_cast<std::ptrdiff_t>(position),
                     [&](auto unit) { return table.class_of(unit) == UnitClass::kVariable; });
}

// How many different words make a value here.
std::size_t values_needed(const UnitTable& table, const Pattern& pattern, std::size_t position,
                          const Texts& texts, std::size_t static_units) {
  const auto gap = table.gap_before(pattern, position);
  const bool spaced = gap.find(' ') != std::string_view::npos;
  const bool quoted = !gap.empty() && (gap.back() == '"' || gap.back() == '\'');
  const bool assigned = gap.find('=') != std::string_view::npos && (!spaced || quoted);
  const bool keyed = gap.find(':') != std::string_view::npos && (!spaced || quoted);
  const bool enclosed = quoted || (!gap.empty() && (gap.back() == '[' || gap.back() == '('));
  if ((assigned || keyed) && position > 0 && holds(kTellingKeys, table.text(pattern.units[position - 1]))) {
    return kTellingValues;
  }
  if (assigned) return kAssignedValues;
  if (keyed || enclosed) return kKeyedValues;
  if (all_capitals(texts) || begins_message(table, pattern, position)) return kTellingValues;
  return static_units == 1 ? kLoneWordValues : kWordValues;
}

}  // namespace

std::optional<std::uint32_t> value_of_units(UnitTable& table, const Pattern& pattern, std::size_t position,
                                            std::span<const std::uint32_t> units) {
  std::array<std::size_t, 4> counts{};
  bool measures = true;
  for (const auto unit : units) {
    ++counts[static_cast<std::size_t>(table.class_of(unit))];
    measures = measures && (unit == table.measure() || is_unit_of_measure(table.text(unit)));
  }
  const auto [variable, part, mixed, word] = counts;
  if (measures && position > 0 && table.gap_before(pattern, position) == " " &&
      table.class_of(pattern.units[position - 1]) == UnitClass::kVariable) {
    return table.measure();
  }
  if (variable == units.size()) return table.any();
  const auto static_units = static_units_beside(table, pattern, position);
  const auto texts = texts_of(table, units);
  if (static_units == 0 || are_levels(texts)) return {};
  const auto common = common_unit(table, texts);
  if (variable >= 1 || (part >= 1 && common != table.any())) return common;
  if (mixed == units.size() && mixed >= kNumberedValues && share_stem(texts)) return common;
  if (units.size() >= values_needed(table, pattern, position, texts, static_units)) return common;
  return {};
}

std::optional<UnitPair> value_of_pairs(UnitTable& table, std::span<const UnitPair> pairs) {
  const auto distinct = [&](auto member) {
    std::vector<std::uint32_t> units;
    for (const auto& pair : pairs) units.push_back(pair.*member);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    return texts_of(table, units);
  };
  const auto first = distinct(&UnitPair::first);
  const auto second = distinct(&UnitPair::second);
  if (first.size() < kValuesOfPair || second.size() < kValuesOfPair) return {};
  const bool states = all_capitals(first) && all_capitals(second);
  if (states || are_levels(first) || are_levels(second)) return {};
  return UnitPair{common_unit(table, first), common_unit(table, second)};
}

}  // namespace culprit
