#include "engine/directory.h"

#include <fmt/format.h>

namespace culprit::engine {

namespace {

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

class IndexReader {
 public:
  explicit IndexReader(std::string_view index) : in_(index) {}

  Result<Directory> read(std::uint64_t places_bytes, std::uint64_t directory_end, std::uint64_t file_bytes);

 private:
  void summary();
  void type(TypeEntry& type);
  void minutes(std::uint32_t type);
  void row_streams();
  void pool(Pool& pool);
  void shapes();

  ByteReader in_;
  Directory out_;
  std::uint64_t rows_ = 0;              // of the types read
  std::uint64_t rows_with_micros_ = 0;  //
  std::uint64_t variables_ = 0;         // of all rows
  std::uint64_t places_ = 0;            // bytes of the types read
  ColumnBytes columns_;                 // of the types read, then of all
  struct Sizes {
    std::uint32_t shape = 0;
    std::uint32_t runs = 0;
  };
  std::vector<Sizes> sizes_;
};

void IndexReader::summary() {
  SegmentSummary& s = out_.summary;
  s.events = in_.varint_up_to(kSegmentEventsMax);
  s.first_number = in_.varint();
  s.last_number = s.first_number + in_.varint();
  const std::uint64_t first = unzigzag(in_.varint());
  s.first_time = from_epoch_ms(static_cast<std::int64_t>(first));
  s.last_time = from_epoch_ms(static_cast<std::int64_t>(first + in_.varint()));
  s.message_bytes = in_.varint_up_to(kSegmentBytesMax);
}

void IndexReader::type(TypeEntry& type) {
  type.rows = in_.varint_up_to(out_.summary.events - rows_);
  rows_ += type.rows;
  const std::uint64_t flags = in_.varint_up_to(7);
  type.coarse = (flags & 1) != 0;
  type.has_micros = (flags & 2) != 0;
  type.minutes_in_row_order = (flags & 4) != 0;
  if (type.has_micros) rows_with_micros_ += type.rows;
  type.slots = static_cast<std::uint32_t>(in_.varint_up_to(kDirectoryBytesMax));
  const std::uint64_t left = out_.summary.message_bytes - variables_;
  if (type.slots > 0 && type.rows > left / type.slots) in_.refuse();
  if (!in_.ok()) return;
  variables_ += type.rows * type.slots;
  type.elements = static_cast<std::uint32_t>(in_.varint_up_to(out_.summary.message_bytes - variables_));
  variables_ += type.elements;
  Sizes sizes;
  sizes.shape = static_cast<std::uint32_t>(in_.varint_up_to(kDirectoryBytesMax));
  sizes.runs = static_cast<std::uint32_t>(in_.varint_up_to(type.rows));
  if (!runs_pay(sizes.runs, type.rows)) in_.refuse();
  sizes_.push_back(sizes);
  type.places_begin = static_cast<std::uint32_t>(places_);
  type.places_size = static_cast<std::uint32_t>(in_.varint_up_to(kDirectoryBytesMax - places_));
  places_ += type.places_size;
  type.size.number_pool = in_.varint_up_to(kSegmentBytesMax * 8 - columns_.number_pool);
  type.size.text_pool = in_.varint_up_to(kSegmentBytesMax * 8 - columns_.text_pool);
  type.size.blocks = in_.varint_up_to(kSegmentBytesMax * 8 - columns_.blocks);
  type.begin = columns_;
  columns_.number_pool += type.size.number_pool;
  columns_.text_pool += type.size.text_pool;
  columns_.blocks += type.size.blocks;
}

void IndexReader::minutes(std::uint32_t number) {
  const TypeEntry& type = out_.types[number];
  auto minute = static_cast<std::uint64_t>(minute_of(to_epoch_ms(out_.summary.first_time)));
  std::uint64_t rows = 0;
  for (std::uint32_t i = 0; i < sizes_[number].runs && in_.ok(); ++i) {
    minute += in_.varint();
    out_.minutes.push_back({static_cast<std::int64_t>(minute), in_.varint_up_to(type.rows)});
    rows += out_.minutes.back().rows;
  }
  if (sizes_[number].runs > 0 && rows != type.rows) in_.refuse();
}

// They lie before the columns of types.
void IndexReader::row_streams() {
  ColumnCatalogue columns(in_, kSegmentBytesMax);
  RowStreams& r = out_.rows;
  for (NumberColumn* c : {&r.numbers, &r.times, &r.ingestions, &r.stream_ids, &r.types})
    *c = columns.numbers(out_.summary.events);
  r.micros = columns.numbers(rows_with_micros_);
  out_.uuids = static_cast<std::uint32_t>(in_.varint_up_to(out_.summary.message_bytes / kUuidChars));
  out_.uuid_high = columns.numbers(out_.uuids);
  out_.uuid_low = columns.numbers(out_.uuids);
  for (const NumberColumn* c : {&out_.uuid_high, &out_.uuid_low})  // searched where they lie
    if (!c->constant() && (c->mode != NumberMode::kPlanes || c->base != 0)) in_.refuse();
  for (TypeEntry& t : out_.types) {
    t.begin.number_pool += columns.number_pool_bytes();
    t.begin.text_pool += columns.text_pool_bytes();
    t.begin.blocks += columns.block_bytes();
  }
  columns_.number_pool += columns.number_pool_bytes();
  columns_.text_pool += columns.text_pool_bytes();
  columns_.blocks += columns.block_bytes();
}

void IndexReader::pool(Pool& p) {
  p.raw_bytes = static_cast<std::uint32_t>(in_.varint_up_to(kSegmentBytesMax * 8));
  p.stored_bytes = static_cast<std::uint32_t>(in_.varint_up_to(kSegmentBytesMax * 8));
  p.checksum = in_.fixed(8);
}

void IndexReader::shapes() {
  std::size_t run = 0;
  for (std::size_t t = 0; t < out_.types.size() && in_.ok(); ++t) {
    out_.types[t].shape = in_.bytes(sizes_[t].shape);
    out_.types[t].minutes = std::span<const MinuteRun>(out_.minutes).subspan(run, sizes_[t].runs);
    run += sizes_[t].runs;
  }
}

Result<Directory> IndexReader::read(std::uint64_t places_bytes, std::uint64_t directory_end,
                                    std::uint64_t file_bytes) {
  summary();
  out_.summary.segment_bytes = file_bytes;
  const std::uint64_t types = in_.varint_up_to(kSegmentTypesMax);
  if (types > in_.left()) in_.refuse();
  out_.types.resize(in_.ok() ? types : 0);
  sizes_.reserve(out_.types.size());
  std::uint64_t runs = 0;
  for (TypeEntry& t : out_.types) {
    type(t);
    if (!in_.ok()) break;
    runs += sizes_.back().runs;
  }
  if (runs > in_.left()) in_.refuse();
  if (in_.ok()) out_.minutes.reserve(runs);
  for (std::uint32_t t = 0; t < out_.types.size() && in_.ok(); ++t) minutes(t);
  row_streams();
  pool(out_.number_pool);
  pool(out_.text_pool);
  shapes();
  if (!in_.ok() || !in_.done() || places_ != places_bytes)
    return damaged("the directory of the segment is damaged");
  if (rows_ != out_.summary.events) return damaged("the types of the segment do not add up to its events");
  if (columns_.number_pool != out_.number_pool.raw_bytes || columns_.text_pool != out_.text_pool.raw_bytes)
    return damaged("the pools of the segment have another size than their columns");
  const std::uint64_t expected =
      directory_end + out_.number_pool.stored_bytes + out_.text_pool.stored_bytes + columns_.blocks;
  if (expected != file_bytes)
    return damaged(fmt::format("the segment has {} bytes, its directory says {}", file_bytes, expected));
  return std::move(out_);
}

NumberColumn constant_column(std::uint64_t value, std::uint64_t rows) {
  NumberColumn column;
  column.base = value;
  column.count = static_cast<std::uint32_t>(rows);
  return column;
}

// The columns of one type.
class BodyReader {
 public:
  BodyReader(const TypeEntry& type, std::string_view places)
      : type_(type), in_(places), columns_(in_, kSegmentBytesMax, type.begin) {}

