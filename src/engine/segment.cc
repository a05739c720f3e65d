#include "engine/segment.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/segment_state.h"

namespace culprit {

namespace {

using engine::ByteReader;
using engine::RowReader;

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

}  // namespace

Segment::Segment() = default;
Segment::Segment(Segment&&) noexcept = default;
Segment& Segment::operator=(Segment&&) noexcept = default;
Segment::~Segment() = default;

Result<Segment> Segment::open(std::string_view bytes, std::shared_ptr<const void> owner) {
  ByteReader in(bytes);
  if (in.bytes(engine::kSegmentMagic.size()) != engine::kSegmentMagic)
    return damaged("not a segment: its first bytes differ");
  const std::uint64_t version = in.fixed(4);
  if (version > engine::kSegmentVersion)
    return damaged(
        fmt::format("a segment of format version {}; this program reads version {}. A newer culprit wrote it",
                    version, engine::kSegmentVersion));
  if (in.ok() && version != engine::kSegmentVersion)
    return damaged(fmt::format("a segment of format version {}, which this program does not read", version));
  std::uint64_t at = engine::kSegmentHeaderBytes;
  const auto frame = [&] {
    State::Frame f;
    f.begin = at;
    f.stored = in.fixed(4);
    f.raw = in.fixed(4);
    f.checksum = in.fixed(8);
    at += f.stored;
    return f;
  };
  auto state = std::make_shared<State>();
  const State::Frame index = frame();
  state->places_frame_ = frame();
  if (!in.ok() || at > bytes.size() || index.raw > engine::kDirectoryBytesMax ||
      state->places_frame_.raw > engine::kDirectoryBytesMax)
    return damaged("the header of the segment is damaged or cut off");
  state->owner = std::move(owner);
  state->bytes = bytes;
  state->directory_end = at;
  auto unpacked = state->unpacked(index, "the index of the segment");
  if (!unpacked) return tl::unexpected(unpacked.error());
  state->index = std::move(*unpacked);
  auto parsed = engine::read_directory(state->index, state->places_frame_.raw, at, bytes.size());
  if (!parsed) return tl::unexpected(parsed.error());
  state->directory = std::move(*parsed);
  Segment segment;
  segment.state_ = std::move(state);
  return segment;
}

// Of a frame that lies within the file.
Result<std::string> Segment::State::unpacked(const Frame& frame, std::string_view what) const {
  if (frame.raw == 0 && frame.stored == 0) return std::string();
  const std::string_view stored = bytes.substr(frame.begin, frame.stored);
  if (engine::checksum_of(stored) != frame.checksum)
    return damaged(fmt::format("{}, bytes {} to {}, does not fit its checksum", what, frame.begin,
                               frame.begin + frame.stored));
  return engine::unpack(stored, frame.raw);
}

Result<const engine::TypeBody*> Segment::State::body(std::uint32_t type) const {
  const std::lock_guard lock(bodies_mutex_);
  if (bodies_.empty()) bodies_.resize(directory.types.size());
  if (bodies_[type]) return bodies_[type].get();
  if (!places_) {
    auto places = unpacked(places_frame_, "the directory of the segment");
    if (!places) return tl::unexpected(places.error());
    places_ = std::move(*places);
  }
  auto body = engine::read_type_body(directory.types[type], *places_);
  if (!body) return tl::unexpected(body.error());
  bodies_[type] = std::make_unique<const engine::TypeBody>(std::move(*body));
  return bodies_[type].get();
}

Result<engine::ColumnReader> Segment::State::reader() const {
  const std::uint64_t text_begin = directory_end + directory.number_pool.stored_bytes;
  const std::uint64_t blocks_begin = text_begin + directory.text_pool.stored_bytes;
  const std::lock_guard lock(pools_mutex_);
  if (!pools_) {
    pools_.emplace();
    const auto pool = [&](const engine::Pool& p, std::uint64_t begin) {
      return unpacked({begin, p.stored_bytes, p.raw_bytes, p.checksum}, "a pool of the segment");
    };
    auto numbers = pool(directory.number_pool, directory_end);
    auto text = pool(directory.text_pool, text_begin);
    if (!numbers) *pools_ = tl::unexpected(numbers.error());
    if (!text) *pools_ = tl::unexpected(text.error());
    if (numbers) number_pool_ = std::move(*numbers);
    if (text) text_pool_ = std::move(*text);
  }
  if (!*pools_) return tl::unexpected(pools_->error());
  return engine::ColumnReader(bytes.substr(blocks_begin), blocks_begin, number_pool_, text_pool_);
}

const SegmentSummary& Segment::summary() const { return state_->directory.summary; }

Result<void> Segment::scan(const Window* window, const std::function<bool(const SegmentRow&)>& visit) const {
  auto rows = RowReader::open(*state_);
  if (!rows) return tl::unexpected(rows.error());
  if (auto done = rows->load_streams(); !done) return done;
  if (auto done = rows->load_numbers(); !done) return done;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (window && !window->contains(from_epoch_ms(rows->time_ms(i)))) continue;
    auto message = rows->message(i);
    if (!message) return tl::unexpected(message.error());
    bytes += message->size();
    if (bytes > summary().message_bytes)
      return damaged("the messages of the segment are longer than it says");
    SegmentRow row = rows->row(i);
    row.message = *message;
    if (!visit(row)) break;
  }
  return {};
}

