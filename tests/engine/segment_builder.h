// Segments in a line or two, for tests.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "engine/segment.h"

namespace culprit::engine_test {

struct Event {
  EventNumber number = 0;
  std::uint32_t stream_id = 0;
  std::int64_t time_ms = 0;
  std::int64_t ingestion_ms = 0;
  std::string message;
  bool operator==(const Event&) const = default;
};

inline void PrintTo(const Event& e, std::ostream* out) {
  *out << e.number << " stream " << e.stream_id << " time " << e.time_ms << " ingestion " << e.ingestion_ms
       << " '" << e.message.substr(0, 200) << "'";
}

inline Event event_of(const SegmentRow& r) {
  return {r.number, r.stream_id, to_epoch_ms(r.time), to_epoch_ms(r.ingestion), std::string(r.message)};
}

class Rows {
 public:
  void add(const SegmentRow& row) { events_.push_back(event_of(row)); }
  void add(std::string message, std::int64_t time_ms = 1'755'817'200'000) {
    events_.push_back({events_.size() + 1, 1, time_ms, time_ms, std::move(message)});
  }
  const std::vector<Event>& events() const { return events_; }

 private:
  std::vector<Event> events_;
};

inline std::string build(const Rows& rows, SegmentSummary* summary = nullptr) {
  SegmentBuilder builder;
  for (const Event& e : rows.events())
    builder.add({e.number, e.stream_id, from_epoch_ms(e.time_ms), from_epoch_ms(e.ingestion_ms), e.message});
  SegmentSummary unused;
  return builder.finish(summary ? *summary : unused);
}

// Opens a copy, so that the bytes may be a temporary.
inline Segment opened(const std::string& bytes) {
  auto owner = std::make_shared<const std::string>(bytes);
  auto segment = Segment::open(*owner, owner);
  EXPECT_TRUE(segment) << segment.error().message();
  return std::move(*segment);
}

inline std::vector<Event> read_all(const std::string& bytes) {
  std::vector<Event> events;
  const auto done = opened(bytes).scan(nullptr, [&](const SegmentRow& r) {
    events.push_back(event_of(r));
    return true;
  });
  EXPECT_TRUE(done) << done.error().message();
  return events;
}

}  // namespace culprit::engine_test
