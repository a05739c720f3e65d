// Masked forms cut into units, numbered so that comparing is cheap.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace culprit {

// Texts numbered in the order in which they come.
class Interner {
 public:
  std::uint32_t add(std::string_view text);
  std::string_view text(std::uint32_t number) const { return *texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;
};

enum class UnitClass : unsigned char {
  kVariable,  // codes and signs only
  kPart,      // a variable beside static text
  kMixed,     // static, with digits
  kWord,      // static, without digits
};

// A masked form: units, and the delimiters around them as a skeleton that has '\0' in the place of each unit.
struct Pattern {
  std::uint32_t skeleton = 0;
  std::vector<std::uint32_t> units;
  std::uint64_t key = 0;  // of skeleton and units; a sum over positions, so that one can be taken out
};

std::uint64_t key_of_unit(std::size_t position, std::uint32_t unit);

class UnitTable {
 public:
  UnitTable();

  Pattern split(std::string_view masked);
  std::string join(const Pattern& pattern) const;
  void set_key(Pattern& pattern) const;

  std::uint32_t add(std::string_view text);
  std::string_view text(std::uint32_t unit) const { return units_.text(unit); }
  UnitClass class_of(std::uint32_t unit) const { return classes_[unit]; }
  std::uint32_t any() const { return any_; }          // varies altogether
  std::uint32_t measure() const { return measure_; }  // a unit of measure that varies; joins its number

  // The delimiters right before a unit.
  std::string_view gap_before(const Pattern& pattern, std::size_t position) const;

 private:
  Interner units_;
  std::vector<UnitClass> classes_;
  Interner skeletons_;
  std::uint32_t any_;
  std::uint32_t measure_;
};

bool is_unit_of_measure(std::string_view word);  // KB, ms …

}  // namespace culprit