  Result<TypeBody> read();

 private:
  Slot slot(const SlotLook& look);
  WordColumn word(const SlotLook& look);

  const TypeEntry& type_;
  ByteReader in_;
  ColumnCatalogue columns_;
  std::uint64_t elements_ = 0;
};

WordColumn BodyReader::word(const SlotLook& look) {
  WordColumn w;
  if (look.constant) {
    w.constant = look.word;
    return w;
  }
  w.classes = look.classes;
  w.mode = static_cast<WordMode>(in_.varint_up_to(3));
  switch (w.mode) {
    case WordMode::kConstant:
      in_.refuse();
      break;
    case WordMode::kHex:
      if (w.classes != kHexClasses) in_.refuse();
      w.hex_digits = static_cast<std::uint32_t>(in_.varint_up_to(kHexDigitsMax));
      if (w.hex_digits == 0) in_.refuse();
      for (std::uint32_t i = 0; i < w.hex_digits; i += 16) w.hex.push_back(columns_.numbers(type_.rows));
      break;
    case WordMode::kDictionary:
      w.entries = static_cast<std::uint32_t>(in_.varint_up_to(type_.rows));
      w.sizes = columns_.numbers(w.entries);
      w.text = columns_.text();
      w.indexes = columns_.numbers(type_.rows);
      break;
    case WordMode::kPlain:
      w.entries = static_cast<std::uint32_t>(type_.rows);
      w.sizes = columns_.numbers(type_.rows);
      w.text = columns_.text();
      break;
  }
  return w;
}

Slot BodyReader::slot(const SlotLook& look) {
  Slot s;
  s.kind = look.kind;
  if (s.kind == VariableKind::kWord) {
    s.word = std::make_unique<WordColumn>(word(look));
    return s;
  }
  if (has_forms(s.kind))
    s.forms = look.form == kAnyForm ? columns_.numbers(type_.rows) : constant_column(look.form, type_.rows);
  s.values = look.constant ? constant_column(look.value, type_.rows) : columns_.numbers(type_.rows);
  if (s.kind == VariableKind::kList) {
    const std::uint64_t elements = in_.varint_up_to(type_.elements - elements_);
    elements_ += elements;
    s.elements = std::make_unique<NumberColumn>(columns_.numbers(elements));
  }
  return s;
}

Result<TypeBody> BodyReader::read() {
  TypeBody body;
  TypeLooks looks;
  if (!read_looks(type_.shape, type_.slots, looks)) return damaged("a log type of the segment is damaged");
  body.text = looks.text;
  body.piece_ends = std::move(looks.piece_ends);
  body.slots.reserve(looks.looks.size());
  for (const SlotLook& look : looks.looks) {
    body.slots.push_back(slot(look));
    if (!in_.ok()) break;
  }
  const ColumnBytes& begin = type_.begin;
  const ColumnBytes& size = type_.size;
  if (!in_.ok() || !in_.done() || elements_ != type_.elements ||
      columns_.number_pool_bytes() != begin.number_pool + size.number_pool ||
      columns_.text_pool_bytes() != begin.text_pool + size.text_pool ||
      columns_.block_bytes() != begin.blocks + size.blocks)
    return damaged("the columns of a log type of the segment are damaged");
  return body;
}

}  // namespace

Result<Directory> read_directory(std::string_view index, std::uint64_t places_bytes,
                                 std::uint64_t directory_end, std::uint64_t file_bytes) {
  return IndexReader(index).read(places_bytes, directory_end, file_bytes);
}

Result<TypeBody> read_type_body(const TypeEntry& type, std::string_view places) {
  return BodyReader(type, places.substr(type.places_begin, type.places_size)).read();
}

bool read_looks(std::string_view shape, std::uint32_t slots, TypeLooks& out) {
  out.piece_ends.clear();
  out.looks.clear();
  ByteReader in(shape);
  if (slots >= shape.size()) return false;  // each piece's size is a byte at least
  std::uint64_t end = 0;
  for (std::uint32_t i = 0; i <= slots && in.ok(); ++i) {
    end += in.varint_up_to(shape.size());
    out.piece_ends.push_back(static_cast<std::uint32_t>(end));
  }
  if (end > shape.size()) return false;
  for (std::uint32_t i = 0; i < slots && in.ok(); ++i) out.looks.push_back(read_look(in));
  out.text = in.bytes(end);
  return in.ok() && in.done();
}

}  // namespace culprit::engine
