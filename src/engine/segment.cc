#include "engine/segment.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <vector>

#include "base/file.h"
#include "engine/byte_form.h"

namespace culprit {

namespace {

using engine::ByteReader;

constexpr std::string_view kMagic = "CULPSEG\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kEventsMax = std::uint64_t{1} << 26;
constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;
constexpr int kLevel = 1;

struct Row {
  EventNumber number = 0;
  std::int64_t time_ms = 0;
  std::int64_t ingestion_ms = 0;
  std::uint32_t stream_id = 0;
  std::size_t begin = 0;
  std::size_t size = 0;
};

std::uint64_t difference(std::int64_t a, std::int64_t b) {
  return engine::zigzag(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

}  // namespace

struct SegmentBuilder::State {
  std::vector<Row> rows;
  std::string messages;
};

SegmentBuilder::SegmentBuilder() : state_(std::make_unique<State>()) {}
SegmentBuilder::SegmentBuilder(SegmentBuilder&&) noexcept = default;
SegmentBuilder& SegmentBuilder::operator=(SegmentBuilder&&) noexcept = default;
SegmentBuilder::~SegmentBuilder() = default;

void SegmentBuilder::add(const SegmentRow& row) {
  state_->rows.push_back({row.number, to_epoch_ms(row.time), to_epoch_ms(row.ingestion), row.stream_id,
                          state_->messages.size(), row.message.size()});
  state_->messages += row.message;
}

bool SegmentBuilder::empty() const { return state_->rows.empty(); }
bool SegmentBuilder::full() const { return state_->messages.size() >= kSegmentMessageBytes; }

std::string SegmentBuilder::finish(SegmentSummary& summary) {
  summary = {};
  std::string index;
  Row before;
  for (const Row& r : state_->rows) {
    engine::put_varint(index, r.number - before.number);
    engine::put_varint(index, difference(r.time_ms, before.time_ms));
    engine::put_varint(index, difference(r.ingestion_ms, r.time_ms));
    engine::put_varint(index, difference(r.stream_id, before.stream_id));
    engine::put_varint(index, r.size);
    before = r;
  }
  const std::string index_frame = zstd_compress(index, kLevel);
  const std::string message_frame = zstd_compress(state_->messages, kLevel);
  std::string out(kMagic);
  engine::put_u32(out, kVersion);
  engine::put_u64(out, state_->rows.size());
  for (const std::string* frame : {&index_frame, &message_frame}) {
    engine::put_u64(out, frame->size());
    engine::put_u64(out, XXH3_64bits(frame->data(), frame->size()));
  }
  out += index_frame;
  out += message_frame;
  if (!state_->rows.empty()) {
    const auto [low, high] = std::minmax_element(state_->rows.begin(), state_->rows.end(),
                                                 [](auto& a, auto& b) { return a.time_ms < b.time_ms; });
    summary = {state_->rows.size(),
               state_->rows.front().number,
               state_->rows.back().number,
               from_epoch_ms(low->time_ms),
               from_epoch_ms(high->time_ms),
               state_->messages.size(),
               out.size()};
  }
  *state_ = {};
  return out;
}

struct Segment::State {
  std::shared_ptr<const void> owner;
  std::string_view messages_frame;
  std::uint64_t messages_checksum = 0;
  SegmentSummary summary;
  std::vector<Row> rows;

  Result<std::string> messages() const {
    if (XXH3_64bits(messages_frame.data(), messages_frame.size()) != messages_checksum)
      return damaged("the messages do not fit their checksum");
    auto text = zstd_decompress(messages_frame, kBytesMax);
    if (text && text->size() != summary.message_bytes) return damaged("the messages have another length");
    return text;
  }
  SegmentRow row(const Row& r, std::string_view messages) const {
    return {r.number, r.stream_id, from_epoch_ms(r.time_ms), from_epoch_ms(r.ingestion_ms),
            messages.substr(r.begin, r.size)};
  }
};

Segment::Segment() = default;
Segment::Segment(Segment&&) noexcept = default;
Segment& Segment::operator=(Segment&&) noexcept = default;
Segment::~Segment() = default;

namespace {

Result<std::vector<Row>> read_rows(std::string_view index, std::uint64_t count) {
  if (index.size() < count * 5) return damaged("the index is shorter than its count says");
  ByteReader in(index);
  std::vector<Row> rows(count);
  Row before;
  for (Row& r : rows) {
    r.number = before.number + in.varint();
    r.time_ms =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(before.time_ms) + engine::unzigzag(in.varint()));
    r.ingestion_ms =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(r.time_ms) + engine::unzigzag(in.varint()));
    r.stream_id = static_cast<std::uint32_t>(before.stream_id + engine::unzigzag(in.varint()));
    r.begin = before.begin + before.size;
    r.size = in.varint_up_to(kBytesMax);
    if (r.number <= before.number && &r != rows.data()) return damaged("event numbers do not ascend");
    if (r.begin + r.size > kBytesMax) return damaged("more message bytes than a segment holds");
    before = r;
  }
  if (!in.ok() || !in.done()) return damaged("the index is damaged");
  return rows;
}

}  // namespace

Result<Segment> Segment::open(std::string_view bytes, std::shared_ptr<const void> owner) {
  ByteReader in(bytes);
  if (in.bytes(kMagic.size()) != kMagic) return damaged("not a segment: the first bytes differ");
  const auto version = in.fixed(4);
  if (version > kVersion)
    return damaged(
        fmt::format("segment of format version {}; this program reads up to {}", version, kVersion));
  const auto count = in.fixed(8);
  const auto index_size = in.fixed(8);
  const auto index_checksum = in.fixed(8);
  const auto message_size = in.fixed(8);
  const auto message_checksum = in.fixed(8);
  const auto index_frame = in.bytes(index_size);
  const auto message_frame = in.bytes(message_size);
  if (!in.ok() || !in.done() || version == 0 || count > kEventsMax)
    return damaged("the segment's header is damaged");
  if (XXH3_64bits(index_frame.data(), index_frame.size()) != index_checksum)
    return damaged("the index does not fit its checksum");
  auto index = zstd_decompress(index_frame, kBytesMax);
  if (!index) return tl::unexpected(index.error());
  auto rows = read_rows(*index, count);
  if (!rows) return tl::unexpected(rows.error());

  auto state = std::make_shared<State>();
  state->owner = std::move(owner);
  state->messages_frame = message_frame;
  state->messages_checksum = message_checksum;
  state->rows = std::move(*rows);
  if (!state->rows.empty()) {
    const auto [low, high] = std::minmax_element(state->rows.begin(), state->rows.end(),
                                                 [](auto& a, auto& b) { return a.time_ms < b.time_ms; });
    state->summary = {count,
                      state->rows.front().number,
                      state->rows.back().number,
                      from_epoch_ms(low->time_ms),
                      from_epoch_ms(high->time_ms),
                      state->rows.back().begin + state->rows.back().size,
                      bytes.size()};
  }
  Segment segment;
  segment.state_ = std::move(state);
  return segment;
}

const SegmentSummary& Segment::summary() const { return state_->summary; }

Result<void> Segment::scan(const Window* window, const std::function<bool(const SegmentRow&)>& visit) const {
  auto messages = state_->messages();
  if (!messages) return tl::unexpected(messages.error());
  for (const Row& r : state_->rows) {
    if (window && !window->contains(from_epoch_ms(r.time_ms))) continue;
    if (!visit(state_->row(r, *messages))) break;
  }
  return {};
}

Result<void> Segment::row(EventNumber number, const std::function<void(const SegmentRow&)>& visit) const {
  const auto at = std::lower_bound(state_->rows.begin(), state_->rows.end(), number,
                                   [](const Row& r, EventNumber n) { return r.number < n; });
  if (at == state_->rows.end() || at->number != number)
    return fail(ErrorCode::kNotFound, fmt::format("there is no event {} in the segment", number));
  auto messages = state_->messages();
  if (!messages) return tl::unexpected(messages.error());
  visit(state_->row(*at, *messages));
  return {};
}

Result<void> Segment::check() const {
  auto messages = state_->messages();
  if (!messages) return tl::unexpected(messages.error());
  return {};
}

}  // namespace culprit
