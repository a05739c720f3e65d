#include <algorithm>

#include "engine/row_order.h"
#include "engine/segment_state.h"

namespace culprit::engine {

namespace {

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

}  // namespace

Result<RowReader> RowReader::open(const Segment::State& segment) {
  auto reader = segment.reader();
  if (!reader) return tl::unexpected(reader.error());
  RowReader rows(segment, std::move(*reader));
  rows.types_.resize(segment.directory.types.size());
  return rows;
}

// Which type each row is of, and which of its rows.
Result<void> RowReader::load_type_ids() {
  if (!type_begins_.empty()) return {};
  std::vector<std::uint32_t> successors;
  if (auto done = reader_.numbers32(segment_->directory.rows.types, successors); !done) return done;
  const auto& types = segment_->directory.types;
  std::vector<std::uint64_t> rows(types.size());
  for (std::size_t t = 0; t < types.size(); ++t) rows[t] = types[t].rows;
  type_begins_ = type_begins(rows);
  return follow_successors(successors, type_begins_, type_ids_, ranks_);
}

Result<void> RowReader::load_streams() {
  if (streams_loaded_) return {};
  streams_loaded_ = true;
  if (auto done = load_type_ids(); !done) return done;
  std::vector<std::uint64_t> steps;
  if (auto done = reader_.numbers(segment_->directory.rows.times, steps); !done) return done;
  const auto& types = segment_->directory.types;
  std::vector<std::uint8_t> coarse(types.size());
  for (std::size_t t = 0; t < types.size(); ++t) coarse[t] = types[t].coarse;
  times_ms_.resize(type_ids_.size());
  RowClock clock(to_epoch_ms(segment_->directory.summary.first_time));
  for (std::size_t i = 0; i < type_ids_.size(); ++i) {
    const std::uint32_t t = type_ids_[i];
    const std::uint64_t step = steps[type_begins_[t] + ranks_[i]];
    times_ms_[i] = static_cast<std::uint64_t>(clock.time_after(step, coarse[t] != 0));
  }
  return {};
}

// Microseconds of the rows' times: see RowStreams::micros.
Result<void> RowReader::load_micros() {
  micros_loaded_ = true;
  const NumberColumn& column = segment_->directory.rows.micros;
  if (column.count == 0) return {};
  std::vector<std::uint32_t> codes;
  if (auto done = reader_.numbers32(column, codes); !done) return done;
  micros_.resize(type_ids_.size());
  const auto& types = segment_->directory.types;
  std::vector<std::uint64_t> rows(types.size());
  for (std::size_t t = 0; t < types.size(); ++t) rows[t] = types[t].has_micros ? types[t].rows : 0;
  const std::vector<std::uint32_t> begins = type_begins(rows);
  std::uint64_t before_us = 0;
  for (std::size_t i = 0; i < type_ids_.size(); ++i) {
    const std::uint32_t t = type_ids_[i];
    if (!types[t].has_micros) continue;
    const std::uint32_t code = codes[begins[t] + ranks_[i]];
    if (code > 0) {
      micros_[i] = code - 1;
      before_us = times_ms_[i] * 1000 + micros_[i];
    } else {
      micros_[i] = static_cast<std::uint32_t>(before_us - times_ms_[i] * 1000);
    }
  }
  return {};
}

Result<void> RowReader::load_numbers() {
  const RowStreams& s = segment_->directory.rows;
  if (!numbers_.empty() || type_ids_.empty()) return {};
  if (auto done = reader_.numbers(s.numbers, numbers_); !done) return done;
  if (auto done = reader_.numbers(s.ingestions, ingestions_); !done) return done;
  if (auto done = reader_.numbers32(s.stream_ids, stream_ids_); !done) return done;
  for (std::size_t i = 1; i < numbers_.size(); ++i)
    if (numbers_[i] <= numbers_[i - 1]) return damaged("the event numbers of the segment do not ascend");
  return {};
}

SegmentRow RowReader::row(std::size_t row) const {
  SegmentRow out;
  out.number = numbers_[row];
  out.stream_id = stream_ids_[row];
  out.time = from_epoch_ms(time_ms(row));
  out.ingestion = from_epoch_ms(static_cast<std::int64_t>(times_ms_[row] + unzigzag(ingestions_[row])));
  return out;
}

std::span<const std::uint32_t> RowReader::rows_of(std::uint32_t type) {
  if (by_type_.empty()) {
    by_type_.resize(type_ids_.size());
    for (std::size_t i = 0; i < type_ids_.size(); ++i)
      by_type_[type_begins_[type_ids_[i]] + ranks_[i]] = static_cast<std::uint32_t>(i);
  }
  return std::span(by_type_).subspan(type_begins_[type], type_begins_[type + 1] - type_begins_[type]);
}

Result<const TypeColumns*> RowReader::columns(std::uint32_t type, std::size_t first, std::size_t last) {
  if (!types_[type]) {
    auto body = segment_->body(type);
    if (!body) return tl::unexpected(body.error());
    types_[type].emplace(**body);
  }
  if (auto done = types_[type]->load(first, last, reader_); !done) return tl::unexpected(done.error());
  return &*types_[type];
}

Result<const UuidValues*> RowReader::uuids() {
  if (!uuids_loaded_) {
    const Directory& d = segment_->directory;
    if (auto done = reader_.numbers(d.uuid_high, uuids_.high); !done) return tl::unexpected(done.error());
    if (auto done = reader_.numbers(d.uuid_low, uuids_.low); !done) return tl::unexpected(done.error());
    uuids_loaded_ = true;
  }
  return &uuids_;
}

Result<void> RowReader::load_uuids() {
  if (auto loaded = uuids(); !loaded) return tl::unexpected(loaded.error());
  return prepare(false, true);
}

// How many uuids were first seen before each row: that is in the columns of every type that has a uuid.
Result<void> RowReader::load_uuid_rows() {
  uuid_rows_loaded_ = true;
  const Directory& d = segment_->directory;
  std::vector<std::vector<std::uint32_t>> fresh(d.types.size());  // new uuids by row of the type
  std::vector<std::uint64_t> codes;
  for (std::uint32_t t = 0; t < d.types.size(); ++t) {
    const auto body = segment_->body(t);
    if (!body) return tl::unexpected(body.error());
    for (const Slot& slot : (*body)->slots) {
      if (slot.kind != VariableKind::kUuid || (slot.values.constant() && slot.values.base != 0)) continue;
      if (auto done = reader_.numbers(slot.values, codes); !done) return done;
      fresh[t].resize(codes.size());
      for (std::size_t i = 0; i < codes.size(); ++i) fresh[t][i] += codes[i] == 0;
    }
  }
  uuids_before_.resize(type_ids_.size());
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < type_ids_.size(); ++i) {
    uuids_before_[i] = seen;
    const auto& of_type = fresh[type_ids_[i]];
    if (!of_type.empty()) seen += of_type[ranks_[i]];
  }
  if (seen != d.uuids) return damaged("the uuids of the segment do not fit its rows");
  return {};
}

