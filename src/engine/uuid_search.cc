#include "engine/uuid_search.h"

#include <array>

namespace culprit::engine {

namespace {

constexpr std::string_view kLayout = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

// The literal at one offset of a uuid's text: which digits it fixes.
struct Fixed {
  Uuid mask;
  Uuid value;
};

bool fix_at(std::size_t offset, const Needle& needle, Fixed& out) {
  unsigned digit = 0;
  for (std::size_t i = 0; i < kLayout.size(); ++i) {
    const bool in = i >= offset && i < offset + needle.text.size();
    const char c = in ? needle.text[i - offset] : '\0';
    if (kLayout[i] == '-') {
      if (in && c != '-') return false;
      continue;
    }
    const unsigned here = digit++;
    if (!in) continue;
    unsigned value = 0;
    if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = static_cast<unsigned>(c - 'a') + 10;
    else if (needle.ignore_case && c >= 'A' && c <= 'F')
      value = static_cast<unsigned>(c - 'A') + 10;
    else
      return false;
    const unsigned shift = 4 * (15 - here % 16);
    (here < 16 ? out.mask.high : out.mask.low) |= std::uint64_t{15} << shift;
    (here < 16 ? out.value.high : out.value.low) |= std::uint64_t{value} << shift;
  }
  return true;
}

}  // namespace

std::vector<std::uint32_t> uuids_holding(const UuidValues& uuids, const Needle& needle) {
  std::vector<Fixed> places;
  for (std::size_t offset = 0; offset + needle.text.size() <= kLayout.size(); ++offset) {
    Fixed fixed;
    if (fix_at(offset, needle, fixed)) places.push_back(fixed);
  }
  std::vector<std::uint32_t> found;
  if (places.empty()) return found;
  const std::uint64_t* const high = uuids.high.data();
  const std::uint64_t* const low = uuids.low.data();
  for (std::size_t i = 0; i < uuids.high.size(); ++i) {
    for (const Fixed& f : places) {
      if ((high[i] & f.mask.high) != f.value.high || (low[i] & f.mask.low) != f.value.low) continue;
      found.push_back(static_cast<std::uint32_t>(i));
      break;
    }
  }
  return found;
}

}  // namespace culprit::engine