Result<void> Segment::row(EventNumber number, const std::function<void(const SegmentRow&)>& visit) const {
  return Lookup(*this).row(number, visit);
}

struct Segment::Lookup::Reading {
  RowReader rows;
};

Segment::Lookup::Lookup(const Segment& segment) : state_(segment.state_.get()) {}
Segment::Lookup::Lookup(Lookup&&) noexcept = default;
Segment::Lookup& Segment::Lookup::operator=(Lookup&&) noexcept = default;
Segment::Lookup::~Lookup() = default;

Result<void> Segment::Lookup::row(EventNumber number, const std::function<void(const SegmentRow&)>& visit) {
  if (!reading_) {
    auto opened = RowReader::open(*state_);
    if (!opened) return tl::unexpected(opened.error());
    if (auto done = opened->load_streams(); !done) return done;
    if (auto done = opened->load_numbers(); !done) return done;
    reading_ = std::make_unique<Reading>(Reading{std::move(*opened)});
  }
  RowReader& rows = reading_->rows;
  std::size_t low = 0;
  std::size_t high = rows.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (rows.number(middle) < number)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == rows.size() || rows.number(low) != number)
    return fail(ErrorCode::kNotFound, fmt::format("there is no event {} in the segment", number));
  auto message = rows.message(low);
  if (!message) return tl::unexpected(message.error());
  SegmentRow row = rows.row(low);
  row.message = *message;
  visit(row);
  return {};
}

Result<void> Segment::salvage(const std::function<void(const SegmentRow&)>& visit,
                              const std::function<void(const Error&)>& lost) const {
  auto rows = RowReader::open(*state_);
  if (!rows) return tl::unexpected(rows.error());
  if (auto done = rows->load_streams(); !done) return done;
  if (auto done = rows->load_numbers(); !done) return done;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto message = rows->message(i);
    if (!message) {
      lost(message.error());
      continue;
    }
    SegmentRow row = rows->row(i);
    row.message = *message;
    visit(row);
  }
  return {};
}

Result<void> Segment::check() const {
  if (auto places = state_->unpacked(state_->places_frame_, "the directory of the segment"); !places)
    return tl::unexpected(places.error());
  std::uint64_t bytes = 0;
  auto done = scan(nullptr, [&](const SegmentRow& row) {
    bytes += row.message.size();
    return true;
  });
  if (done && bytes != summary().message_bytes)
    return damaged("the messages of the segment have another length than it says");
  return done;
}

}  // namespace culprit
