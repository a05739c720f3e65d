// Columns of a segment: integers as byte planes, texts as runs of bytes. How each is encoded is chosen when
// the segment is finished; its description stands in the directory, its bytes in a block of its own or, when
// they are few, in a pool that is compressed as a whole. docs/formats/segment.md has the grammar.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/byte_form.h"

namespace culprit::engine {

constexpr std::size_t kOwnBlockBytesMin = 1024;  // smaller columns go to a pool

enum class NumberMode : std::uint8_t {
  kConstant = 0,  // all values are `base`
  kPlanes = 1,    // value - base in `width` bytes, one plane a byte, lowest first
  kDelta = 2,     // the same of value - the one before; the first value is `first`
  kSparse = 3,    // a bit a value, set where it is not 0, and a column of those
};

enum class PlaneCode : std::uint8_t { kConstant = 0, kRaw = 1, kZstd = 2 };

struct Plane {
  PlaneCode code = PlaneCode::kRaw;
  std::uint32_t size = 0;  // stored bytes; kConstant: the byte
};

struct ColumnPlace;

// Small, because a segment has tens of thousands and most are constant.
struct NumberColumn {
  NumberMode mode = NumberMode::kConstant;
  bool own_block = false;  // else its planes lie in the number pool, uncompressed
  std::uint8_t width = 0;
  std::uint32_t count = 0;
  std::uint64_t base = 0;
  std::unique_ptr<const ColumnPlace> place;  // of all but constants

  std::uint64_t stored_bytes() const;
  bool constant() const { return mode == NumberMode::kConstant; }
};

struct ColumnPlace {
  std::uint64_t first = 0;  // kDelta
  std::uint64_t begin = 0;  // among the blocks or in the pool
  std::uint64_t checksum = 0;
  std::array<Plane, 8> planes{};
  NumberColumn sparse_bits;  // kSparse: bytes of 8, lowest first
  NumberColumn sparse_values;
};

struct TextColumn {
  std::uint32_t raw_bytes = 0;
  std::uint32_t stored_bytes = 0;  // 0: in the text pool
  std::uint64_t begin = 0;
  std::uint64_t checksum = 0;
};

// Bytes of columns: in the pools and among the blocks.
struct ColumnBytes {
  std::uint64_t number_pool = 0;
  std::uint64_t text_pool = 0;
  std::uint64_t blocks = 0;
};

// Where a builder puts the bytes of columns.
class ColumnWriter {
 public:
  ColumnWriter();
  ColumnWriter(ColumnWriter&&) noexcept;
  ColumnWriter& operator=(ColumnWriter&&) noexcept;
  ~ColumnWriter();

  // Any integers. `as_is`: planes of the values themselves (base 0), so that they can be searched where they
  // lie.
  void numbers(std::span<const std::uint64_t> values, bool as_is = false);
  void numbers32(std::span<const std::uint32_t> values);
  void text(std::string_view bytes);

  std::string directory;
  std::string number_pool;
  std::string text_pool;
  std::string blocks;

  ColumnBytes size() const { return {number_pool.size(), text_pool.size(), blocks.size()}; }

  // A zstd frame of the bytes at the level.
  std::string compress(std::string_view bytes, int level);

 private:
  void planes(NumberMode mode, std::uint64_t base, std::uint64_t first, unsigned width, std::size_t count);
  void sparse(std::span<const std::uint64_t> values, std::size_t set);
  void own_block(std::size_t count, unsigned width);

  struct Zstd;
  std::unique_ptr<Zstd> zstd_;
  std::vector<unsigned char> plane_bytes_;
  std::vector<char> frame_;
  std::vector<std::uint64_t> scratch_;
};

// Reads the descriptions that a ColumnWriter wrote, in their order, and gives each column its place, from
// `begin` on.
class ColumnCatalogue {
 public:
  ColumnCatalogue(ByteReader& in, std::uint64_t text_bytes_max, const ColumnBytes& begin = {})
      : in_(in),
        text_bytes_max_(text_bytes_max),
        block_(begin.blocks),
        number_pool_(begin.number_pool),
        text_pool_(begin.text_pool) {}
  NumberColumn numbers(std::uint64_t count, unsigned depth = 0);
  TextColumn text();
  std::uint64_t number_pool_bytes() const { return number_pool_; }
  std::uint64_t text_pool_bytes() const { return text_pool_; }
  std::uint64_t block_bytes() const { return block_; }

 private:
  ByteReader& in_;
  std::uint64_t text_bytes_max_;
  std::uint64_t block_;
  std::uint64_t number_pool_;
  std::uint64_t text_pool_;
};

// Reads columns' values. The file and the pools must outlive it. Not for several threads at once.
class ColumnReader {
 public:
  // `blocks` begin at that byte of the file, which errors name.
  ColumnReader(std::string_view blocks, std::uint64_t blocks_begin, std::string_view number_pool,
               std::string_view text_pool);

  // kDamaged when a checksum or a frame does not fit; names the bytes of the file.
  Result<void> numbers(const NumberColumn& column, std::vector<std::uint64_t>& values);
  Result<void> numbers32(const NumberColumn& column, std::vector<std::uint32_t>& values);
  // One plane of a column of kPlanes, where it lies or in `buffer`; the caller has checked(column).
  Result<void> checked(const NumberColumn& column);
  Result<std::string_view> plane(const NumberColumn& column, unsigned number, std::string& buffer);
  // A view into the pool, or into `buffer`.
  Result<std::string_view> text(const TextColumn& column, std::string& buffer);

 private:
  template <class Value>
  Result<void> read_sparse(const NumberColumn& column, std::vector<Value>& values);
  template <class Value>
  Result<void> read(const NumberColumn& column, std::vector<Value>& values);
  Result<void> load_planes(const NumberColumn& column);

  tl::unexpected<Error> damaged(const NumberColumn& column, std::string_view why) const;

  std::string_view blocks_;
  std::uint64_t blocks_begin_;
  std::string_view number_pool_;
  std::string_view text_pool_;
  std::vector<unsigned char> buffer_;
  std::array<const unsigned char*, 8> plane_{};
};

std::uint64_t checksum_of(std::string_view bytes);

// A frame whose size is known beforehand; kDamaged otherwise.
Result<std::string> unpack(std::string_view frame, std::uint64_t raw_bytes);

}  // namespace culprit::engine
