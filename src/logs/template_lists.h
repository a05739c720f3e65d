// Lists within one masked form. Their length varies from message to message, so that each is one variable.
#pragma once

namespace culprit {

constexpr unsigned kListItems = 4;  // a, b, c, d: items of variables and signs, without words
constexpr unsigned kRunWords = 10;  // a b c …: words in a row, each a variable or with digits

// Both fold the bytes from `begin` to `end` in place and return the new end.
char* fold_lists(char* begin, char* end);
char* fold_runs(char* begin, char* end);

}  // namespace culprit
