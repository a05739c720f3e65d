#include "engine/directory.h"

#include <fmt/format.h>

namespace culprit::engine {

namespace {

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

class DirectoryReader {
 public:
  explicit DirectoryReader(std::string_view raw) : in_(raw), columns_(in_, kSegmentBytesMax) {}

  Result<Directory> read(std::uint64_t directory_end, std::uint64_t file_bytes);

 private:
  void summary();
  void row_streams();
  void pool(Pool& pool);
  void type(TypeEntry& type);
  void minutes(TypeEntry& type);
  Slot slot(std::uint64_t rows);
  WordColumn word(std::uint64_t rows);
  void texts();

  ByteReader in_;
  ColumnCatalogue columns_;
  Directory out_;
  std::uint64_t variables_ = 0;  // of all rows
};

void DirectoryReader::summary() {
  SegmentSummary& s = out_.summary;
  s.events = in_.varint_up_to(kSegmentEventsMax);
  s.first_number = in_.varint();
  s.last_number = s.first_number + in_.varint();
  const std::uint64_t first = unzigzag(in_.varint());
  s.first_time = from_epoch_ms(static_cast<std::int64_t>(first));
  s.last_time = from_epoch_ms(static_cast<std::int64_t>(first + in_.varint()));
  s.message_bytes = in_.varint_up_to(kSegmentBytesMax);
}

void DirectoryReader::row_streams() {
  RowStreams& r = out_.rows;
  for (NumberColumn* c : {&r.numbers, &r.times, &r.ingestions, &r.stream_ids, &r.types})
    *c = columns_.numbers(out_.summary.events);
  out_.uuids = static_cast<std::uint32_t>(in_.varint_up_to(out_.summary.message_bytes / kUuidChars));
  out_.uuid_high = columns_.numbers(out_.uuids);
  out_.uuid_low = columns_.numbers(out_.uuids);
  for (const NumberColumn* c : {&out_.uuid_high, &out_.uuid_low})  // searched where they lie
    if (!c->constant() && (c->mode != NumberMode::kPlanes || c->base != 0)) in_.refuse();
}

WordColumn DirectoryReader::word(std::uint64_t rows) {
  WordColumn w;
  w.mode = static_cast<WordMode>(in_.varint_up_to(3));
  switch (w.mode) {
    case WordMode::kConstant:
      w.constant = in_.bytes(in_.varint());
      if (w.constant.empty()) in_.refuse();
      break;
    case WordMode::kHex:
      w.classes = kHexClasses;
      w.hex_digits = static_cast<std::uint32_t>(in_.varint_up_to(kHexDigitsMax));
      if (w.hex_digits == 0) in_.refuse();
      for (std::uint32_t i = 0; i < w.hex_digits; i += 16) w.hex.push_back(columns_.numbers(rows));
      break;
    case WordMode::kDictionary:
      w.classes = static_cast<std::uint8_t>(in_.fixed(1));
      w.entries = static_cast<std::uint32_t>(in_.varint_up_to(rows));
      w.sizes = columns_.numbers(w.entries);
      w.text = columns_.text();
      w.indexes = columns_.numbers(rows);
      break;
    case WordMode::kPlain:
      w.classes = static_cast<std::uint8_t>(in_.fixed(1));
      w.entries = static_cast<std::uint32_t>(rows);
      w.sizes = columns_.numbers(rows);
      w.text = columns_.text();
      break;
  }
  return w;
}

Slot DirectoryReader::slot(std::uint64_t rows) {
  Slot s;
  const std::uint64_t kind = in_.varint_up_to(kVariableKindLast);
  if (kind == 0) in_.refuse();
  s.kind = static_cast<VariableKind>(kind);
  if (s.kind == VariableKind::kWord) {
    s.word = std::make_unique<WordColumn>(word(rows));
    return s;
  }
  if (s.kind == VariableKind::kNumber || s.kind == VariableKind::kStamp || s.kind == VariableKind::kList)
    s.forms = columns_.numbers(rows);
  s.values = columns_.numbers(rows);
  if (s.kind == VariableKind::kList) {
    const std::uint64_t elements = in_.varint_up_to(out_.summary.message_bytes - variables_);
    variables_ += elements;
    s.elements = std::make_unique<NumberColumn>(columns_.numbers(elements));
  }
  return s;
}

void DirectoryReader::minutes(TypeEntry& type) {
  const std::uint64_t runs = in_.varint_up_to(type.rows);
  if (!runs_pay(runs, type.rows) || runs > in_.left()) in_.refuse();
  if (!in_.ok()) return;
  type.minutes.reserve(runs);
  std::uint64_t minute = static_cast<std::uint64_t>(minute_of(to_epoch_ms(out_.summary.first_time)));
  std::uint64_t rows = 0;
  for (std::uint64_t i = 0; i < runs && in_.ok(); ++i) {
    minute += in_.varint();
    type.minutes.push_back({static_cast<std::int64_t>(minute), in_.varint_up_to(type.rows)});
    rows += type.minutes.back().rows;
  }
  if (runs > 0 && rows != type.rows) in_.refuse();
}

void DirectoryReader::type(TypeEntry& type) {
  type.rows = in_.varint_up_to(out_.summary.events);
  const std::uint64_t flags = in_.varint_up_to(7);
  type.coarse = (flags & 1) != 0;
  type.has_micros = (flags & 2) != 0;
  type.minutes_in_row_order = (flags & 4) != 0;
  const std::uint64_t slots = in_.varint_up_to(kSegmentBytesMax);
  if (slots > in_.left() || (slots > 0 && type.rows > (out_.summary.message_bytes - variables_) / slots))
    in_.refuse();
  if (!in_.ok()) return;
  variables_ += type.rows * slots;
  std::uint64_t end = 0;
  type.piece_ends.reserve(slots + 1);
  for (std::uint64_t i = 0; i <= slots && in_.ok(); ++i) {
    end += in_.varint_up_to(kDirectoryBytesMax);
    if (end > kDirectoryBytesMax) in_.refuse();
    type.piece_ends.push_back(static_cast<std::uint32_t>(end));
  }
  minutes(type);
  type.slots.reserve(slots);
  for (std::uint64_t i = 0; i < slots && in_.ok(); ++i) type.slots.push_back(slot(type.rows));
}

void DirectoryReader::pool(Pool& p) {
  p.raw_bytes = static_cast<std::uint32_t>(in_.varint_up_to(kSegmentBytesMax * 8));
  p.stored_bytes = static_cast<std::uint32_t>(in_.varint_up_to(kSegmentBytesMax * 8));
  p.checksum = in_.fixed(8);
}

void DirectoryReader::texts() {
  for (TypeEntry& t : out_.types) t.text = in_.bytes(t.piece_ends.empty() ? 0 : t.piece_ends.back());
}

Result<Directory> DirectoryReader::read(std::uint64_t directory_end, std::uint64_t file_bytes) {
  summary();
  out_.summary.segment_bytes = file_bytes;
  row_streams();
  const std::uint64_t types = in_.varint_up_to(kSegmentTypesMax);
  if (types > in_.left()) in_.refuse();
  out_.types.resize(in_.ok() ? types : 0);
  std::uint64_t rows = 0;
  std::uint64_t rows_with_micros = 0;
  for (TypeEntry& t : out_.types) {
    type(t);
    if (!in_.ok()) break;
    rows += t.rows;
    if (t.has_micros) rows_with_micros += t.rows;
  }
  out_.rows.micros = columns_.numbers(rows_with_micros);
  texts();
  pool(out_.number_pool);
  pool(out_.text_pool);
  if (!in_.ok() || !in_.done()) return damaged("the directory of the segment is damaged");
  if (rows != out_.summary.events) return damaged("the types of the segment do not add up to its events");
  if (columns_.number_pool_bytes() != out_.number_pool.raw_bytes ||
      columns_.text_pool_bytes() != out_.text_pool.raw_bytes)
    return damaged("the pools of the segment have another size than their columns");
  const std::uint64_t expected =
      directory_end + out_.number_pool.stored_bytes + out_.text_pool.stored_bytes + columns_.block_bytes();
  if (expected != file_bytes)
    return damaged(fmt::format("the segment has {} bytes, its directory says {}", file_bytes, expected));
  return std::move(out_);
}

}  // namespace

Result<Directory> read_directory(std::string_view raw, std::uint64_t directory_end,
                                 std::uint64_t file_bytes) {
  return DirectoryReader(raw).read(directory_end, file_bytes);
}

}  // namespace culprit::engine
