// One log event, as CloudWatch Logs or a file holds it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit {

// Identity of an event inside one store: ingestion order, from 1. Stable for the life of the store and of
// capsules made from it.
using EventNumber = std::uint64_t;

// A view of a stored event; valid only during the call it is passed to.
struct LogEventView {
  EventNumber number = 0;  // 0 before it is stored
  std::string_view group;  // log group
  std::string_view stream;
  Time time;
  Time ingestion;            // equals time when the source does not tell
  std::string_view message;  // exact bytes, perhaps several lines, perhaps invalid UTF-8
};

// An owned event.
struct LogEvent {
  EventNumber number = 0;
  std::string group;
  std::string stream;
  Time time;
  Time ingestion;
  std::string message;

  LogEventView view() const { return {number, group, stream, time, ingestion, message}; }
};

}  // namespace culprit
