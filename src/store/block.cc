#include "store/block.h"

#include "base/file.h"
#include "store/byte_code.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace culprit {

namespace {

constexpr std::uint32_t kMagic = 0x314b4c42;  // "BLK1"
constexpr std::uint32_t kVersion = 1;
constexpr int kCompressionLevel = 1;
constexpr std::uint32_t kIndexBytesPerEventMax = 10 + 10 + 10 + 5 + 5;

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

bool plausible(const BlockHeader& h) {
  return h.count > 0 && h.count <= kBlockEventsMax && h.first_number > 0 && h.first_number <= h.last_number &&
         h.last_number - h.first_number >= h.count - 1 && h.min_time_ms <= h.max_time_ms &&
         h.index_raw_bytes <= h.count * kIndexBytesPerEventMax &&
         h.message_raw_bytes <= kBlockMessageBytes + kMessageBytesMax;
}

}  // namespace

std::string encode_header(const BlockHeader& h) {
  std::string out;
  out.reserve(kBlockHeaderBytes);
  put_fixed(out, kMagic);
  put_fixed(out, kVersion);
  put_fixed(out, h.group_id);
  put_fixed(out, h.count);
  put_fixed(out, h.first_number);
  put_fixed(out, h.last_number);
  put_fixed(out, static_cast<std::uint64_t>(h.min_time_ms));
  put_fixed(out, static_cast<std::uint64_t>(h.max_time_ms));
  put_fixed(out, h.index_raw_bytes);
  put_fixed(out, h.index_bytes);
  put_fixed(out, h.message_raw_bytes);
  put_fixed(out, h.message_bytes);
  put_fixed(out, h.index_checksum);
  put_fixed(out, h.message_checksum);
  put_fixed(out, checksum(out));
  return out;
}

Result<BlockHeader> decode_header(std::string_view bytes) {
  if (bytes.size() < kBlockHeaderBytes) return damaged("the block header is cut short");
  const char* at = bytes.data();
  const auto u32 = [&] {
    at += 4;
    return get_fixed<std::uint32_t>(at - 4);
  };
  const auto u64 = [&] {
    at += 8;
    return get_fixed<std::uint64_t>(at - 8);
  };
  if (u32() != kMagic) return damaged("there is no block header");
  const auto version = u32();
  BlockHeader h;
  h.group_id = u32();
  h.count = u32();
  h.first_number = u64();
  h.last_number = u64();
  h.min_time_ms = static_cast<std::int64_t>(u64());
  h.max_time_ms = static_cast<std::int64_t>(u64());
  h.index_raw_bytes = u32();
  h.index_bytes = u32();
  h.message_raw_bytes = u32();
  h.message_bytes = u32();
  h.index_checksum = u64();
  h.message_checksum = u64();
  if (u64() != checksum(bytes.substr(0, kBlockHeaderBytes - 8)))
    return damaged("the block header was changed");
  if (version != kVersion)
    return damaged(fmt::format("the block is of version {}, this program reads {}", version, kVersion));
  if (!plausible(h)) return damaged("the block header states impossible sizes");
  return h;
}

void BlockBuilder::add(EventNumber number, std::uint32_t stream_id, Time time, Time ingestion,
                       std::string_view message) {
  rows_.push_back({number, to_epoch_ms(time), to_epoch_ms(ingestion), stream_id,
                   static_cast<std::uint32_t>(message.size())});
  messages_ += message;
}

std::string BlockBuilder::encode_index(std::int64_t min_time_ms) const {
  std::string out;
  out.reserve(rows_.size() * 8);
  EventNumber number = rows_.front().number;
  for (const auto& row : rows_) put_varint(out, row.number - std::exchange(number, row.number));
  auto time = static_cast<std::uint64_t>(min_time_ms);
  for (const auto& row : rows_) {
    const auto now = static_cast<std::uint64_t>(row.time_ms);
    put_varint(out, zigzag(now - std::exchange(time, now)));
  }
  for (const auto& row : rows_)
    put_varint(
        out, zigzag(static_cast<std::uint64_t>(row.ingestion_ms) - static_cast<std::uint64_t>(row.time_ms)));
  std::uint64_t stream = 0;
  for (const auto& row : rows_)
    put_varint(out, zigzag(row.stream_id - std::exchange(stream, std::uint64_t{row.stream_id})));
  for (const auto& row : rows_) put_varint(out, row.length);
  return out;
}

