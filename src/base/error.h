// What went wrong, in words a tired person can act on, and which exit code a script sees.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace culprit {

// Classes of failure; each has one stable exit code (docs/exit-codes.md).
enum class ErrorCode {
  kExpectation,  // 1: a diagnosis differs from --expect, a check or lint found something
  kUsage,        // 2: the command line or a value on it is wrong
  kInput,        // 3: a file, log, system file or answer cannot be understood
  kNotFound,     // 4: a named thing (file, system, log group, hypothesis) does not exist
  kCredentials,  // 5: no credentials, or expired or invalid ones
  kDenied,       // 6: the credentials are good but the action is not allowed
  kUnreachable,  // 7: endpoint cannot be reached, or keeps throttling
  kDamaged,      // 8: a capsule or store was changed, truncated or is of a newer version
  kStorage,      // 9: disk full or input/output error
  kCostCap,      // 10: the collection would cost more than --max-cost
  kInterrupted,  // 130: Ctrl-C
  kInternal,     // 70: a fault of the program itself
};

// The exit code of a class of failure.
int exit_code(ErrorCode code);

// A short stable name ("usage", "denied", ...) for JSON output.
std::string_view error_name(ErrorCode code);

// An expected failure of the outside world. `what` says what failed and why, `where` on what
// (file:line:column, URL, log group ...; may be empty), `hint` what to do next (may be empty).
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string what;
  std::string where;
  std::string hint;

  // "where: what\n  hint" without colour and without a final new line.
  std::string message() const;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string what, std::string where = {},
                                  std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(what), std::move(where), std::move(hint)});
}

}  // namespace culprit
