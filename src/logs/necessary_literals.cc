#include "logs/necessary_literals.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace culprit {

namespace {

constexpr std::size_t kNeedlesPerGroupMax = 32;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_ignoring_case(const char* text, std::string_view needle) {
  for (std::size_t i = 0; i < needle.size(); ++i)
    if (lower(text[i]) != lower(needle[i])) return false;
  return true;
}

bool contains_ignoring_case(std::string_view text, std::string_view needle) {
  if (needle.size() > text.size()) return false;
  const char a = lower(needle[0]), b = upper(needle[0]);
  const char* const last = text.data() + (text.size() - needle.size());
  for (const char* at = text.data(); at <= last; ++at)
    if ((*at == a || *at == b) && same_ignoring_case(at, needle)) return true;
  return false;
}

std::size_t shortest(const std::vector<Needle>& group) {
  std::size_t size = std::string::npos;
  for (const auto& needle : group) size = std::min(size, needle.text.size());
  return size;
}

}  // namespace

bool contains(std::string_view text, const Needle& needle) {
  if (needle.text.empty()) return true;
  if (needle.ignore_case) return contains_ignoring_case(text, needle.text);
  return memmem(text.data(), text.size(), needle.text.data(), needle.text.size()) != nullptr;
}

bool NecessaryLiterals::allow(std::string_view text) const {
  return std::all_of(all_of.begin(), all_of.end(), [&](const auto& group) {
    return std::any_of(group.begin(), group.end(), [&](const Needle& n) { return contains(text, n); });
  });
}

const std::vector<Needle>* NecessaryLiterals::best() const {
  const std::vector<Needle>* found = nullptr;
  for (const auto& group : all_of)
    if (found == nullptr ||
        std::tuple(shortest(group), found->size()) > std::tuple(shortest(*found), group.size()))
      found = &group;
  return found;
}

void NecessaryLiterals::add(const NecessaryLiterals& other) {
  for (const auto& group : other.all_of)
    if (std::find(all_of.begin(), all_of.end(), group) == all_of.end()) all_of.push_back(group);
}

NecessaryLiterals either(const NecessaryLiterals& a, const NecessaryLiterals& b) {
  const auto* left = a.best();
  const auto* right = b.best();
  if (left == nullptr || right == nullptr) return {};
  std::vector<Needle> group = *left;
  group.insert(group.end(), right->begin(), right->end());
  std::sort(group.begin(), group.end());
  group.erase(std::unique(group.begin(), group.end()), group.end());
  if (group.size() > kNeedlesPerGroupMax) return {};
  return NecessaryLiterals{{std::move(group)}};
}

}  // namespace culprit
