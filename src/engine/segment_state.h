// A segment opened: its bytes, its directory, and what is read from them on demand.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/column.h"
#include "engine/directory.h"
#include "engine/row_set.h"
#include "engine/segment.h"
#include "engine/type_columns.h"

namespace culprit {

// Index and directory are fixed once open; the rest is unpacked by whoever asks first.
struct Segment::State {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
  std::uint64_t directory_end = 0;
  std::string index;  // unpacked
  engine::Directory directory;

  // A log type with its columns, read when it is asked for first. Thread-safe.
  Result<const engine::TypeBody*> body(std::uint32_t type) const;

  // For one thread; the state must outlive it. kDamaged when a pool cannot be read.
  Result<engine::ColumnReader> reader() const;

 private:
  friend class Segment;
  struct Frame {
    std::uint64_t begin = 0;  // in the file
    std::uint64_t stored = 0;
    std::uint64_t raw = 0;
    std::uint64_t checksum = 0;
  };
  Result<std::string> unpacked(const Frame& frame, std::string_view what) const;
  Frame places_frame_;
  mutable std::mutex bodies_mutex_;
  mutable std::optional<std::string> places_;
  mutable std::vector<std::unique_ptr<const engine::TypeBody>> bodies_;
  mutable std::mutex pools_mutex_;
  mutable std::optional<Result<void>> pools_;
  mutable std::string number_pool_;
  mutable std::string text_pool_;
};

namespace engine {

// The rows of a segment as its streams tell them, and the messages on demand. For one thread.
class RowReader {
 public:
  static Result<RowReader> open(const Segment::State& segment);

  // The row streams, which all that follows needs, but not uuids().
  Result<void> load_streams();

  std::size_t size() const { return type_ids_.size(); }
  std::uint32_t type_id(std::size_t row) const { return type_ids_[row]; }
  std::int64_t time_ms(std::size_t row) const { return static_cast<std::int64_t>(times_ms_[row]); }
  // Which of its type's rows the row is.
  std::uint32_t row_of_type(std::size_t row) const { return ranks_[row]; }
  // Row numbers of a type, ascending.
  std::span<const std::uint32_t> rows_of(std::uint32_t type);

  Result<void> load_numbers();  // event numbers, streams, ingestion times
  EventNumber number(std::size_t row) const { return numbers_[row]; }
  SegmentRow row(std::size_t row) const;  // without message; load_numbers() first

  // The message, valid until the next call.
  Result<std::string_view> message(std::size_t row);
  // Only the slots [first, last), with the static pieces around and between them.
  Result<std::string_view> part(std::size_t row, std::size_t first, std::size_t last) {
    return part(type_ids_[row], ranks_[row], first, last);
  }
  // The same of a type's row; streams are loaded when a slot asks for them.
  Result<std::string_view> part(std::uint32_t type, std::uint32_t row_of_type, std::size_t first,
                                std::size_t last);

  Result<const TypeBody*> body(std::uint32_t type) { return segment_->body(type); }
  // A type's columns with the slots [first, last) loaded.
  Result<const TypeColumns*> columns(std::uint32_t type, std::size_t first, std::size_t last);
  // The segment's uuids, without which rows they are of.
  Result<const UuidValues*> uuids();
  // What the text of stamps and uuids needs beyond their columns; load_streams() first.
  Result<void> prepare(bool stamps, bool uuids);
  RowContext context(std::size_t row) const { return {time_us(row), uuids_before(row)}; }  // as prepared
  std::int64_t time_us(std::size_t row) const {
    return static_cast<std::int64_t>(times_ms_[row] * 1000 + (micros_.empty() ? 0 : micros_[row]));
  }
  std::uint32_t uuids_before(std::size_t row) const { return uuids_before_.empty() ? 0 : uuids_before_[row]; }
  // The uuids and which rows they are of.
  Result<void> load_uuids();
  // The uuid in a row of a type's first variable that is one (its column); load_uuids() first. Nothing when
  // the column is damaged.
  std::optional<Uuid> first_uuid(std::size_t row, const SlotColumns& column) const {
    RowContext context;
    context.uuids_before = uuids_before_[row];
    std::uint32_t new_in_row = 0;
    const std::uint32_t index = uuid_index(column.values[ranks_[row]], context, new_in_row);
    if (index >= uuids_.high.size()) return std::nullopt;
    return Uuid{uuids_.high[index], uuids_.low[index]};
  }
  ColumnReader& column_reader() { return reader_; }
  // Where one of those uuids stands (by number, ascending, not none): of each type and slot, which of its
  // rows.
  using UuidPlaces = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>>;
  Result<UuidPlaces> find_uuids(std::span<const std::uint32_t> wanted);

 private:
  RowReader(const Segment::State& segment, ColumnReader reader)
      : segment_(&segment), reader_(std::move(reader)) {}
  Result<void> load_type_ids();
  Result<void> load_uuid_rows();
  Result<void> load_micros();

  const Segment::State* segment_;
  ColumnReader reader_;
  bool streams_loaded_ = false;
  std::vector<std::uint32_t> type_ids_;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::uint64_t> times_ms_;
  std::vector<std::uint32_t> micros_;  // empty when always 0
  bool micros_loaded_ = false;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::uint64_t> ingestions_;
  std::vector<std::uint32_t> stream_ids_;
  std::vector<std::optional<TypeColumns>> types_;
  std::vector<std::uint32_t> type_begins_;
  std::vector<std::uint32_t> by_type_;  // rows, those of the first type first
  bool uuids_loaded_ = false;
  bool uuid_rows_loaded_ = false;
  UuidValues uuids_;
  std::vector<std::uint32_t> uuids_before_;  // of each row
  std::string text_;
};

}  // namespace engine
}  // namespace culprit
