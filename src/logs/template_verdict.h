// Do these units, seen in one place of otherwise equal messages, make one message or several?
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "logs/template_units.h"

namespace culprit {

// `units` are distinct and stand at `position` of patterns that are like `pattern` elsewhere. Returns the
// unit that stands for all of them; nothing when they tell messages apart. Rules, most telling first:
//  - variables vary; a variable on one side makes what stands in its place a value too;
//  - values of a key vary (key=value, "key": value, [value]) sooner than words of a sentence;
//  - words that share a stem and differ in digits are numbered things (eth0, eth1);
//  - many different words in one place are values; of states in capitals, and of the word that a message
//    begins with, it takes more; levels (INFO, ERROR) never are.
std::optional<std::uint32_t> value_of_units(UnitTable& table, const Pattern& pattern, std::size_t position,
                                            std::span<const std::uint32_t> units);

// The same for two positions that vary together.
constexpr std::size_t kValuesOfPair = 5;
struct UnitPair {
  std::uint32_t first;
  std::uint32_t second;
};
std::optional<UnitPair> value_of_pairs(UnitTable& table, std::span<const UnitPair> pairs);

}  // namespace culprit
