// Events on their way to a segment: many in one piece of memory. The unit in which events are handed to the
// encoding thread, and a frame of the write-ahead log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/segment.h"

namespace culprit {

struct EventBatch {
  struct Row {
    std::uint32_t group_id = 0;
    std::uint32_t stream_id = 0;
    std::uint32_t begin = 0;  // of the message in `bytes`, which stay far below 4 GB
    std::uint32_t size = 0;
    EventNumber number = 0;
    Time time;
    Time ingestion;
  };
  std::vector<Row> rows;
  std::string bytes;

  bool empty() const { return rows.empty(); }
  void add(std::uint32_t group_id, const SegmentRow& event) {
    rows.push_back({group_id, event.stream_id, static_cast<std::uint32_t>(bytes.size()),
                    static_cast<std::uint32_t>(event.message.size()), event.number, event.time,
                    event.ingestion});
    bytes += event.message;
  }
  SegmentRow view(const Row& row) const {
    return {row.number, row.stream_id, row.time, row.ingestion,
            std::string_view(bytes).substr(row.begin, row.size)};
  }
};

// payload = count row* message bytes; a row is six varints: group, stream, number (difference to the row
// before), time in ms (zigzag difference), ingestion - time (zigzag), message length.
std::string encode(const EventBatch& batch);
Result<EventBatch> decode_batch(std::string_view payload);  // kDamaged without `where`

}  // namespace culprit
