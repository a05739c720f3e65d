#include "engine/literal_filter.h"

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

void LiteralFilter::find(std::string_view text, std::vector<std::uint8_t>& found) const {
  for (const std::uint32_t n : brief_)
    if (!found[n] && (*needles_)[n].find(text) != std::string_view::npos) found[n] = 1;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if ((pairs_[first * 4U + second / 64U] >> (second % 64U) & 1U) == 0) continue;
    for (const std::uint32_t n : by_first_[first])
      if (!found[n] && (*needles_)[n].stands_at(text, at)) found[n] = 1;
  }
}

}  // namespace culprit::engine
