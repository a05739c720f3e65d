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
  const std::uint64_t stored = in.fixed(4);
  const std::uint64_t raw = in.fixed(4);
  const std::uint64_t checksum = in.fixed(8);
  const std::string_view frame = in.bytes(stored);
  if (!in.ok() || raw > engine::kDirectoryBytesMax)
    return damaged("the header of the segment is damaged or cut off");
  if (engine::checksum_of(frame) != checksum)
    return damaged(fmt::format("the directory of the segment, bytes {} to {}, does not fit its checksum",
                               engine::kSegmentHeaderBytes, engine::kSegmentHeaderBytes + stored));
  auto state = std::make_shared<State>();
  auto directory = engine::unpack(frame, raw);
  if (!directory) return tl::unexpected(directory.error());
  state->owner = std::move(owner);
  state->bytes = bytes;
  state->directory_end = engine::kSegmentHeaderBytes + stored;
  state->raw_directory = std::move(*directory);
  auto parsed = engine::read_directory(state->raw_directory, state->directory_end, bytes.size());
  if (!parsed) return tl::unexpected(parsed.error());
  state->directory = std::move(*parsed);
  Segment segment;
  segment.state_ = std::move(state);
  return segment;
}

Result<std::string> Segment::State::pool(const engine::Pool& pool, std::uint64_t begin) const {
  if (pool.raw_bytes == 0) return std::string();
  const std::string_view frame = bytes.substr(begin, pool.stored_bytes);
  if (engine::checksum_of(frame) != pool.checksum)
    return damaged(fmt::format("a pool of the segment, bytes {} to {}, does not fit its checksum", begin,
                               begin + pool.stored_bytes));
  return engine::unpack(frame, pool.raw_bytes);
}

Result<engine::ColumnReader> Segment::State::reader() const {
  const std::uint64_t text_begin = directory_end + directory.number_pool.stored_bytes;
  const std::uint64_t blocks_begin = text_begin + directory.text_pool.stored_bytes;
  const std::lock_guard lock(pools_mutex_);
  if (!pools_) {
    pools_.emplace();
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
  auto rows = RowReader::open(*state_);
  if (!rows) return tl::unexpected(rows.error());
  if (auto done = rows->load_streams(); !done) return done;
  if (auto done = rows->load_numbers(); !done) return done;
  std::size_t low = 0;
  std::size_t high = rows->size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (rows->number(middle) < number)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == rows->size() || rows->number(low) != number)
    return fail(ErrorCode::kNotFound, fmt::format("there is no event {} in the segment", number));
  auto message = rows->message(low);
  if (!message) return tl::unexpected(message.error());
  SegmentRow row = rows->row(low);
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
