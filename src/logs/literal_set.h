// Many literals looked for in one pass.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit {

struct Literal {
  std::string text;          // any bytes, not empty
  bool ignore_case = false;  // ASCII letters only
  bool once = true;          // told at most once a text; otherwise at each place
};

// Copies share the compiled set; find() is thread-safe.
//
// Vectorscan is not used: 5.4.9, which Debian has, overlooks matches on x86. Of {"R", "RR"} it finds none in
// 80 times 'x' followed by "RR"; of two literals of up to six characters, one in a hundred; rarely, some of
// seventeen (https://github.com/VectorCamp/vectorscan/issues/317 is of this kind).
class LiteralSet {
 public:
  static Result<LiteralSet> make(std::span<const Literal> literals);

  // Calls `found` with the literal's index and the place right behind it, in no set order of literals.
  using Found = void (*)(void* state, std::uint32_t literal, std::size_t end);
  void find(std::string_view text, Found found, void* state) const;

 private:
  LiteralSet() = default;
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace culprit
