// A handful of events as a query's source.
#pragma once

#include <string>
#include <vector>

#include "insights/run_query.h"

namespace culprit::insights {

class MemoryEvents : public EventSource {
 public:
  // A second apart from `start`.
  void add(const std::string& message) { add(next_, message); }
  void add(Time time, const std::string& message, const std::string& stream = "stream",
           const std::string& group = "group") {
    events_.push_back({events_.size() + 1, group, stream, time, time + Duration{500}, message});
    next_ = time + std::chrono::seconds{1};
  }

  Result<Scanned> scan(const Window& window, const MessagePattern* needed,
                       const std::function<bool(const LogEventView&)>& visit) const override {
    Scanned out;
    for (const auto& event : events_) {
      if (event.time < window.start || event.time >= window.end) continue;
      ++out.records;
      out.bytes += event.message.size();
      if (needed != nullptr && use_needed && !needed->matches(event.message)) continue;
      if (!visit(event.view())) break;
    }
    return out;
  }

  bool use_needed = true;

 private:
  std::vector<LogEvent> events_;
  Time next_ = from_epoch_ms(1'755'817'200'000);  // 2025-08-21 23:00:00
};

}  // namespace culprit::insights
