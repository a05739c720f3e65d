// Literals that every text must contain that a regular expression finds something in.
#pragma once

#include <string_view>

#include "logs/necessary_literals.h"

namespace culprit {

// `pattern` must be one that RE2 accepts, read as bytes (Latin-1) or holding ASCII only. Sound and
// conservative: what is not understood (Unicode classes, octal escapes …) gives no literals.
// Syntax: https://github.com/google/re2/wiki/Syntax. The idea is that of RE2's own Prefilter and of Cox,
// "Regular Expression Matching with a Trigram Index" (2012): sets of exact strings while they stay small.
NecessaryLiterals regex_literals(std::string_view pattern);

}  // namespace culprit
