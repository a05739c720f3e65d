#include "engine/column.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit::engine {

namespace {

constexpr int kPlaneLevel = 1;
// Numbers that look random have no repetitions but short ones by chance, and a match for such costs more than
// its bytes as entropy-coded literals. A table too small to find them keeps zstd from it.
constexpr int kLiteralHashLog = 6;
constexpr int kLiteralMatchMin = 7;
constexpr std::size_t kTrialBytes = std::size_t{16} << 10;  // decides which way a longer plane goes
constexpr int kTextLevel = 3;
constexpr std::size_t kSampleMax = 2048;
constexpr std::size_t kSparseMin = 256;  // shorter columns gain nothing

unsigned bytes_for(std::uint64_t range) { return (static_cast<unsigned>(std::bit_width(range)) + 7) / 8; }

// The smallest and largest difference of neighbours, as signed numbers that wrap.
struct DeltaRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
DeltaRange delta_range(std::span<const std::uint64_t> v) {
  DeltaRange r{INT64_MAX, INT64_MIN};
  for (std::size_t i = 1; i < v.size(); ++i) {
    const auto d = static_cast<std::int64_t>(v[i] - v[i - 1]);
    r.low = std::min(r.low, d);
    r.high = std::max(r.high, d);
  }
  return r;
}

// Whether differences need clearly fewer bits, judged by a sample of runs.
bool delta_is_shorter(std::span<const std::uint64_t> v, std::uint64_t low) {
  const std::size_t stride = std::max<std::size_t>(1, v.size() / kSampleMax);
  std::uint64_t plain_bits = 0;
  std::uint64_t delta_bits = 0;
  for (std::size_t i = 1; i < v.size(); i += stride) {
    plain_bits += static_cast<unsigned>(std::bit_width(v[i] - low));
    delta_bits += static_cast<unsigned>(std::bit_width(zigzag(v[i] - v[i - 1])));
  }
  return delta_bits * 10 < plain_bits * 9;
}

template <class Value>
void split_planes(std::span<const Value> values, std::uint64_t base, unsigned width, unsigned char* out) {
  const std::size_t n = values.size();
  for (unsigned b = 0; b < width; ++b) {
    unsigned char* const plane = out + b * n;
    const unsigned shift = 8 * b;
    for (std::size_t i = 0; i < n; ++i)
      plane[i] = static_cast<unsigned char>(
          static_cast<std::uint64_t>(values[i] - static_cast<Value>(base)) >> shift);
  }
}

}  // namespace

std::uint64_t checksum_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

struct ColumnWriter::Zstd {
  struct Free {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_CCtx, Free> literals{ZSTD_createCCtx()};

  Zstd() {
    ZSTD_CCtx_setParameter(literals.get(), ZSTD_c_compressionLevel, kPlaneLevel);
    ZSTD_CCtx_setParameter(literals.get(), ZSTD_c_strategy, ZSTD_fast);
    ZSTD_CCtx_setParameter(literals.get(), ZSTD_c_hashLog, kLiteralHashLog);
    ZSTD_CCtx_setParameter(literals.get(), ZSTD_c_minMatch, kLiteralMatchMin);
  }

  // The frame's size; as large as the plane when there is none.
  std::size_t plane(std::span<const unsigned char> bytes, bool by_matches, std::vector<char>& frame) {
    const std::size_t bound = ZSTD_compressBound(bytes.size());
    if (frame.size() < bound) frame.resize(bound);
    const std::size_t size =
        by_matches ? ZSTD_compressCCtx(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size(),
                                       kPlaneLevel)
                   : ZSTD_compress2(literals.get(), frame.data(), frame.size(), bytes.data(), bytes.size());
    return ZSTD_isError(size) ? bytes.size() : size;
  }

