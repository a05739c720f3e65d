// Something looked for in text — a literal, or a regular expression without groups — made ready for deciding
// log types.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/variable.h"
#include "logs/necessary_literals.h"
#include "logs/text_regex.h"

namespace culprit::engine {

// A set of places in the pattern: bit i says that its first i + 1 positions are met and end here.
using Places = std::uint64_t;

// Follows a pattern through text byte by byte (the extended shift-and algorithm, Navarro and Raffinot,
// "Flexible Pattern Matching in Strings", 2002, §4.4): each position takes one byte of a class, may repeat,
// may be left out. Exact up to 64 positions. Of longer literals only the first 64 are followed, so that
// "cannot be" stays true and "may be" must be proven by find().
class NeedlePlan {
 public:
  explicit NeedlePlan(Needle needle);

  // nullopt for what is no plain row of positions: groups, anchors, word boundaries, more than 64 positions.
  // `any_byte`: '.' and negated classes take one byte whatever it is.
  static std::optional<NeedlePlan> of_regex(std::string_view pattern, bool any_byte);

  bool is_literal() const { return !regex_; }
  const Needle& needle() const { return needle_; }
  bool exact() const { return exact_; }
  bool matches_empty() const { return matches_empty_; }
  // No match is longer; npos when there is no bound.
  std::size_t longest_bytes() const { return longest_bytes_; }

  bool found_in(std::string_view text) const {
    return regex_ ? regex_->found_in(text) : find(text) != std::string_view::npos;
  }
  // A literal's first place at or behind `from`, or npos.
  std::size_t find(std::string_view text, std::size_t from = 0) const;

  // Whether the literal stands at that byte of the text.
  bool stands_at(std::string_view text, std::size_t at) const;

  bool complete(Places places) const { return (places & ends_) != 0; }
  Places without_complete(Places places) const { return places & ~ends_; }
  // One byte further; `start`: a match may begin with it.
  Places step(Places places, unsigned char c, bool start) const {
    return (next(places, start) | (places & repeats_)) & bytes_[c];
  }
  // Positions that a variable's bytes can fill.
  Places within(VariableKind kind, std::uint16_t form, std::uint8_t classes) const;
  // Every place that one or more bytes of a variable can lead to.
  Places through(Places places, Places within, bool start) const;

 private:
  NeedlePlan() = default;
  static std::size_t form_index(VariableKind kind, std::uint16_t form);
  void finish();
  Places next(Places places, bool start) const {
    Places n = places << 1 | (start ? 1U : 0U);
    while (((n & optional_) << 1 & ~n) != 0) n |= (n & optional_) << 1;
    return n;
  }

  Needle needle_;
  std::optional<TextRegex> regex_;
  bool exact_ = true;
  bool matches_empty_ = false;
  std::size_t longest_bytes_ = 0;
  std::size_t positions_ = 0;
  Places ends_ = 0;
  Places repeats_ = 0;
  Places optional_ = 0;
  std::array<Places, 256> bytes_{};
  std::array<Places, 8> classes_{};
  std::array<Places, 32> forms_{};  // by form_index
};

}  // namespace culprit::engine
