// --expect: a diagnosis as a test.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "diagnosis/findings.h"

namespace culprit {

// Exit code of an investigation that could not tell.
inline constexpr int kExitCannotTell = 11;

struct Expectation {
  std::optional<std::string> cause;     // of the primary hypothesis: its cause or family; "none" = none
  std::optional<std::string> severity;  // "P1"; "none" = no severity
  std::optional<std::string> verdict;   // "incident", "no-incident", "cannot-tell"

  // Empty when the findings are as expected, else a sentence.
  std::string difference(const Findings& findings) const;
};

// "cause=statement-timeouts,severity=P1"; kUsage otherwise. Empty text expects nothing.
Result<Expectation> parse_expectation(std::string_view text);

}  // namespace culprit
