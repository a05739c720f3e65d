#include "diagnosis/observation.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "logs/format.h"

namespace culprit {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kSampleEvents = 200;
constexpr std::size_t kSampleBytes = 64 * 1024;

// The format as the system file says, or else as the first events look.
Result<LogFormat> format_of(const Store& store, const Component& component) {
  if (const auto given = parse_log_format(component.log_format)) return *given;
  std::string sample;
  int events = 0;
  auto scanned = store.scan_logs({{component.log_group}, std::nullopt}, [&](const LogEventView& e) {
    sample += e.message;
    sample += '\n';
    return ++events < kSampleEvents && sample.size() < kSampleBytes;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  return detect_format(sample).format;
}

std::vector<std::unique_ptr<LogObserver>> observers_of(Observations& seen, const System& system,
                                                       const Component& component, LogFormat format) {
  std::vector<std::unique_ptr<LogObserver>> out;
  out.push_back(observe_patterns(seen, system, component));
  if (is_postgres(format)) {
    out.push_back(observe_postgres(seen, component));
    return out;
  }
  out.push_back(observe_failures(seen, component));
  if (format == LogFormat::kRails || format == LogFormat::kLograge)
    out.push_back(observe_rails(seen, component, format == LogFormat::kLograge));
  else if (format == LogFormat::kSidekiqJson || format == LogFormat::kSidekiqText)
    out.push_back(observe_sidekiq(seen, component));
  else if (format == LogFormat::kJson)
    out.push_back(observe_json(seen, component));
  return out;
}

// Minutes in which the group's log can be relied on: between its first and last event, less what was cut.
std::vector<bool> covered_minutes(const Observations& seen, const std::vector<Gap>& gaps,
                                  const LogGroupSummary& group) {
  std::vector<bool> covered(seen.grid.size(), false);
  for (std::size_t i = 0; i < covered.size(); ++i) {
    const Time minute = seen.grid.time(i);
    covered[i] = group.first < minute + std::chrono::minutes(1) && minute <= group.last;
  }
  for (const auto& gap : gaps) {
    if (gap.subject != group.group || !gap.window || gap.reason == GapReason::kEmpty) continue;
    const auto range = seen.grid.range(*gap.window);
    for (std::size_t i = range.first; i < range.last; ++i) covered[i] = false;
  }
  return covered;
}

// What one group's log shows, observed apart from the others and so beside them.
struct ComponentLog {
  const LogGroupSummary* group = nullptr;
  const Component* component = nullptr;  // null: the system file names none
  std::unique_ptr<Observations> seen;
  Result<void> done;
};

// Counts become signals once it is known which minutes can be relied on.
void settle_counts(Observations& seen, const std::vector<Gap>& gaps, const Component& component,
                   const LogGroupSummary& group) {
  const auto covered = covered_minutes(seen, gaps, group);
  for (auto& [name, signal] : seen.signals) {
    if (signal.component != component.id || !signal.events || signal.from != Signal::From::kLog) continue;
    signal.minutes.assign(seen.grid.size(), kNan);
    const auto& counts = signal.events->per_minute();
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (covered[i] || counts[i] > 0) signal.minutes[i] = counts[i];
  }
}

using LogObservers = std::vector<std::unique_ptr<LogObserver>>;

// False when the store keeps no segments.
Result<bool> feed_segments(const Store& store, const LogQuery& query, LogObservers& observers) {
  std::vector<MessagePattern> patterns;
  for (auto& o : observers)
    if (auto asked = o->ask(patterns); !asked) return tl::unexpected(asked.error());
  const auto questions = std::make_shared<TypeQuestions>(LogSearch(std::move(patterns)));
  return store.visit_segments(query, [&](const std::shared_ptr<const Segment>& segment) -> Result<void> {
    auto rows = TypeRows::open(segment, questions);
    if (!rows) return tl::unexpected(rows.error());
    const auto& summary = segment->summary();
    const SegmentFeed feed{
        std::move(*rows), query.groups.front(), *query.window,
        query.window->start <= summary.first_time && summary.last_time < query.window->end};
    for (auto& o : observers)
      if (auto seen = o->see_segment(feed); !seen) return seen;
    return {};
  });
}

// `gaps` of the store.
Result<void> observe_component(const Store& store, const System& system, const ObserveOptions& options,
                               const std::vector<Gap>& gaps, const ComponentLog& log) {
  const Component& component = *log.component;
  Observations& seen = *log.seen;
  const auto format = format_of(store, component);
  if (!format) return tl::unexpected(format.error());
  seen.log_formats[component.id] = std::string(to_string(*format));
  auto observers = observers_of(seen, system, component, *format);
  const LogQuery query{{component.log_group}, Window{seen.grid.time(0), seen.grid.time(seen.grid.size())}};
  bool fed = false;
  if (options.by_segments) {
    const auto by_segments = feed_segments(store, query, observers);
    if (!by_segments) return tl::unexpected(by_segments.error());
    fed = *by_segments;
  }
  if (!fed) {
    auto scanned = store.scan_logs(query, [&](const LogEventView& event) {
      for (auto& o : observers) o->see(event);
      return true;
    });
    if (!scanned) return scanned;
  }
  for (auto& o : observers)
    if (auto finished = o->finish(); !finished) return finished;
  settle_counts(seen, gaps, component, *log.group);
  return {};
}

}  // namespace

Result<void> LogObserver::see_segment(const SegmentFeed& feed) {
  for (std::size_t row = 0; row < feed.rows->size(); ++row) {
    if (!feed.wants(row)) continue;
    const auto event = feed.event(row);
    if (!event) return tl::unexpected(event.error());
    see(*event);
  }
  return {};
}

Signal& Observations::signal(const Component& component, std::string_view name, std::string_view unit) {
  const std::string full = fmt::format("{}.{}", component.id, name);
  const auto [it, is_new] = signals.try_emplace(full);
  if (is_new) {
    it->second.name = full;
    it->second.component = component.id;
    it->second.unit = unit;
    it->second.group = component.log_group;
    it->second.minutes.assign(grid.size(), kNan);
  }
  return it->second;
}

void Observations::measure(const Component& component, std::string_view name, std::string_view unit,
                           std::vector<double> minutes, std::string_view filter) {
  Signal& s = signal(component, name, unit);
  s.minutes = std::move(minutes);
  s.filter = filter;
}

EventCounter& Observations::counter(const Component& component, std::string_view name,
                                    std::string_view filter) {
  Signal& s = signal(component, name, "per-minute");
  if (!s.events) {
    s.is_count = true;
    s.filter = filter;
    s.events.emplace(grid, window);
  }
  return *s.events;
}

Result<void> observe_logs(const Store& store, const System& system, Observations& seen,
                          const ObserveOptions& options) {
  auto groups = store.log_groups();
  if (!groups) return tl::unexpected(groups.error());
  seen.groups = std::move(*groups);
  std::vector<ComponentLog> logs;
  for (const auto& group : seen.groups) {
    const auto component = std::ranges::find(system.components, group.group, &Component::log_group);
    logs.push_back({&group, nullptr, nullptr, {}});
    if (component == system.components.end()) continue;
    logs.back().component = &*component;
    logs.back().seen = seen.part_for(*component);
  }
  std::vector<ComponentLog*> largest_first;
  for (auto& log : logs)
    if (log.component != nullptr) largest_first.push_back(&log);
  std::ranges::stable_sort(largest_first, std::ranges::greater{},
                           [](const ComponentLog* log) { return log->group->bytes; });
  in_parallel(largest_first.size(), [&](std::size_t i) {
    largest_first[i]->done = observe_component(store, system, options, seen.gaps, *largest_first[i]);
  });
  for (auto& log : logs) {
    if (log.component != nullptr) {
      if (!log.done) return log.done;
      seen.take_in(std::move(*log.seen));
      continue;
    }
    seen.gaps.push_back({GapReason::kNotAsked,
                         log.group->group,
                         {},
                         fmt::format("{} events of a log group that no component of the system file names "
                                     "were kept, but not analysed",
                                     log.group->events),
                         {},
                         std::nullopt});
  }
  return {};
}

}  // namespace culprit