Result<void> RowReader::prepare(bool stamps, bool uuids) {
  if (stamps && !micros_loaded_)
    if (auto done = load_micros(); !done) return done;
  if (uuids && !uuid_rows_loaded_) return load_uuid_rows();
  return {};
}

Result<std::string_view> RowReader::message(std::size_t row) {
  return part(row, 0, segment_->directory.types[type_ids_[row]].slots);
}

Result<std::string_view> RowReader::part(std::uint32_t type, std::uint32_t row_of_type, std::size_t first,
                                         std::size_t last) {
  auto of_type = columns(type, first, last);
  if (!of_type) return tl::unexpected(of_type.error());
  const auto& slots = (*of_type)->body().slots;
  bool has_uuid = false;
  bool has_stamp = false;
  for (std::size_t i = first; i < last; ++i) {
    has_uuid = has_uuid || slots[i].kind == VariableKind::kUuid;
    has_stamp = has_stamp || slots[i].kind == VariableKind::kStamp;
  }
  RowContext known;
  if (has_uuid || has_stamp) {
    if (has_uuid)
      if (auto loaded = uuids(); !loaded) return tl::unexpected(loaded.error());
    if (auto done = load_streams(); !done) return tl::unexpected(done.error());
    if (auto done = prepare(has_stamp, has_uuid); !done) return tl::unexpected(done.error());
    known = context(rows_of(type)[row_of_type]);
  }
  text_.clear();
  if (!(*of_type)->render(first, last, row_of_type, known, uuids_, segment_->directory.summary.message_bytes,
                          text_))
    return damaged("a message of the segment does not fit its columns");
  return std::string_view(text_);
}

// A reference counts from the uuids first seen in earlier rows; one walk over all rows knows how many these
// are.
Result<RowReader::UuidPlaces> RowReader::find_uuids(std::span<const std::uint32_t> wanted) {
  struct Reference {
    std::uint32_t slot = 0;
    std::vector<std::uint32_t> codes;
  };
  const Directory& d = segment_->directory;
  std::vector<std::vector<Reference>> references(d.types.size());
  for (std::uint32_t t = 0; t < d.types.size(); ++t) {
    const auto body = segment_->body(t);
    if (!body) return tl::unexpected(body.error());
    for (std::uint32_t s = 0; s < (*body)->slots.size(); ++s) {
      if ((*body)->slots[s].kind != VariableKind::kUuid) continue;
      auto& reference = references[t].emplace_back();
      reference.slot = s;
      if (auto done = reader_.numbers32((*body)->slots[s].values, reference.codes); !done)
        return tl::unexpected(done.error());
    }
  }
  if (auto done = load_type_ids(); !done) return tl::unexpected(done.error());
  UuidPlaces found;
  std::vector<std::uint32_t> next(d.types.size(), 0);
  std::uint32_t seen = 0;
  for (const std::uint32_t t : type_ids_) {
    if (t >= d.types.size() || next[t] >= d.types[t].rows)
      return damaged("the type stream of the segment does not fit its types");
    const std::uint32_t row = next[t]++;
    std::uint32_t new_in_row = 0;
    for (const Reference& reference : references[t]) {
      const std::uint32_t uuid = uuid_index(reference.codes[row], {0, seen}, new_in_row);
      if (uuid < wanted.front() || uuid > wanted.back()) continue;
      if (std::binary_search(wanted.begin(), wanted.end(), uuid)) found[{t, reference.slot}].push_back(row);
    }
    seen += new_in_row;
  }
  if (seen != d.uuids) return damaged("the uuids of the segment do not fit its rows");
  return found;
}

}  // namespace culprit::engine
