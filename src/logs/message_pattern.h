// One thing to look for in log messages, however it was written: a CloudWatch filter pattern, a plain text or
// a regular expression.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "logs/filter_pattern.h"

namespace culprit {

// Immutable; copies are cheap; all functions are thread-safe. Messages may hold any bytes.
class MessagePattern {
 public:
  // CloudWatch's language.
  static Result<MessagePattern> filter(std::string_view pattern);
  // These very bytes; with `ignore_case` ASCII letters match in both cases. The empty text is everywhere.
  static Result<MessagePattern> literal(std::string_view text, bool ignore_case = false);
  // RE2 over bytes ("(?i)" works); '.' matches a new line too, '^' and '$' are the message's ends.
  static Result<MessagePattern> regex(std::string_view pattern);

  // As it was written.
  const std::string& text() const;

  bool matches(std::string_view message) const;

  // The whole meaning as terms, for all but JSON and space-delimited filter patterns (null). With it an
  // engine can decide the pattern on pieces of a message.
  const TermsPlan* terms() const;
  // What any message that matches holds; may know nothing.
  const NecessaryLiterals& necessary() const;

  // The filter pattern, when it was written as one; null otherwise.
  const FilterPattern* as_filter() const;

 private:
  struct Meaning;
  static Result<MessagePattern> of_terms(std::string_view text, TermsPlan terms);
  std::shared_ptr<const Meaning> meaning_;
};

}  // namespace culprit
