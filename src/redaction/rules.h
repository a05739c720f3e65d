// What a secret looks like: the one visible list. Private to src/redaction.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/redactor.h"

namespace re2 {
class RE2;
}

namespace culprit {

struct RedactionRule {
  std::string kind;     // "email"; its pseudonyms are "email-1", "email-2" …; "literal" becomes "?"
  std::string pattern;  // RE2, bytes; group 1 is what is hidden
  // A second look at group 1, and at the text before it.
  bool (*accept)(std::string_view secret, std::string_view before) = nullptr;
  bool in_parameters = false;  // only behind the word that opens request parameters in JSON
};

struct CompiledRule {
  RedactionRule rule;
  std::shared_ptr<re2::RE2> expression;
};

// In the order in which they apply: what holds other secrets comes first.
const std::vector<CompiledRule>& redaction_rules();

// "[FILTERED]", "nil", "$1", "email-3": nothing to hide.
bool is_harmless(std::string_view value);

// The literals of SQL statements inside text become what `purpose` says; adds how many to `replaced`.
// (sql_literals.cc)
std::string without_sql_literals(std::string_view text, RedactFor purpose, int& replaced);

}  // namespace culprit
