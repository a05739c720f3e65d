#include "logs/template_units.h"

#include <algorithm>
#include <array>

#include "logs/log_bytes.h"
#include "logs/variable_kind.h"

namespace culprit {
namespace {

constexpr std::array<std::string_view, 22> kUnitsOfMeasure = {
    "B",  "b",  "k",  "K",  "M",  "G", "kB",  "KB",  "MB",  "GB",    "TB",
    "kb", "mb", "gb", "us", "ms", "s", "KiB", "MiB", "GiB", "bytes", "secs"};

// The finaliser of MurmurHash3 (Austin Appleby, public domain).
std::uint64_t scramble(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

UnitClass classify(std::string_view unit) {
  bool code = false;
  bool digit = false;
  bool letter = false;
  for (const char c : unit) {
    code = code || is_code(c);
    digit = digit || is_digit(c);
    letter = letter || is_ascii_letter(c) || static_cast<unsigned char>(c) >= 128;
  }
  if (code) return letter ? UnitClass::kPart : UnitClass::kVariable;
  return digit ? UnitClass::kMixed : UnitClass::kWord;
}

}  // namespace

std::uint32_t Interner::add(std::string_view text) {
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(&numbers_.emplace(text, number).first->first);
  return number;
}

std::uint64_t key_of_unit(std::size_t position, std::uint32_t unit) {
  return scramble((position + 1) * 0x9e3779b97f4a7c15ULL + unit);
}

bool is_unit_of_measure(std::string_view word) {
  return std::find(kUnitsOfMeasure.begin(), kUnitsOfMeasure.end(), word) != kUnitsOfMeasure.end();
}

UnitTable::UnitTable() {
  const char any = code_of(VariableKind::kAny);
  any_ = add({&any, 1});
  const std::array<char, 2> measure = {code_of(VariableKind::kAmount), any};
  measure_ = add({measure.data(), 2});
}

std::uint32_t UnitTable::add(std::string_view text) {
  const auto number = units_.add(text);
  if (number == classes_.size()) classes_.push_back(classify(text));
  return number;
}

Pattern UnitTable::split(std::string_view masked) {
  Pattern pattern;
  std::string skeleton;
  for (std::size_t i = 0; i < masked.size();) {
    if (is_unit_delimiter(masked[i])) {
      skeleton += masked[i++];
      continue;
    }
    const auto start = i;
    while (i < masked.size() && !is_unit_delimiter(masked[i])) ++i;
    pattern.units.push_back(add(masked.substr(start, i - start)));
    skeleton += '\0';
  }
  pattern.skeleton = skeletons_.add(skeleton);
  set_key(pattern);
  return pattern;
}

void UnitTable::set_key(Pattern& pattern) const {
  pattern.key = scramble(~std::uint64_t{pattern.skeleton});
  for (std::size_t i = 0; i < pattern.units.size(); ++i) pattern.key += key_of_unit(i, pattern.units[i]);
}

std::string UnitTable::join(const Pattern& pattern) const {
  // One formatter prints the amounts of a message: where one changes its unit of measure, all may.
  const bool measured =
      std::find(pattern.units.begin(), pattern.units.end(), measure_) != pattern.units.end();
  std::string text;
  std::size_t next = 0;
  for (const char c : skeletons_.text(pattern.skeleton)) {
    if (c != '\0') {
      text += c;
      continue;
    }
    const auto unit = pattern.units[next++];
    const bool measure = measured && (unit == measure_ || is_unit_of_measure(units_.text(unit)));
    if (measure && text.size() > 1 && text.back() == ' ' && is_code(text[text.size() - 2])) {
      text.pop_back();
      text.back() = code_of(VariableKind::kAmount);
    } else {
      text += units_.text(unit);
    }
  }
  return text;
}

std::string_view UnitTable::gap_before(const Pattern& pattern, std::size_t position) const {
  const auto skeleton = skeletons_.text(pattern.skeleton);
  std::size_t start = 0;
  for (std::size_t i = 0; i < skeleton.size(); ++i) {
    if (skeleton[i] != '\0') continue;
    if (position-- == 0) return skeleton.substr(start, i - start);
    start = i + 1;
  }
  return {};
}

}  // namespace culprit
