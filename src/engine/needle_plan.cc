#include "engine/needle_plan.h"

#include <algorithm>
#include <cstring>

namespace culprit::engine {

namespace {

bool is_letter(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

NeedlePlan::NeedlePlan(Needle needle) : needle_(std::move(needle)) {
  const std::size_t followed = std::min<std::size_t>(needle_.text.size(), 64);
  last_ = followed == 0 ? 0 : std::uint64_t{1} << (followed - 1);
  for (std::size_t i = 0; i < followed; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const auto c = static_cast<unsigned char>(needle_.text[i]);
    bytes_[c] |= bit;
    if (needle_.ignore_case && is_letter(c)) bytes_[c ^ 32U] |= bit;
  }
  for (unsigned c = 0; c < 256; ++c) {
    if (bytes_[c] == 0) continue;
    const auto byte = static_cast<unsigned char>(c);
    alphabet_.push_back(byte);
    for (unsigned b = 0; b < 8; ++b)
      if ((byte_class(byte) >> b & 1) != 0) classes_[b] |= bytes_[c];
  }
}

std::uint64_t NeedlePlan::within(VariableKind kind, std::uint16_t form, std::uint8_t classes) const {
  std::uint64_t bits = 0;
  if (kind != VariableKind::kWord) {
    for (const unsigned char c : alphabet_)
      if (may_hold(kind, form, c)) bits |= bytes_[c];
    return bits;
  }
  for (unsigned b = 0; b < 8; ++b)
    if ((classes >> b & 1) != 0) bits |= classes_[b];
  return bits;
}

std::uint64_t NeedlePlan::through(std::uint64_t state, std::uint64_t within, bool starts_inside) {
  const std::uint64_t start = starts_inside ? 1 : 0;
  std::uint64_t reached = (state << 1 | start) & within;
  for (;;) {
    const std::uint64_t more = reached | ((reached << 1 | start) & within);
    if (more == reached) return reached;
    reached = more;
  }
}

std::size_t NeedlePlan::find(std::string_view text, std::size_t from) const {
  const std::string& needle = needle_.text;
  if (from > text.size()) return std::string_view::npos;
  if (!needle_.ignore_case) {
    const void* const at = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : std::string_view::npos;
  }
  if (needle.size() > text.size()) return std::string_view::npos;
  const auto same = [](unsigned char a, unsigned char b) {
    return a == b || ((a ^ b) == 32 && is_letter(a));
  };
  for (std::size_t i = from; i + needle.size() <= text.size(); ++i) {
    std::size_t k = 0;
    while (k < needle.size() &&
           same(static_cast<unsigned char>(text[i + k]), static_cast<unsigned char>(needle[k])))
      ++k;
    if (k == needle.size()) return i;
  }
  return std::string_view::npos;
}

}  // namespace culprit::engine
