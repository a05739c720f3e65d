// Many patterns over one message at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "logs/message_pattern.h"

namespace culprit {

// Literals of all patterns are found in one pass (LiteralSet); what they leave open is verified pattern by
// pattern. The answer is the same as of each pattern alone. Not thread-safe: a thread takes a copy of its own
// (copies share what was compiled).
class PatternSet {
 public:
  static Result<PatternSet> make(std::span<const MessagePattern> patterns);
  PatternSet(const PatternSet& other);
  PatternSet& operator=(const PatternSet& other);
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

  // Indexes of the patterns that match, ascending; valid until the next call.
  std::span<const std::uint32_t> match(std::string_view message);

  std::size_t size() const;

 private:
  PatternSet();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
