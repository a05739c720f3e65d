// A literal made ready for deciding log types.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/variable.h"
#include "logs/necessary_literals.h"

namespace culprit::engine {

// Follows a literal through text byte by byte: bit i says that its first i + 1 bytes end here (the
// shift-and algorithm, Baeza-Yates and Gonnet 1992). Of literals longer than 64 bytes only the first 64 are
// followed, so that "cannot be" stays true and "may be" must be proven elsewhere anyway.
class NeedlePlan {
 public:
  explicit NeedlePlan(Needle needle);

  const Needle& needle() const { return needle_; }
  std::size_t size() const { return needle_.text.size(); }
  // The first place at or behind `from`, or npos.
  std::size_t find(std::string_view text, std::size_t from = 0) const;

  std::uint64_t last_bit() const { return last_; }
  std::uint64_t step(std::uint64_t state, unsigned char c) const { return (state << 1 | 1) & bytes_[c]; }
  std::uint64_t go_on(std::uint64_t state, unsigned char c) const { return (state << 1) & bytes_[c]; }
  // Bits of the literal's bytes that a variable can be written with.
  std::uint64_t within(VariableKind kind, std::uint16_t form, std::uint8_t classes) const;
  // Every state that a run of one or more such bytes can lead to.
  static std::uint64_t through(std::uint64_t state, std::uint64_t within, bool starts_inside);

 private:
  Needle needle_;
  std::uint64_t last_ = 0;
  std::array<std::uint64_t, 256> bytes_{};
  std::array<std::uint64_t, 8> classes_{};
  std::vector<unsigned char> alphabet_;  // its bytes
};

}  // namespace culprit::engine
