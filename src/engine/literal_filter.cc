#include "engine/literal_filter.h"

#include <algorithm>

namespace culprit::engine {

namespace {

// The byte, and its other case where the literal does not care.
std::vector<unsigned char> cases_of(char c, bool ignore_case) {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (ignore_case && letter) return {byte, static_cast<unsigned char>(byte ^ 32U)};
  return {byte};
}

}  // namespace

LiteralFilter::LiteralFilter(const std::vector<NeedlePlan>& needles)
    : needles_(&needles), pairs_(65'536 / 64) {
  for (std::uint32_t n = 0; n < needles.size(); ++n) {
    if (!needles[n].is_literal()) continue;
    const Needle& needle = needles[n].needle();
    if (needle.text.size() == 1) {
      brief_.push_back(n);
      continue;
    }
    for (const unsigned char first : cases_of(needle.text[0], needle.ignore_case)) {
      by_first_[first].push_back(n);
      for (const unsigned char second : cases_of(needle.text[1], needle.ignore_case)) allow(first, second);
    }
  }
}

void LiteralFilter::find(std::string_view text, std::span<const std::uint32_t> run_ends,
                         std::vector<std::uint8_t>& found) const {
  for (const std::uint32_t n : brief_)
    if (!found[n] && (*needles_)[n].find(text) != std::string_view::npos) found[n] = 1;
  if (text.empty()) return;
  auto pair = static_cast<std::size_t>(static_cast<unsigned char>(text[0]));
  for (std::size_t at = 1; at < text.size(); ++at) {
    pair = (pair & 255) << 8 | static_cast<unsigned char>(text[at]);
    if ((pairs_[pair / 64] >> (pair % 64) & 1) == 0) continue;
    const std::size_t begin = at - 1;
    for (const std::uint32_t n : by_first_[pair >> 8]) {
      if (found[n] || !(*needles_)[n].stands_at(text, begin)) continue;
      const std::uint32_t run_end = *std::upper_bound(run_ends.begin(), run_ends.end(), begin);
      if (begin + (*needles_)[n].needle().text.size() <= run_end) found[n] = 1;
    }
  }
}

}  // namespace culprit::engine