  // The shorter of both, judged by a piece of a long plane.
  std::size_t shorter(std::span<const unsigned char> bytes, std::vector<char>& frame) {
    const auto piece = bytes.subspan((bytes.size() - std::min(bytes.size(), kTrialBytes)) / 2,
                                     std::min(bytes.size(), kTrialBytes));
    const std::size_t literal = plane(piece, false, frame);
    const std::size_t matched = plane(piece, true, frame);
    if (piece.size() == bytes.size() && matched <= literal) return matched;
    return plane(bytes, matched < literal, frame);
  }
};

ColumnWriter::ColumnWriter() : zstd_(std::make_unique<Zstd>()) {}
ColumnWriter::ColumnWriter(ColumnWriter&&) noexcept = default;
ColumnWriter& ColumnWriter::operator=(ColumnWriter&&) noexcept = default;
ColumnWriter::~ColumnWriter() = default;

std::string ColumnWriter::compress(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(zstd_->context.get(), out.data(), out.size(), bytes.data(), bytes.size(), level);
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

void ColumnWriter::numbers(std::span<const std::uint64_t> v, bool as_is) {
  if (v.empty()) return planes(NumberMode::kConstant, 0, 0, 0, 0);
  const auto [low_at, high_at] = std::minmax_element(v.begin(), v.end());
  const std::uint64_t low = *low_at;
  const std::uint64_t range = *high_at - low;
  if (range == 0) return planes(NumberMode::kConstant, low, 0, 0, v.size());
  if (!as_is && v.size() >= kSparseMin && low == 0) {
    const auto zeros = static_cast<std::size_t>(std::count(v.begin(), v.end(), 0));
    if (zeros * 2 > v.size()) return sparse(v, v.size() - zeros);
  }
  if (!as_is && delta_is_shorter(v, low)) {
    const DeltaRange deltas = delta_range(v);
    const auto base = static_cast<std::uint64_t>(deltas.low);
    const unsigned width = bytes_for(static_cast<std::uint64_t>(deltas.high) - base);
    scratch_.resize(v.size() - 1);
    for (std::size_t i = 1; i < v.size(); ++i) scratch_[i - 1] = v[i] - v[i - 1];
    plane_bytes_.resize(scratch_.size() * width);
    split_planes<std::uint64_t>(scratch_, base, width, plane_bytes_.data());
    return planes(NumberMode::kDelta, base, v[0], width, scratch_.size());
  }
  const std::uint64_t base = as_is ? 0 : low;
  const unsigned width = as_is ? bytes_for(*high_at) : bytes_for(range);
  plane_bytes_.resize(v.size() * width);
  split_planes<std::uint64_t>(v, base, width, plane_bytes_.data());
  planes(NumberMode::kPlanes, base, 0, width, v.size());
}

void ColumnWriter::numbers32(std::span<const std::uint32_t> v) {
  if (v.empty()) return planes(NumberMode::kConstant, 0, 0, 0, 0);
  const auto [low_at, high_at] = std::minmax_element(v.begin(), v.end());
  const std::uint32_t low = *low_at;
  const std::uint32_t range = *high_at - low;
  if (range == 0) return planes(NumberMode::kConstant, low, 0, 0, v.size());
  scratch_.assign(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(std::min(v.size(), kSampleMax)));
  if (delta_is_shorter(scratch_, low)) {
    const std::vector<std::uint64_t> wide(v.begin(), v.end());
    return numbers(wide);
  }
  const unsigned width = bytes_for(range);
  plane_bytes_.resize(v.size() * width);
  split_planes<std::uint32_t>(v, low, width, plane_bytes_.data());
  planes(NumberMode::kPlanes, low, 0, width, v.size());
}

void ColumnWriter::sparse(std::span<const std::uint64_t> v, std::size_t set) {
  std::vector<std::uint64_t> bits((v.size() + 7) / 8, 0);
  std::vector<std::uint64_t> values;
  values.reserve(set);
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (v[i] == 0) continue;
    bits[i / 8] |= std::uint64_t{1} << (i % 8);
    values.push_back(v[i]);
  }
  directory += static_cast<char>(NumberMode::kSparse);
  put_varint(directory, set);
  numbers(bits, true);
  numbers(values);
}

// Description: a byte (mode, width, where), then what the mode needs.
void ColumnWriter::planes(NumberMode mode, std::uint64_t base, std::uint64_t first, unsigned width,
                          std::size_t count) {
  const bool own = count * width >= kOwnBlockBytesMin;
  directory += static_cast<char>(static_cast<unsigned>(mode) | (own ? 4U : 0U) | (width << 3));
  put_varint(directory, mode == NumberMode::kDelta ? zigzag(base) : base);
  if (mode == NumberMode::kDelta) put_varint(directory, first);
  if (width == 0) return;
  if (own)
    own_block(count, width);
  else
    number_pool.append(reinterpret_cast<const char*>(plane_bytes_.data()), count * width);
}

void ColumnWriter::own_block(std::size_t count, unsigned width) {
  const std::size_t begin = blocks.size();
  for (unsigned b = 0; b < width; ++b) {
    const unsigned char* const plane = plane_bytes_.data() + b * count;
    if (std::memcmp(plane, plane + 1, count - 1) == 0) {  // all the same
      put_varint(directory, std::uint64_t{plane[0]} << 2 | static_cast<unsigned>(PlaneCode::kConstant));
      continue;
    }
    const std::size_t size = zstd_->shorter({plane, count}, frame_);
    if (size + size / 64 >= count) {
      blocks.append(reinterpret_cast<const char*>(plane), count);
      put_varint(directory, std::uint64_t{count} << 2 | static_cast<unsigned>(PlaneCode::kRaw));
    } else {
      blocks.append(frame_.data(), size);
      put_varint(directory, std::uint64_t{size} << 2 | static_cast<unsigned>(PlaneCode::kZstd));
    }
  }
  put_u64(directory, checksum_of(std::string_view(blocks).substr(begin)));
}

void ColumnWriter::text(std::string_view bytes) {
  put_varint(directory, bytes.size());
  if (bytes.size() < kOwnBlockBytesMin) {
    if (!bytes.empty()) put_varint(directory, 0);
    text_pool += bytes;
    return;
  }
  const std::string frame = compress(bytes, kTextLevel);
  put_varint(directory, frame.size());
  put_u64(directory, checksum_of(frame));
  blocks += frame;
}

std::uint64_t NumberColumn::stored_bytes() const {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < width; ++i)
    if (place->planes[i].code != PlaneCode::kConstant) sum += place->planes[i].size;
  return sum;
}

