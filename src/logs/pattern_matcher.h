// Named patterns of a system file, matched over one event in one pass.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace culprit {

// An event matches when it holds any of the literals (none given: all do) and all of the regular expressions.
struct PatternSpec {
  std::vector<std::string> any_of;
  bool ignore_case = false;  // of the literals; ASCII letters
  std::vector<std::string>
      all_regex;  // RE2; '.' matches a new line too, since an event may have several lines
};

// Not thread-safe; a thread takes a copy of its own (copies share what was compiled).
class PatternMatcher {
 public:
  // kInput names the pattern and the reason when one cannot be compiled.
  static Result<PatternMatcher> make(std::span<const PatternSpec> patterns);
  PatternMatcher(const PatternMatcher& other);
  PatternMatcher& operator=(const PatternMatcher& other);
  PatternMatcher(PatternMatcher&&) noexcept;
  PatternMatcher& operator=(PatternMatcher&&) noexcept;
  ~PatternMatcher();

  // Indexes of the patterns that match, ascending; valid until the next call. Bytes that are no UTF-8 are
  // fine.
  std::span<const std::uint32_t> match(std::string_view event);

  std::size_t size() const;

 private:
  PatternMatcher();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
