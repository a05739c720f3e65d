#include <fmt/format.h>
#include <zstd.h>

#include <bit>

#include "engine/column.h"

namespace culprit::engine {

namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
};
// One a thread: making one costs more than unpacking a small frame.
ZSTD_DCtx* zstd_context() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return context.get();
}

tl::unexpected<Error> damaged_bytes(std::uint64_t begin, std::uint64_t size, std::string_view why) {
  return fail(ErrorCode::kDamaged, fmt::format("bytes {} to {} of the segment {}", begin, begin + size, why));
}

// Planes joined to values. Branches by width so that the compiler can unroll the inner loop.
template <class Value, unsigned kWidth>
void join(const std::array<const unsigned char*, 8>& plane, std::uint64_t base, std::size_t n, Value* out) {
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t v = 0;
    for (unsigned b = 0; b < kWidth; ++b) v |= static_cast<std::uint64_t>(plane[b][i]) << (8 * b);
    out[i] = static_cast<Value>(v + base);
  }
}

template <class Value>
void join_any(const std::array<const unsigned char*, 8>& plane, unsigned width, std::uint64_t base,
              std::size_t n, Value* out) {
  switch (width) {
    case 0:
      return join<Value, 0>(plane, base, n, out);
    case 1:
      return join<Value, 1>(plane, base, n, out);
    case 2:
      return join<Value, 2>(plane, base, n, out);
    case 3:
      return join<Value, 3>(plane, base, n, out);
    case 4:
      return join<Value, 4>(plane, base, n, out);
    case 5:
      return join<Value, 5>(plane, base, n, out);
    case 6:
      return join<Value, 6>(plane, base, n, out);
    case 7:
      return join<Value, 7>(plane, base, n, out);
    default:
      return join<Value, 8>(plane, base, n, out);
  }
}

}  // namespace

ColumnReader::ColumnReader(std::string_view blocks, std::uint64_t blocks_begin, std::string_view number_pool,
                           std::string_view text_pool)
    : blocks_(blocks), blocks_begin_(blocks_begin), number_pool_(number_pool), text_pool_(text_pool) {}

tl::unexpected<Error> ColumnReader::damaged(const NumberColumn& c, std::string_view why) const {
  if (!c.own_block)
    return fail(ErrorCode::kDamaged, fmt::format("a column in the number pool of the segment {}", why));
  return damaged_bytes(blocks_begin_ + c.place->begin, c.stored_bytes(), why);
}

Result<void> ColumnReader::load_planes(const NumberColumn& c) {
  const std::size_t n = c.mode == NumberMode::kDelta ? c.count - 1 : c.count;
  const std::uint64_t stored = c.stored_bytes();
  const std::string_view from = c.own_block ? blocks_ : number_pool_;
  if (c.place->begin > from.size() || stored > from.size() - c.place->begin) return damaged(c, "are missing");
  const std::string_view bytes = from.substr(c.place->begin, stored);
  if (c.own_block && checksum_of(bytes) != c.place->checksum) return damaged(c, "do not fit their checksum");
  std::size_t unpacked = 0;
  for (unsigned i = 0; i < c.width; ++i) unpacked += c.place->planes[i].code == PlaneCode::kRaw ? 0 : n;
  buffer_.resize(unpacked);
  unsigned char* out = buffer_.data();
  std::size_t at = 0;
  for (unsigned i = 0; i < c.width; ++i) {
    const Plane& plane = c.place->planes[i];
    if (plane.code == PlaneCode::kRaw) {
      plane_[i] = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
      at += plane.size;
      continue;
    }
    plane_[i] = out;
    if (plane.code == PlaneCode::kConstant) {
      std::memset(out, static_cast<int>(plane.size), n);
    } else {
      const std::size_t size = ZSTD_decompressDCtx(zstd_context(), out, n, bytes.data() + at, plane.size);
      if (ZSTD_isError(size) || size != n) return damaged(c, "are no whole zstd frame");
      at += plane.size;
    }
    out += n;
  }
  return {};
}

Result<void> ColumnReader::checked(const NumberColumn& c) {
  const std::uint64_t stored = c.stored_bytes();
  const std::string_view from = c.own_block ? blocks_ : number_pool_;
  if (c.place->begin > from.size() || stored > from.size() - c.place->begin) return damaged(c, "are missing");
  if (c.own_block && checksum_of(from.substr(c.place->begin, stored)) != c.place->checksum)
    return damaged(c, "do not fit their checksum");
  return {};
}

