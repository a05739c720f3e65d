// Steps of merging that look at whole texts, because what varies differs in its delimiters.
#pragma once

#include <string>
#include <vector>

namespace culprit {

// Each changes masked forms in place; all are distinct and sorted before.

// Quoted text of several words ("content": "Hello, is it …") with many different values becomes a variable,
// unless its key is one that names messages (msg, error).
void blank_quoted_texts(std::vector<std::string>& texts);

// Words, from space to space, that stand in the place of a variable and hold one: [10 12] beside 10.
constexpr int kTokenRounds = 3;
void merge_tokens(std::vector<std::string>& texts);

// A message that ends in a folded list takes those with fewer items.
void merge_lists(std::vector<std::string>& texts);

}  // namespace culprit
