// A block: up to kBlockEventsMax events of one log group, stored as columns. The unit of compression, of
// checking and of skipping.
//
//   block   = header index messages
//   header  = 88 bytes, see BlockHeader; little-endian; ends with its own checksum
//   index   = one zstd frame: five columns of varints, one value an event, in this order:
//             number (difference to the one before; the first to first_number), time in ms (zigzag
//             difference; the first to min_time), ingestion - time (zigzag), stream id (zigzag difference),
//             message length
//   messages = one zstd frame: the messages' exact bytes, one after the other
//
// Checksums are XXH3 (64 bits). The index can be read without the messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "telemetry/log_event.h"

namespace culprit {

constexpr std::size_t kBlockHeaderBytes = 88;
constexpr std::uint32_t kBlockEventsMax = 8192;
constexpr std::size_t kBlockMessageBytes = 1 << 20;              // a block is full from here on
constexpr std::size_t kMessageBytesMax = std::size_t{64} << 20;  // longer messages are refused

struct BlockHeader {
  std::uint32_t group_id = 0;
  std::uint32_t count = 0;
  EventNumber first_number = 0;
  EventNumber last_number = 0;
  std::int64_t min_time_ms = 0;
  std::int64_t max_time_ms = 0;
  std::uint32_t index_raw_bytes = 0;
  std::uint32_t index_bytes = 0;  // compressed
  std::uint32_t message_raw_bytes = 0;
  std::uint32_t message_bytes = 0;  // compressed
  std::uint64_t index_checksum = 0;
  std::uint64_t message_checksum = 0;

  std::uint64_t block_bytes() const { return kBlockHeaderBytes + std::uint64_t{index_bytes} + message_bytes; }
  bool operator==(const BlockHeader&) const = default;
};

std::string encode_header(const BlockHeader& header);

// kDamaged (without `where`) when it is no header of this version, its checksum differs, or it states
// sizes that no writer makes.
Result<BlockHeader> decode_header(std::string_view bytes);

// Collects events of one group until they are written as a block. Numbers must ascend.
class BlockBuilder {
 public:
  void add(EventNumber number, std::uint32_t stream_id, Time time, Time ingestion, std::string_view message);
  bool empty() const { return rows_.empty(); }
  bool full() const { return rows_.size() >= kBlockEventsMax || messages_.size() >= kBlockMessageBytes; }
  std::size_t bytes() const { return messages_.size() + rows_.size() * sizeof(Row); }
  // The block's bytes; the builder is empty afterwards.
  std::string finish(std::uint32_t group_id, BlockHeader& header);

 private:
  struct Row {
    EventNumber number;
    std::int64_t time_ms;
    std::int64_t ingestion_ms;
    std::uint32_t stream_id;
    std::uint32_t length;
  };
  std::string encode_index(std::int64_t min_time_ms) const;

  std::vector<Row> rows_;
  std::string messages_;
};

// The columns of a decoded index; every vector has `count` values.
struct BlockIndex {
  std::vector<EventNumber> numbers;
  std::vector<std::int64_t> times_ms;
  std::vector<std::int64_t> ingestions_ms;
  std::vector<std::uint32_t> stream_ids;
  std::vector<std::uint32_t> lengths;  // their sum is header.message_raw_bytes
};

// Both check the checksum, then the content against the header: kDamaged (without `where`).
Result<BlockIndex> decode_index(const BlockHeader& header, std::string_view frame);
Result<std::string> decode_messages(const BlockHeader& header, std::string_view frame);

// Only the checksums: `frames` is the index and the messages as they lie in the block.
Result<void> check_frames(const BlockHeader& header, std::string_view frames);

}  // namespace culprit
