// A regular expression as a program of a nondeterministic automaton (Thompson, "Regular Expression Search
// Algorithm", 1968), for asking whether it matches anywhere in a text.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace culprit::engine {

using ByteSet = std::bitset<256>;

constexpr std::size_t kProgramStepsMax = 1000;

struct RegexProgram {
  enum class Kind : std::uint8_t {
    kBytes,  // takes one byte of `bytes`
    kFork,   // goes on at both
    kBegin,  // where the text begins
    kEnd,
    kBoundary,  // between a word's byte and another, or the text's end
    kInside,    // where there is no boundary
    kMatch,
  };
  struct Step {
    Kind kind = Kind::kMatch;
    std::uint32_t next = 0;
    std::uint32_t other = 0;  // kFork
    ByteSet bytes;
  };
  std::vector<Step> steps;
  std::uint32_t start = 0;
  bool asks_words = false;  // has kBoundary or kInside
  bool asks_begin = false;

  // RE2's syntax over bytes, '.' taking any. nullopt for what is not understood here (flags but a leading
  // "(?i)", named groups and classes, Unicode, bytes beyond ASCII) or needs more than kProgramStepsMax steps.
  // The expression must be one that RE2 accepts.
  static std::optional<RegexProgram> parse(std::string_view pattern);
};

// Letters, digits and the underscore, as \w.
const ByteSet& word_bytes();

}  // namespace culprit::engine
