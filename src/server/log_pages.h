// Log events in the order in which CloudWatch Logs gives them, a page at a time, out of a store that keeps
// them in the order in which they came.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/search.h"
#include "store/store.h"
#include "telemetry/window.h"

namespace culprit::server {

// Where an event stands: by time, then ingestion, then number.
struct LogPosition {
  Time time;
  Time ingestion;
  EventNumber number = 0;
  auto operator<=>(const LogPosition&) const = default;
};
LogPosition position_of(const LogEvent& event);

enum class LogDirection { kForward, kBackward };

struct LogPageQuery {
  explicit LogPageQuery(MessagePattern what) : pattern(std::move(what)) {}

  std::string group;
  std::vector<std::string> streams;  // empty: all
  std::string stream_prefix;
  Window window;
  MessagePattern pattern;
  LogDirection direction = LogDirection::kForward;
  std::optional<LogPosition> beyond;  // only events behind it (before it, going backward)
  std::size_t events_max = 10'000;
  std::size_t bytes_max = std::size_t{1} << 20;  // of messages, 26 bytes more for each; one event always fits
};

struct LogPage {
  std::vector<LogEvent> events;  // ascending
  bool more = false;             // in that direction
};

// Counts first, minute by minute, which costs little, and then reads the minutes that fill the page.
Result<LogPage> find_page(const Store& store, const LogPageQuery& query);

}  // namespace culprit::server
