#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "logs/sidekiq.h"

namespace culprit {

namespace {

constexpr std::string_view kEndings = "?done ?fail";

class SidekiqObserver : public LogObserver {
 public:
  SidekiqObserver(Observations& seen, const Component& component)
      : seen_(seen), component_(component), duration_ms_(seen.grid), latency_s_(seen.grid) {
    seen_.counter(component_, "jobs", kEndings);
    seen_.counter(component_, "job_failures", "\"fail\"");
  }

  void see(const LogEventView& event) override {
    const auto entry = parse_sidekiq(event.message);
    if (!entry) return;
    if (entry->latency_s) latency_s_.add(event.time, *entry->latency_s);
    const bool done = entry->event == SidekiqEntry::Event::kDone;
    const bool failed = entry->event == SidekiqEntry::Event::kFail;
    if ((!done && !failed) || !tellings_.is_new(*entry)) return;
    seen_.counter(component_, "jobs").add(event.time, event.number);
    if (failed) seen_.counter(component_, "job_failures").add(event.time, event.number);
    if (entry->elapsed_s) duration_ms_.add(event.time, *entry->elapsed_s * 1000);
    job(event, *entry, failed);
  }

  void finish() override {
    seen_.measure(component_, "job_p95_ms", "ms", duration_ms_.quantiles(0.95), kEndings);
    seen_.measure(component_, "queue_latency_s", "seconds", latency_s_.quantiles(1), "latency");
  }

 private:
  void job(const LogEventView& event, const SidekiqEntry& entry, bool failed) {
    const bool during = seen_.window.contains(event.time);
    if (entry.job_class.empty() || (!during && !seen_.baseline.contains(event.time))) return;
    auto& j = seen_.jobs[entry.job_class];
    j.job_class = entry.job_class;
    if (!during) {
      if (entry.elapsed_s) j.baseline_durations_ms.add(*entry.elapsed_s * 1000);
      return;
    }
    ++j.runs;
    j.failures += failed ? 1 : 0;
    const EventCounter::Mark mark{event.time, event.number};
    if (failed && j.first_failure.number == 0) j.first_failure = mark;
    if (!entry.elapsed_s) return;
    j.durations_ms.add(*entry.elapsed_s * 1000);
    if (*entry.elapsed_s * 1000 >= j.slowest_ms) {
      j.slowest_ms = *entry.elapsed_s * 1000;
      j.slowest = mark;
    }
  }

  Observations& seen_;
  const Component& component_;
  LatencyMinutes duration_ms_;
  LatencyMinutes latency_s_;
  JobTellings tellings_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_sidekiq(Observations& seen, const Component& component) {
  return std::make_unique<SidekiqObserver>(seen, component);
}

}  // namespace culprit
