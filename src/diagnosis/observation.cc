#include "diagnosis/observation.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

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
std::vector<bool> covered_minutes(const Observations& seen, const LogGroupSummary& group) {
  std::vector<bool> covered(seen.grid.size(), false);
  for (std::size_t i = 0; i < covered.size(); ++i) {
    const Time minute = seen.grid.time(i);
    covered[i] = group.first < minute + std::chrono::minutes(1) && minute <= group.last;
  }
  for (const auto& gap : seen.gaps) {
    if (gap.subject != group.group || !gap.window || gap.reason == GapReason::kEmpty) continue;
    const auto range = seen.grid.range(*gap.window);
    for (std::size_t i = range.first; i < range.last; ++i) covered[i] = false;
  }
  return covered;
}

// Counts become signals once it is known which minutes can be relied on.
void settle_counts(Observations& seen, const Component& component, const LogGroupSummary& group) {
  const auto covered = covered_minutes(seen, group);
  for (auto& [name, signal] : seen.signals) {
    if (signal.component != component.id || !signal.events || signal.from != Signal::From::kLog) continue;
    signal.minutes.assign(seen.grid.size(), kNan);
    const auto& counts = signal.events->per_minute();
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (covered[i] || counts[i] > 0) signal.minutes[i] = counts[i];
  }
}

Result<void> observe_component(const Store& store, const System& system, const Component& component,
                               const LogGroupSummary& group, Observations& seen) {
  const auto format = format_of(store, component);
  if (!format) return tl::unexpected(format.error());
  seen.log_formats[component.id] = std::string(to_string(*format));
  auto observers = observers_of(seen, system, component, *format);
  const Window span{seen.grid.time(0), seen.grid.time(seen.grid.size())};
  auto scanned = store.scan_logs({{component.log_group}, span}, [&](const LogEventView& event) {
    for (auto& o : observers) o->see(event);
    return true;
  });
  if (!scanned) return scanned;
  for (auto& o : observers) o->finish();
  settle_counts(seen, component, group);
  return {};
}

}  // namespace

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

Result<void> observe_logs(const Store& store, const System& system, Observations& seen) {
  auto groups = store.log_groups();
  if (!groups) return tl::unexpected(groups.error());
  seen.groups = std::move(*groups);
  for (const auto& group : seen.groups) {
    const auto component = std::ranges::find(system.components, group.group, &Component::log_group);
    if (component == system.components.end()) {
      seen.gaps.push_back({GapReason::kNotAsked,
                           group.group,
                           {},
                           fmt::format("{} events of a log group that no component of the system file names "
                                       "were kept, but not analysed",
                                       group.events),
                           {},
                           std::nullopt});
      continue;
    }
    auto observed = observe_component(store, system, *component, group, seen);
    if (!observed) return observed;
  }
  return {};
}

}  // namespace culprit
