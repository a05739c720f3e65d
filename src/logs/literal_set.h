// Many literals looked for in one pass. Built on Vectorscan.
#pragma once

#include <cstdint>
#include <functional>
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

// Copies share the compiled set. find() may be called from several threads, each with a copy of its own.
class LiteralSet {
 public:
  static Result<LiteralSet> make(std::span<const Literal> literals);
  LiteralSet(const LiteralSet& other);
  LiteralSet& operator=(const LiteralSet& other);
  LiteralSet(LiteralSet&&) noexcept;
  LiteralSet& operator=(LiteralSet&&) noexcept;
  ~LiteralSet();

  // Calls `found` with the literal's index and the place right behind it, in no set order of literals.
  using Found = void (*)(void* state, std::uint32_t literal, std::size_t end);
  void find(std::string_view text, Found found, void* state) const;

 private:
  LiteralSet();
  struct Compiled;
  struct Scratch;
  std::shared_ptr<const Compiled> compiled_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace culprit
