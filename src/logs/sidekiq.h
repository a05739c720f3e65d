// Sidekiq's log, JSON or text formatter, and ActiveJob lines.
// https://github.com/sidekiq/sidekiq/wiki/Logging
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace culprit {

struct SidekiqEntry {
  std::string level;       // "INFO", "WARN", "ERROR"
  std::string job_class;   // wrapped class when the job is an ActiveJob wrapper and it is named
  std::string jid, queue;  // jid: Sidekiq's, or ActiveJob's job id on ActiveJob's own lines
  std::string message;     // first line
  // kFail: the job logger's "fail" line, Sidekiq's report of the exception ("Job raised exception" with the
  // job), or ActiveJob's "Error performing". One attempt may be told by several of them: see JobTellings.
  enum class Event { kStart, kDone, kFail, kOther } event = Event::kOther;
  enum class Teller { kJobLogger, kErrorReport, kActiveJob } teller = Teller::kJobLogger;
  std::optional<double> elapsed_s;
  std::optional<double> latency_s;  // time in the queue, when told
  std::string error_class;          // "Net::ReadTimeout" …, when the message names one
};

std::optional<SidekiqEntry> parse_sidekiq(std::string_view event);

// Tells whether an entry is a new start, end or failure of a job, or repeats what another teller has said:
// per class and kind of event there are as many attempts as the most talkative teller tells. Feed every entry
// in order. Bounded memory; not thread-safe.
class JobTellings {
 public:
  // False for a repetition, and for kOther.
  bool is_new(const SidekiqEntry& entry);

 private:
  std::map<std::pair<std::string, SidekiqEntry::Event>, std::array<std::uint64_t, 3>> told_;
};

}  // namespace culprit