NumberColumn ColumnCatalogue::numbers(std::uint64_t count, unsigned depth) {
  NumberColumn c;
  c.count = static_cast<std::uint32_t>(count);
  const std::uint64_t head = in_.fixed(1);
  c.mode = static_cast<NumberMode>(head & 3);
  if (c.mode == NumberMode::kSparse) {
    const std::uint64_t set = in_.varint_up_to(count);
    if (head != static_cast<std::uint64_t>(NumberMode::kSparse) || depth > 1) in_.refuse();
    if (!in_.ok()) return {};
    auto parts = std::make_unique<ColumnPlace>();
    parts->sparse_bits = numbers((count + 7) / 8, depth + 1);
    parts->sparse_values = numbers(set, depth + 1);
    c.place = std::move(parts);
    return c;
  }
  c.own_block = (head & 4) != 0;
  c.width = static_cast<std::uint8_t>(head >> 3);
  c.base = in_.varint();
  const bool constant = c.mode == NumberMode::kConstant;
  if (c.width > 8 || (constant && (c.width > 0 || c.own_block))) in_.refuse();
  if (constant) return c;
  auto place = std::make_unique<ColumnPlace>();
  if (c.mode == NumberMode::kDelta) {
    c.base = unzigzag(c.base);
    place->first = in_.varint();
    if (count == 0) in_.refuse();
  }
  const std::uint64_t in_plane = c.mode == NumberMode::kDelta ? count - 1 : count;
  if (c.own_block && in_plane == 0) in_.refuse();
  if (!in_.ok()) return {};
  if (!c.own_block) {
    place->begin = number_pool_;
    for (unsigned i = 0; i < c.width; ++i)
      place->planes[i] = {PlaneCode::kRaw, static_cast<std::uint32_t>(in_plane)};
    number_pool_ += in_plane * c.width;
    c.place = std::move(place);
    return c;
  }
  place->begin = block_;
  for (unsigned i = 0; i < c.width; ++i) {
    const std::uint64_t code = in_.varint_up_to(std::uint64_t{0xffffffff} << 2 | 3);
    place->planes[i] = {static_cast<PlaneCode>(code & 3), static_cast<std::uint32_t>(code >> 2)};
    if ((code & 3) == 3 || (place->planes[i].code == PlaneCode::kRaw && place->planes[i].size != in_plane) ||
        (place->planes[i].code == PlaneCode::kConstant && place->planes[i].size > 255))
      in_.refuse();
  }
  place->checksum = in_.fixed(8);
  c.place = std::move(place);
  block_ += c.stored_bytes();
  return c;
}

TextColumn ColumnCatalogue::text() {
  TextColumn t;
  t.raw_bytes = static_cast<std::uint32_t>(in_.varint_up_to(text_bytes_max_));
  if (t.raw_bytes == 0) return t;
  t.stored_bytes = static_cast<std::uint32_t>(in_.varint_up_to(text_bytes_max_));
  if (t.stored_bytes == 0) {
    t.begin = text_pool_;
    text_pool_ += t.raw_bytes;
    return t;
  }
  t.begin = block_;
  t.checksum = in_.fixed(8);
  block_ += t.stored_bytes;
  return t;
}

}  // namespace culprit::engine
