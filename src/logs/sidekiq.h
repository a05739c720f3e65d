// Sidekiq's log, JSON or text formatter, and ActiveJob lines.
// https://github.com/sidekiq/sidekiq/wiki/Logging
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct SidekiqEntry {
  std::string level;       // "INFO", "WARN", "ERROR"
  std::string job_class;   // wrapped class when the job is an ActiveJob wrapper and it is named
  std::string jid, queue;  // jid: Sidekiq's, or ActiveJob's job id on ActiveJob's own lines
  std::string message;     // first line
  // kFail: the job logger's "fail" line, Sidekiq's report of the exception ("Job raised exception" with the
  // job), or ActiveJob's "Error performing". One failed attempt may be told by two of them: count a jid once
  // until it starts again.
  enum class Event { kStart, kDone, kFail, kOther } event = Event::kOther;
  std::optional<double> elapsed_s;
  std::optional<double> latency_s;  // time in the queue, when told
  std::string error_class;          // "Net::ReadTimeout" …, when the message names one
};

std::optional<SidekiqEntry> parse_sidekiq(std::string_view event);

}  // namespace culprit
