// What a text must contain before a pattern can match it: the cheap question asked before the dear one.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct Needle {
  std::string text;          // any bytes, not empty
  bool ignore_case = false;  // ASCII letters only
  auto operator<=>(const Needle&) const = default;
};

// Whether the text holds the needle.
bool contains(std::string_view text, const Needle& needle);

// Every text that matches holds at least one needle of each group. No groups: nothing is known. It is a
// promise in one direction only: a text that holds them all need not match.
struct NecessaryLiterals {
  std::vector<std::vector<Needle>> all_of;

  bool allow(std::string_view text) const;
  // The group that is likely rarest: the one with the longest shortest needle; null when there is none.
  const std::vector<Needle>* best() const;
  void add(const NecessaryLiterals& other);
};

// What holds for texts that match at least one of two patterns.
NecessaryLiterals either(const NecessaryLiterals& a, const NecessaryLiterals& b);

}  // namespace culprit