std::string BlockBuilder::finish(std::uint32_t group_id, BlockHeader& header) {
  const auto [least, most] = std::minmax_element(
      rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.time_ms < b.time_ms; });
  header = BlockHeader{};
  header.group_id = group_id;
  header.count = static_cast<std::uint32_t>(rows_.size());
  header.first_number = rows_.front().number;
  header.last_number = rows_.back().number;
  header.min_time_ms = least->time_ms;
  header.max_time_ms = most->time_ms;
  const std::string index_raw = encode_index(header.min_time_ms);
  const std::string index = zstd_compress(index_raw, kCompressionLevel);
  const std::string messages = zstd_compress(messages_, kCompressionLevel);
  header.index_raw_bytes = static_cast<std::uint32_t>(index_raw.size());
  header.index_bytes = static_cast<std::uint32_t>(index.size());
  header.message_raw_bytes = static_cast<std::uint32_t>(messages_.size());
  header.message_bytes = static_cast<std::uint32_t>(messages.size());
  header.index_checksum = checksum(index);
  header.message_checksum = checksum(messages);
  rows_ = {};  // gives the memory back: there may be thousands of groups
  messages_ = {};
  return encode_header(header) + index + messages;
}

Result<BlockIndex> decode_index(const BlockHeader& header, std::string_view frame) {
  if (frame.size() != header.index_bytes || checksum(frame) != header.index_checksum)
    return damaged("the block's index was changed");
  const auto raw = zstd_decompress(frame, header.index_raw_bytes);
  if (!raw) return tl::unexpected(raw.error());
  VarintReader in(*raw);
  const std::size_t count = header.count;
  BlockIndex out;
  out.numbers.resize(count);
  EventNumber number = header.first_number;
  bool ascending = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto step = in.next();
    ascending &= (step == 0) == (i == 0) && step <= header.last_number - number;
    out.numbers[i] = number += step;
  }
  out.times_ms.resize(count);
  auto time = static_cast<std::uint64_t>(header.min_time_ms);
  for (auto& t : out.times_ms) t = static_cast<std::int64_t>(time += unzigzag(in.next()));
  out.ingestions_ms.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    out.ingestions_ms[i] =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(out.times_ms[i]) + unzigzag(in.next()));
  out.stream_ids.resize(count);
  std::uint64_t stream = 0;
  for (auto& id : out.stream_ids) id = static_cast<std::uint32_t>(stream += unzigzag(in.next()));
  out.lengths.resize(count);
  std::uint64_t total = 0;
  for (auto& length : out.lengths) {
    const auto value = in.next();
    if (value > kMessageBytesMax) return damaged("the block's index states an impossible length");
    length = static_cast<std::uint32_t>(value);
    total += value;
  }
  if (!in.ok() || !in.done() || !ascending || number != header.last_number ||
      total != header.message_raw_bytes)
    return damaged("the block's index contradicts its header");
  return out;
}

Result<std::string> decode_messages(const BlockHeader& header, std::string_view frame) {
  if (frame.size() != header.message_bytes || checksum(frame) != header.message_checksum)
    return damaged("the block's messages were changed");
  auto raw = zstd_decompress(frame, header.message_raw_bytes);
  if (raw && raw->size() != header.message_raw_bytes)
    return damaged("the block's messages contradict its header");
  return raw;
}

Result<void> check_frames(const BlockHeader& header, std::string_view frames) {
  if (checksum(frames.substr(0, header.index_bytes)) != header.index_checksum)
    return damaged("the block's index was changed");
  if (checksum(frames.substr(header.index_bytes)) != header.message_checksum)
    return damaged("the block's messages were changed");
  return {};
}

}  // namespace culprit
