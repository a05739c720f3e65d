// A regular expression looked for anywhere in a message.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "logs/necessary_literals.h"

namespace re2 {
class RE2;
}

namespace culprit {

// Runs in time linear in the message (RE2). Thread-safe; copies share what was compiled.
class TextRegex {
 public:
  // RE2 syntax over bytes, so that invalid UTF-8 is text like any other; '.' matches a new line too, since a
  // message may have several lines; '^' and '$' are the message's ends.
  static Result<TextRegex> re2(std::string_view pattern);

  // ASCII only. '.' and a negated class take one character of UTF-8; in a message that is not UTF-8, one
  // byte.
  static Result<TextRegex> of_characters(std::string_view pattern);

  bool found_in(std::string_view text) const;
  const NecessaryLiterals& necessary() const { return compiled_->necessary; }
  // Whether '.' and negated classes take a byte in every message, or there are none.
  bool over_bytes() const { return compiled_->characters == nullptr; }
  const std::string& pattern() const { return compiled_->pattern; }

 private:
  struct Compiled {
    std::string pattern;
    std::shared_ptr<const re2::RE2> bytes;
    std::shared_ptr<const re2::RE2> characters;  // null when both find the same texts
    NecessaryLiterals necessary;
  };
  static Result<TextRegex> compile(std::string_view pattern, bool characters);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace culprit
