#include "engine/uuid_search.h"

#include <algorithm>
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

// The planes of one half of the uuids, read as they are asked for.
class HalfPlanes {
 public:
  HalfPlanes(const NumberColumn& column, ColumnReader& reader) : column_(column), reader_(reader) {}
  // The byte at `index` (0: lowest) of every uuid's half.
  Result<std::string_view> plane(unsigned index) {
    if (loaded_[index]) return views_[index];
    if (!checked_ && !column_.constant()) {
      if (auto done = reader_.checked(column_); !done) return tl::unexpected(done.error());
      checked_ = true;
    }
    if (column_.constant() || index >= column_.width) {
      const std::uint64_t value = column_.constant() ? column_.base : 0;
      buffers_[index].assign(column_.count, static_cast<char>(value >> (8 * index) & 255));
      views_[index] = buffers_[index];
    } else {
      auto view = reader_.plane(column_, index, buffers_[index]);
      if (!view) return view;
      views_[index] = *view;
    }
    loaded_[index] = true;
    return views_[index];
  }

 private:
  const NumberColumn& column_;
  ColumnReader& reader_;
  bool checked_ = false;
  std::array<bool, 8> loaded_{};
  std::array<std::string_view, 8> views_;
  std::array<std::string, 8> buffers_;
};

unsigned byte_of(std::uint64_t value, unsigned index) {
  return static_cast<unsigned>(value >> (8 * index)) & 255U;
}

// Keeps those of the uuids whose half fits; `all` says that `left` still stands for every uuid.
Result<void> keep_fitting(std::uint64_t mask, std::uint64_t value, HalfPlanes& half, bool& all,
                          std::vector<std::uint32_t>& left) {
  // Bytes fixed wholly first: they leave one in 256. Random ones lie low in the high half and the other way
  // round; any order is right.
  for (const bool whole : {true, false}) {
    for (unsigned i = 0; i < 8; ++i) {
      const unsigned m = byte_of(mask, i);
      if (m == 0 || (m == 255) != whole || (!all && left.empty())) continue;
      const unsigned v = byte_of(value, i);
      auto plane = half.plane(i);
      if (!plane) return tl::unexpected(plane.error());
      const auto fits = [&](std::size_t at) { return (static_cast<unsigned char>((*plane)[at]) & m) == v; };
      if (!all) {
        left.erase(std::remove_if(left.begin(), left.end(), [&](std::uint32_t at) { return !fits(at); }),
                   left.end());
        continue;
      }
      all = false;
      if (whole) {
        for (std::size_t at = 0; (at = plane->find(static_cast<char>(v), at)) != std::string_view::npos; ++at)
          left.push_back(static_cast<std::uint32_t>(at));
      } else {
        for (std::size_t at = 0; at < plane->size(); ++at)
          if (fits(at)) left.push_back(static_cast<std::uint32_t>(at));
      }
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::uint32_t>> uuids_holding(const Directory& directory, ColumnReader& reader,
                                                 const Needle& needle) {
  HalfPlanes high(directory.uuid_high, reader);
  HalfPlanes low(directory.uuid_low, reader);
  std::vector<std::uint32_t> found;
  for (std::size_t offset = 0; offset + needle.text.size() <= kLayout.size(); ++offset) {
    Fixed fixed;
    if (!fix_at(offset, needle, fixed)) continue;
    bool all = true;
    std::vector<std::uint32_t> left;
    if (auto done = keep_fitting(fixed.mask.high, fixed.value.high, high, all, left); !done)
      return tl::unexpected(done.error());
    if (auto done = keep_fitting(fixed.mask.low, fixed.value.low, low, all, left); !done)
      return tl::unexpected(done.error());
    if (all)  // nothing but dashes
      for (std::uint32_t i = 0; i < directory.uuids; ++i) left.push_back(i);
    found.insert(found.end(), left.begin(), left.end());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace culprit::engine
