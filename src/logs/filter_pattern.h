// CloudWatch Logs filter patterns, with the meaning that the service gives them (docs/filter-patterns.md).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "logs/filter_terms.h"
#include "logs/necessary_literals.h"

namespace culprit {

// Immutable; copies are cheap and share one meaning; all functions are thread-safe. Messages may hold any
// bytes.
class FilterPattern {
 public:
  enum class Kind { kTerms, kJson, kFields };

  // kInput with the service's own words in `what` and what to write instead in `hint`.
  static Result<FilterPattern> parse(std::string_view pattern);

  bool matches(std::string_view message) const;

  Kind kind() const;
  const std::string& text() const;

  // The whole meaning of a pattern of terms; null for the other kinds.
  const TermsPlan* terms() const;
  // Of every kind; may know nothing.
  const NecessaryLiterals& necessary() const;

  // Values of a message that matches, as the service's test shows them: "$status" → "404" for each field of a
  // space-delimited pattern ("$3" for one without a name). Empty for the other kinds.
  std::vector<std::pair<std::string, std::string>> extract(std::string_view message) const;

  // What a metric filter publishes: "$.latency" of a JSON message, "$bytes" of a space-delimited one. nullopt
  // when the message does not match, or has no such value (a text or number).
  std::optional<std::string> value(std::string_view message, std::string_view selector) const;

 private:
  struct Meaning;
  std::shared_ptr<const Meaning> meaning_;
};

}  // namespace culprit
