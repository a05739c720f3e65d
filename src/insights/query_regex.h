// Regular expressions of queries, with named groups: like /…/, parse @message /…(?<name>…)…/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "logs/necessary_literals.h"

namespace re2 {
class RE2;
}

namespace culprit::insights {

// Runs in time linear in the text (RE2). '.' takes one character and no new line, (?s) lets it. In a text
// that is not UTF-8 a character is a byte. Immutable; may be used by several threads.
class QueryRegex {
 public:
  // kInput for what RE2 does not have: look-around, back-references, possessive repetition.
  static Result<QueryRegex> compile(std::string_view pattern);
  // A pattern of parse: '*' stands for any text, taken into a group as short as it can be; one at the very
  // end takes everything.
  static Result<QueryRegex> glob(std::string_view pattern);

  const std::string& pattern() const { return pattern_; }
  // Names of the groups from left to right; "" for a group without one.
  const std::vector<std::string>& names() const { return names_; }
  const NecessaryLiterals& necessary() const { return necessary_; }

  bool found_in(std::string_view text) const;
  // False when nothing is found. One view a group, empty where it took no part.
  bool groups_in(std::string_view text, std::vector<std::string_view>& groups) const;
  std::string replace_all(std::string_view text, std::string_view with) const;

 private:
  static Result<QueryRegex> build(std::string pattern, std::string shown, std::vector<std::string> names);
  const re2::RE2& for_text(std::string_view text) const;

  std::string pattern_;
  std::vector<std::string> names_;
  std::shared_ptr<const re2::RE2> characters_;
  std::shared_ptr<const re2::RE2> bytes_;
  NecessaryLiterals necessary_;
};

}  // namespace culprit::insights
