// The weekly performance review and the monthly capacity plan (runbook row H8): what weeks of recorded
// evidence say. Values only; report/reviews tells them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/zone.h"
#include "metrics/trend.h"
#include "reviews/capacity.h"
#include "store/store.h"
#include "system/system.h"
#include "telemetry/window.h"

namespace culprit {

// One metric, day by day.
struct MetricReview {
  std::string id, title, unit, component;
  // Of local days, oldest first; NaN = no data. Weekly: medians. Monthly: what the busiest minutes reach
  // (p95; p5 where low is bad), since it is those that meet a limit.
  std::vector<double> daily;
  std::string daily_is;  // "median", "p95", "p5"
  bool low_is_bad = false;
  std::size_t days_with_data = 0;
  // The last seven days against the four weeks before, by medians of days.
  std::optional<double> week, weeks_before, change_percent;
  bool moved = false;                  // by more than days differ anyway
  std::optional<double> worst;         // highest minute of the last week (lowest, where low is bad)
  std::optional<Trend> trend;          // unset: not enough history
  std::optional<double> limit;         // of the system file: where the status becomes high
  Reach reach;                         // of that limit, in days after the last
  std::optional<ForecastError> error;  // of forecasts on the last week, made without it
  std::optional<Capacity> capacity;    // monthly: what the resource has, and what more of it would do
};

struct EndpointReview {
  std::string endpoint;
  std::uint64_t requests = 0, errors = 0, timeouts = 0;
  std::uint64_t requests_before = 0, errors_before = 0;  // in the weeks before
  double total_ms = 0, p50_ms = 0, p95_ms = 0, max_ms = 0;
  std::optional<double> p95_before_ms;
};

struct StatementReview {
  std::string fingerprint, sql;
  std::uint64_t calls = 0, timeouts = 0, lock_waits = 0;  // logged ones
  std::uint64_t calls_before = 0, timeouts_before = 0;
  double total_ms = 0, p50_ms = 0, p95_ms = 0, max_ms = 0;
};

// Messages of one form.
struct TemplateReview {
  std::string group, text, example;
  std::string shift;  // "new", "surged", "gone", "fallen"
  std::uint64_t count = 0, before = 0;
  Time first;  // of the form, in the week
};

struct AlarmReview {
  std::string name, title, row;
  bool seen = false;        // its metrics have datapoints in the week
  std::vector<Time> fired;  // times it went into ALARM in the week
  Duration in_alarm{0};
};

struct ObjectiveReview {
  std::string id, title;
  double target = 0;                           // percent of good events
  std::uint64_t all = 0, bad = 0;              // last week
  std::uint64_t all_month = 0, bad_month = 0;  // last 28 days
  std::size_t days_month = 0;                  // days of those that the evidence covers
  // Share of the error budget that is spent: 1 = all of it. Unset without events.
  std::optional<double> spent() const { return share(all, bad); }
  std::optional<double> spent_month() const { return share(all_month, bad_month); }

 private:
  std::optional<double> share(std::uint64_t events, std::uint64_t of_them) const {
    if (events == 0 || target >= 100) return std::nullopt;
    return static_cast<double>(of_them) / (static_cast<double>(events) * (100 - target) / 100);
  }
};

struct ChangeReview {
  Time time;  // of the first
  std::string component, kind, text;
  std::uint64_t times = 1;
};

// A line of the book of incidents.
struct IncidentReview {
  std::string id, severity, title;
  Time opened;
  std::optional<Time> acknowledged, resolved;
};

struct Review {
  enum class Kind { kWeekly, kMonthly } kind = Kind::kWeekly;
  std::string system, title;
  Zone zone = Zone::utc();
  std::chrono::year_month_day first, last;  // local days
  Window week, before;                    // the last seven days, and up to 28 before them that have evidence
  std::vector<MetricReview> metrics;      // with data, in the order of the system file
  std::vector<std::string> without_data;  // titles

  // Weekly.
  std::vector<EndpointReview> endpoints;    // the worst, see worst_first()
  std::vector<StatementReview> statements;  // the same
  std::size_t endpoints_in_all = 0, statements_in_all = 0;
  std::vector<TemplateReview> templates;  // new ones first, then by count
  std::size_t templates_in_all = 0;       // that changed
  bool templates_compared = false;        // false: no logs before the week
  std::vector<AlarmReview> alarms;
  std::vector<ObjectiveReview> objectives;
  std::vector<ChangeReview> changes;  // in the week, by time
  std::size_t changes_in_all = 0;
  std::vector<IncidentReview> incidents;  // opened in the week
  bool has_book = false;                  // false: no book of incidents was given

  std::vector<std::string> not_seen;  // what the collection could not see, in words
};

struct ReviewOptions {
  Review::Kind kind = Review::Kind::kWeekly;
  std::optional<Time> from, until;  // unset: all that there is
};

// Looks at whole local days, at most 400 for metrics, and at 35 for everything else. kInput when the evidence
// holds no datapoint of the system's metrics.
Result<Review> review(const Store& store, const System& system, const Zone& zone,
                      const ReviewOptions& options);

// The day on which a fitted series stepped, as a date.
std::chrono::sys_days day_of(const Review& review, std::size_t day);

}  // namespace culprit