Result<std::string_view> ColumnReader::plane(const NumberColumn& c, unsigned number, std::string& buffer) {
  std::uint64_t at = c.place->begin;
  for (unsigned i = 0; i < number; ++i)
    if (c.place->planes[i].code != PlaneCode::kConstant) at += c.place->planes[i].size;
  const Plane& plane = c.place->planes[number];
  if (plane.code == PlaneCode::kConstant) {
    buffer.assign(c.count, static_cast<char>(plane.size));
    return std::string_view(buffer);
  }
  const std::string_view bytes = (c.own_block ? blocks_ : number_pool_).substr(at, plane.size);
  if (plane.code == PlaneCode::kRaw) return bytes;
  buffer.resize(c.count);
  const std::size_t size =
      ZSTD_decompressDCtx(zstd_context(), buffer.data(), buffer.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) || size != c.count) return damaged(c, "are no whole zstd frame");
  return std::string_view(buffer);
}

template <class Value>
Result<void> ColumnReader::read_sparse(const NumberColumn& c, std::vector<Value>& values) {
  std::vector<std::uint32_t> bits;
  std::vector<Value> set;
  if (auto done = read(c.place->sparse_bits, bits); !done) return done;
  if (auto done = read(c.place->sparse_values, set); !done) return done;
  values.assign(c.count, 0);
  std::size_t next = 0;
  for (std::size_t b = 0; b < bits.size(); ++b) {
    for (std::uint32_t rest = bits[b] & 255; rest != 0; rest &= rest - 1) {
      const std::size_t i = b * 8 + static_cast<std::size_t>(std::countr_zero(rest));
      if (i >= values.size() || next == set.size()) return damaged(c, "have too many bits set");
      values[i] = set[next++];
    }
  }
  if (next != set.size()) return damaged(c, "have too few bits set");
  return {};
}

template <class Value>
Result<void> ColumnReader::read(const NumberColumn& c, std::vector<Value>& values) {
  if (c.mode == NumberMode::kConstant) {
    values.assign(c.count, static_cast<Value>(c.base));
    return {};
  }
  if (c.mode == NumberMode::kSparse) return read_sparse(c, values);
  if (auto loaded = load_planes(c); !loaded) return loaded;
  values.resize(c.count);
  if (c.mode == NumberMode::kPlanes) {
    join_any(plane_, c.width, c.base, c.count, values.data());
    return {};
  }
  values[0] = static_cast<Value>(c.place->first);
  join_any(plane_, c.width, c.base, c.count - 1, values.data() + 1);
  for (std::size_t i = 1; i < c.count; ++i) values[i] = static_cast<Value>(values[i] + values[i - 1]);
  return {};
}

Result<void> ColumnReader::numbers(const NumberColumn& column, std::vector<std::uint64_t>& values) {
  return read(column, values);
}
Result<void> ColumnReader::numbers32(const NumberColumn& column, std::vector<std::uint32_t>& values) {
  return read(column, values);
}

Result<std::string_view> ColumnReader::text(const TextColumn& t, std::string& buffer) {
  if (t.stored_bytes == 0) {
    if (t.begin > text_pool_.size() || t.raw_bytes > text_pool_.size() - t.begin)
      return fail(ErrorCode::kDamaged, "a text is missing in the text pool of the segment");
    return text_pool_.substr(t.begin, t.raw_bytes);
  }
  if (t.begin > blocks_.size() || t.stored_bytes > blocks_.size() - t.begin)
    return damaged_bytes(blocks_begin_ + t.begin, t.stored_bytes, "are missing");
  const std::string_view frame = blocks_.substr(t.begin, t.stored_bytes);
  if (checksum_of(frame) != t.checksum)
    return damaged_bytes(blocks_begin_ + t.begin, t.stored_bytes, "do not fit their checksum");
  auto text = unpack(frame, t.raw_bytes);
  if (!text) return tl::unexpected(text.error());
  buffer = std::move(*text);
  return std::string_view(buffer);
}

Result<std::string> unpack(std::string_view frame, std::uint64_t raw_bytes) {
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != raw_bytes)
    return fail(ErrorCode::kDamaged, "a zstd frame of the segment has another size than the directory says");
  std::string out(raw_bytes, '\0');
  const std::size_t size =
      ZSTD_decompressDCtx(zstd_context(), out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) || size != raw_bytes)
    return fail(ErrorCode::kDamaged, "a zstd frame of the segment is damaged");
  return out;
}

}  // namespace culprit::engine
