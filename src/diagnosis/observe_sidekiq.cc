#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "diagnosis/sidekiq_type.h"
#include "logs/sidekiq.h"

namespace culprit {

namespace {

constexpr std::string_view kEndings = "?done ?fail";

class SidekiqObserver : public LogObserver {
 public:
  SidekiqObserver(Observations& seen, const Component& component)
      : seen_(seen), component_(component), duration_ms_(seen.grid), latency_s_(seen.grid) {
    jobs_ = &seen_.counter(component_, "jobs", kEndings);
    failures_ = &seen_.counter(component_, "job_failures", "\"fail\"");
  }

  void see(const LogEventView& event) override {
    if (const auto entry = parse_sidekiq(event.message)) see({event.time, event.number}, *entry);
  }

  Result<void> see_segment(const SegmentFeed& feed) override {
    TypeRows& rows = *feed.rows;
    std::vector<std::optional<SidekiqType>> types(rows.types());
    for (std::uint32_t t = 0; t < types.size(); ++t) {
      auto type = SidekiqType::of(rows, t);
      if (!type) return tl::unexpected(type.error());
      types[t] = std::move(*type);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!feed.wants(row)) continue;
      if (auto& type = types[rows.type(row)]) {
        if (!type->says_nothing()) see({rows.time(row), rows.number(row)}, type->entry(rows.rank(row)));
        continue;
      }
      const auto event = feed.event(row);
      if (!event) return tl::unexpected(event.error());
      see(*event);
    }
    return {};
  }

  Result<void> finish() override {
    seen_.measure(component_, "job_p95_ms", "ms", duration_ms_.quantiles(0.95), kEndings);
    seen_.measure(component_, "queue_latency_s", "seconds", latency_s_.quantiles(1), "latency");
    return {};
  }

 private:
  void see(const EventCounter::Mark& mark, const SidekiqEntry& entry) {
    if (entry.latency_s) latency_s_.add(mark.time, *entry.latency_s);
    const bool done = entry.event == SidekiqEntry::Event::kDone;
    const bool failed = entry.event == SidekiqEntry::Event::kFail;
    if ((!done && !failed) || !tellings_.is_new(entry)) return;
    jobs_->add(mark.time, mark.number);
    if (failed) failures_->add(mark.time, mark.number);
    if (entry.elapsed_s) duration_ms_.add(mark.time, *entry.elapsed_s * 1000);
    job(mark, entry, failed);
  }

  void job(const EventCounter::Mark& mark, const SidekiqEntry& entry, bool failed) {
    const bool during = seen_.window.contains(mark.time);
    if (entry.job_class.empty() || (!during && !seen_.baseline.contains(mark.time))) return;
    auto& j = seen_.jobs[entry.job_class];
    j.job_class = entry.job_class;
    if (!during) {
      if (entry.elapsed_s) j.baseline_durations_ms.add(*entry.elapsed_s * 1000);
      return;
    }
    ++j.runs;
    j.failures += failed ? 1 : 0;
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
  EventCounter* jobs_ = nullptr;
  EventCounter* failures_ = nullptr;
  LatencyMinutes duration_ms_;
  LatencyMinutes latency_s_;
  JobTellings tellings_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_sidekiq(Observations& seen, const Component& component) {
  return std::make_unique<SidekiqObserver>(seen, component);
}

}  // namespace culprit
