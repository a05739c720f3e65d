// Filter patterns of the first kind: terms that a message must, may or must not hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "logs/necessary_literals.h"
#include "logs/text_regex.h"

namespace culprit {

// A literal or a regular expression, found anywhere in a message, inside words too.
struct Term {
  Needle literal;  // used when there is no regex
  std::optional<TextRegex> regex;

  bool found_in(std::string_view message) const {
    return regex ? regex->found_in(message) : contains(message, literal);
  }
  NecessaryLiterals necessary() const;
};

// The whole meaning of a pattern that consists of terms, so that an engine can decide it on pieces of a
// message. No terms at all: every message matches.
struct TermsPlan {
  std::vector<Term> required;  // all of them
  std::vector<Term> optional;  // at least one, when there are any
  std::vector<Term> excluded;  // none of them

  // Allocates nothing when there is no regular expression. Thread-safe.
  bool matches(std::string_view message) const;
  NecessaryLiterals necessary() const;
};

Result<TermsPlan> parse_filter_terms(std::string_view pattern);

}  // namespace culprit
