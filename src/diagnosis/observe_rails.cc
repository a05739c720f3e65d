#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "diagnosis/rails_type.h"
#include "logs/rails.h"

namespace culprit {

namespace {

// A Rack time-out ends a request without a duration of its own; it ran at least this long
// (rack-timeout's default service time-out).
constexpr double kRackTimeoutMs = 15'000;

class RailsObserver : public LogObserver {
 public:
  RailsObserver(Observations& seen, const Component& component, bool lograge)
      : seen_(seen),
        component_(component),
        answers_(lograge ? "{ $.status >= 100 }" : "\"Completed\""),
        duration_ms_(seen.grid),
        total_ms_(seen.grid.size()),
        database_ms_(seen.grid.size()) {
    requests_ = &seen_.counter(component_, "requests", answers_);
    failed_ =
        &seen_.counter(component_, "failed_requests", lograge ? "{ $.status >= 500 }" : "\"Completed 5\"");
  }

  void see(const LogEventView& event) override {
    assembler_.feed(event.number, event.time, event.message, emit_);
  }

  Result<void> see_segment(const SegmentFeed& feed) override {
    TypeRows& rows = *feed.rows;
    std::vector<std::optional<RailsType>> types(rows.types());
    for (std::uint32_t t = 0; t < types.size(); ++t) {
      auto type = RailsType::of(rows, t);
      if (!type) return tl::unexpected(type.error());
      types[t] = std::move(*type);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!feed.wants(row)) continue;
      auto& type = types[rows.type(row)];
      if (const RailsLine* line = type ? type->line(rows, row) : nullptr) {
        assembler_.feed(rows.number(row), rows.time(row), *line, emit_);
        continue;
      }
      const auto event = feed.event(row);
      if (!event) return tl::unexpected(event.error());
      see(*event);
    }
    return {};
  }

  Result<void> finish() override {
    assembler_.finish(emit_);
    seen_.measure(component_, "request_p95_ms", "ms", duration_ms_.quantiles(0.95), answers_);
    seen_.measure(component_, "request_max_ms", "ms", duration_ms_.quantiles(1), answers_);
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> share(seen_.grid.size(), kNan);
    std::vector<double> rate(seen_.grid.size(), kNan);
    const auto& all = requests_->per_minute();
    const auto& failed = failed_->per_minute();
    for (std::size_t i = 0; i < share.size(); ++i) {
      if (total_ms_[i] > 0) share[i] = 100 * database_ms_[i] / total_ms_[i];
      if (all[i] > 0) rate[i] = 100.0 * failed[i] / all[i];
    }
    seen_.measure(component_, "database_share", "percent", std::move(share), answers_);
    seen_.measure(component_, "error_rate", "percent", std::move(rate), answers_);
    return {};
  }

 private:
  void request(const RailsRequest& r) {
    const bool finished = r.status != 0 || r.rack_timeout;
    if (!finished) return;  // still running at the end of the log: nothing is known
    const bool failed = r.status >= 500 || r.rack_timeout;
    const auto event = failed && r.error_event != 0 ? r.error_event : r.last_event;
    requests_->add(r.ended, r.last_event);
    if (failed) failed_->add(r.ended, event);
    const double ms = r.duration_ms.value_or(r.rack_timeout ? kRackTimeoutMs : 0);
    const bool timed = r.duration_ms.has_value() || r.rack_timeout;
    if (timed) duration_ms_.add(r.ended, ms);
    if (const auto i = seen_.grid.index(r.ended); i && r.duration_ms) {
      total_ms_[*i] += *r.duration_ms;
      database_ms_[*i] += r.database_ms.value_or(0);
    }
    endpoint(r, failed, timed ? std::optional(ms) : std::nullopt, event);
  }

  void endpoint(const RailsRequest& r, bool failed, std::optional<double> ms, EventNumber event) {
    const bool during = seen_.window.contains(r.ended);
    const bool before = seen_.baseline.contains(r.ended);
    if ((!during && !before) || r.endpoint.empty()) return;
    auto& e = seen_.endpoints[r.endpoint];
    e.endpoint = r.endpoint;
    if (before) {
      ++e.baseline_requests;
      e.baseline_errors += failed ? 1 : 0;
      if (ms) e.baseline_durations_ms.add(*ms);
      return;
    }
    ++e.requests;
    e.errors += failed ? 1 : 0;
    e.timeouts += r.rack_timeout ? 1 : 0;
    e.query_cancellations += r.error_class == "ActiveRecord::QueryCanceled" ? 1 : 0;
    if (r.duration_ms) {
      e.total_ms += *r.duration_ms;
      e.database_ms += r.database_ms.value_or(0);
    }
    if (failed && (e.first_error.number == 0 || r.ended < e.first_error.time))
      e.first_error = {r.ended, event};
    if (!ms) return;
    e.durations_ms.add(*ms);
    if (*ms > e.slowest_ms) {
      e.slowest_ms = *ms;
      e.slowest = {r.ended, r.last_event};
    }
  }

  Observations& seen_;
  const Component& component_;
  std::string_view answers_;  // filter pattern of the lines that end a request
  EventCounter* requests_ = nullptr;
  EventCounter* failed_ = nullptr;
  RailsAssembler assembler_;
  const RailsAssembler::Emit emit_ = [this](const RailsRequest& r) { request(r); };
  LatencyMinutes duration_ms_;
  std::vector<double> total_ms_, database_ms_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_rails(Observations& seen, const Component& component, bool lograge) {
  return std::make_unique<RailsObserver>(seen, component, lograge);
}

}  // namespace culprit
