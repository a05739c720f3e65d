// What a segment's directory says. Its index has the row streams, and of each log type its shape and minutes;
// its places say where the types' columns lie, and are read type by type when they are asked for. Written by
// SegmentBuilder, read and bounded here. docs/formats/segment.md has the grammar.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/column.h"
#include "engine/segment.h"
#include "engine/slot_look.h"
#include "engine/variable.h"

namespace culprit::engine {

constexpr std::string_view kSegmentMagic = "CULPSEG\n";
constexpr std::uint32_t kSegmentVersion = 6;
constexpr std::size_t kFrameHeadBytes = 4 + 4 + 8;                        // stored and raw size, checksum
constexpr std::size_t kSegmentHeaderBytes = 8 + 4 + 2 * kFrameHeadBytes;  // magic, version, two frames

// Bounds that a reader enforces. Each variable is at least one byte of a message.
constexpr std::uint64_t kSegmentEventsMax = std::uint64_t{1} << 22;
constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{1} << 27;
constexpr std::uint64_t kSegmentTypesMax = std::uint64_t{1} << 15;
constexpr std::uint64_t kDirectoryBytesMax = std::uint64_t{1} << 26;
// Minutes are told of types that have few of them or many rows in each.
constexpr std::uint64_t kRunsFew = 12;
constexpr std::uint64_t kRowsPerRun = 8;
constexpr bool runs_pay(std::uint64_t runs, std::uint64_t rows) {
  return runs <= rows && (runs <= kRunsFew || runs * kRowsPerRun <= rows);
}

enum class WordMode : std::uint8_t {
  kConstant = 0,    // every row the same text
  kHex = 1,         // all rows the same number of lower-case hex digits
  kDictionary = 2,  // few texts, an index each row
  kPlain = 3,       // a text each row
};
constexpr std::uint64_t kHexDigitsMax = 64;

struct WordColumn {
  WordMode mode = WordMode::kConstant;
  std::string_view constant;      // in the directory
  std::uint8_t classes = 0xff;    // ByteClass bits of all its texts
  std::uint32_t hex_digits = 0;   // kHex: numbers of 16 digits each, the last of the rest
  std::vector<NumberColumn> hex;  //
  std::uint32_t entries = 0;      // kDictionary: texts; kPlain: rows
  NumberColumn sizes;             // of each text
  TextColumn text;
  NumberColumn indexes;  // kDictionary
};

struct Slot {
  VariableKind kind = VariableKind::kWord;
  NumberColumn forms;  // number, stamp, list
  NumberColumn
      values;  // number, IP; stamp: difference to the row's time; uuid: reference; list: elements of each
  std::unique_ptr<NumberColumn> elements;  // list: all rows' integers
  std::unique_ptr<WordColumn> word;        // word
};

struct MinuteRun {
  std::int64_t minute = 0;  // since the epoch
  std::uint64_t rows = 0;
};

// What the index says of a log type. Its shape and its columns' places are read by whoever needs them.
struct TypeEntry {
  std::uint64_t rows = 0;
  bool coarse = false;                // all its times are whole seconds
  bool has_micros = false;            // its rows are in the stream of microseconds
  bool minutes_in_row_order = false;  // the first run's rows are the type's first, and so on
  std::uint32_t slots = 0;
  std::uint32_t elements = 0;          // of all lists
  std::string_view shape;              // static pieces and looks of the variables; in the index
  std::span<const MinuteRun> minutes;  // ascending; empty: ask the time stream
  std::uint32_t places_begin = 0;      // in the unpacked places
  std::uint32_t places_size = 0;       //
  ColumnBytes begin;                   // of its columns
  ColumnBytes size;                    //
};

// A log type with its columns.
struct TypeBody {
  std::string_view text;                  // static pieces
  std::vector<std::uint32_t> piece_ends;  // one more than slots
  std::vector<Slot> slots;
};

struct RowStreams {
  NumberColumn numbers;
  NumberColumn times;       // steps of a clock, see RowClock
  NumberColumn micros;      // of rows of types that have them: 0 = the time of the row before, else 1 + µs
  NumberColumn ingestions;  // difference to the time, zigzag
  NumberColumn stream_ids;
  NumberColumn types;
};

struct Pool {
  std::uint32_t raw_bytes = 0;
  std::uint32_t stored_bytes = 0;
  std::uint64_t checksum = 0;
};

struct Directory {
  SegmentSummary summary;
  RowStreams rows;
  std::uint32_t uuids = 0;
  NumberColumn uuid_high;
  NumberColumn uuid_low;
  std::vector<TypeEntry> types;
  std::vector<MinuteRun> minutes;  // of all types
  Pool number_pool;
  Pool text_pool;
};

// Views of the result lie in `index`, as it was unpacked. `places_bytes` is the unpacked size of the places,
// `file_bytes` the whole segment's size, `directory_end` where pools and blocks begin.
Result<Directory> read_directory(std::string_view index, std::uint64_t places_bytes,
                                 std::uint64_t directory_end, std::uint64_t file_bytes);

// Views of the result lie in the index. `places` are the whole segment's, unpacked.
Result<TypeBody> read_type_body(const TypeEntry& type, std::string_view places);

// Static pieces and the looks of the variables between them. False when the bytes are no shape.
struct TypeLooks {
  std::string_view text;
  std::vector<std::uint32_t> piece_ends;  // one more than looks
  std::vector<SlotLook> looks;
};
bool read_looks(std::string_view shape, std::uint32_t slots, TypeLooks& out);

// The clock that times are told by: a fine row moves it by milliseconds; a coarse one says how many seconds
// from the clock's second it stands and never moves it back. So lines of one second, or of one request, cost
// nothing, though their stamps differ in precision.
class RowClock {
 public:
  explicit RowClock(std::int64_t start_ms) { set(start_ms); }
  std::uint64_t step_to(std::int64_t time_ms, bool coarse) {
    const std::uint64_t step =
        zigzag(coarse ? unsign(time_ms / 1000) - unsign(second_) : unsign(time_ms) - unsign(now_ms_));
    move(time_ms, coarse);
    return step;
  }
  std::int64_t time_after(std::uint64_t step, bool coarse) {
    if (step == 0) return coarse ? second_start_ms() : now_ms_;
    const std::uint64_t n = unzigzag(step);
    const auto time_ms =
        static_cast<std::int64_t>(coarse ? (n + unsign(second_)) * 1000 : n + unsign(now_ms_));
    move(time_ms, coarse);
    return time_ms;
  }

 private:
  static std::uint64_t unsign(std::int64_t v) { return static_cast<std::uint64_t>(v); }
  std::int64_t second_start_ms() const { return static_cast<std::int64_t>(unsign(second_) * 1000); }
  void set(std::int64_t time_ms) {
    now_ms_ = time_ms;
    if (unsign(time_ms) - unsign(second_start_ms()) < 1000) return;  // a division saved
    second_ = time_ms / 1000 - (time_ms % 1000 < 0 ? 1 : 0);
  }
  void move(std::int64_t time_ms, bool coarse) {
    if (!coarse || time_ms > now_ms_) set(time_ms);
  }
  std::int64_t now_ms_ = 0;
  std::int64_t second_ = 0;
};

inline std::int64_t minute_of(std::int64_t time_ms) {
  return time_ms / 60'000 - (time_ms % 60'000 < 0 ? 1 : 0);
}

}  // namespace culprit::engine
