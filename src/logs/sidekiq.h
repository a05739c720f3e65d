// Sidekiq's log, JSON or text formatter, and ActiveJob lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct SidekiqEntry {
  std::string level;      // "INFO", "WARN", "ERROR"
  std::string job_class;  // wrapped class when the job is an ActiveJob wrapper and it is named
  std::string jid, queue;
  std::string message;  // first line
  enum class Event { kStart, kDone, kFail, kOther } event = Event::kOther;
  std::optional<double> elapsed_s;
  std::optional<double> latency_s;  // time in the queue, when told
  std::string error_class;          // "Net::ReadTimeout" …, when the message names one
};

std::optional<SidekiqEntry> parse_sidekiq(std::string_view event);

}  // namespace culprit
