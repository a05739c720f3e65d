#include "diagnosis/evidence_maker.h"

#include <fmt/format.h>

#include <cmath>

#include "base/printable.h"
#include "base/shell_word.h"
#include "diagnosis/aws_answer.h"
#include "diagnosis/filter_pattern.h"
#include "diagnosis/state_digest.h"
#include "diagnosis/unit_factor.h"

namespace culprit {

namespace {

constexpr std::size_t kExcerptBytes = 600;
constexpr std::size_t kDocumentBytes = 4000;

std::string state_command(const ResourceState& state, const Component& c) {
  if (state.kind == "ecs:service")
    return fmt::format("aws ecs describe-services --cluster {} --services {}", c.cluster, c.name);
  if (state.kind == "ecs:task")
    return fmt::format("aws ecs describe-tasks --cluster {} --tasks {}", c.cluster, state.id);
  if (state.kind == "rds:event")
    return fmt::format("aws rds describe-events --source-identifier {} --source-type db-instance", c.name);
  return fmt::format("aws rds describe-db-instances --db-instance-identifier {}", c.name);
}

Excerpt excerpt_of(const LogEvent& event) {
  Excerpt out;
  out.number = event.number;
  out.time = event.time;
  out.stream = event.stream;
  out.cut = event.message.size() > kExcerptBytes;
  std::string_view shown(event.message);
  if (out.cut) {
    std::size_t end = kExcerptBytes;
    while (end > kExcerptBytes - 4 && (static_cast<unsigned char>(shown[end]) & 0xC0u) == 0x80u) --end;
    shown = shown.substr(0, end);
  }
  out.text = printable(shown);
  return out;
}

}  // namespace

EvidenceMaker::EvidenceMaker(const Store& store, const System& system, const Observations& seen,
                             const InvestigateOptions& options, EvidenceBook& book)
    : store_(store), system_(system), seen_(seen), options_(options), book_(book) {
  // What the collection noted is what answered; the system file says what it should be asked with.
  const auto add = [&](std::string flag, std::string_view note, const std::string& otherwise) {
    const auto noted = store.note(note);
    const std::string value = noted && *noted ? **noted : otherwise;
    if (!value.empty()) aws_flags_.emplace_back(std::move(flag), value);
  };
  add("--profile", "aws.profile", system.aws_profile);
  add("--region", "aws.region", system.aws_region);
}

std::string EvidenceMaker::profile_flags() const {
  std::string out;
  for (const auto& [flag, value] : aws_flags_) out += fmt::format(" {} {}", flag, shell_word(value));
  return out;
}

std::string EvidenceMaker::culprit_command(std::string_view target) const {
  return fmt::format("culprit explain {} {}{}", shell_word(options_.capsule), target,
                     options_.capsule_options);
}

std::string EvidenceMaker::logs_command(std::string_view group, std::string_view filter,
                                        const Window& window) const {
  if (group.starts_with("file:")) return {};
  std::string out =
      fmt::format("aws logs filter-log-events --log-group-name {} --start-time {} --end-time {}", group,
                  to_epoch_ms(window.start), to_epoch_ms(window.end));
  if (!filter.empty()) out += " --filter-pattern '" + inside_single_quotes(filter) + "'";
  return out + profile_flags();
}

// Only where it is; the text comes with fill_excerpts().
void EvidenceMaker::add_excerpt(Evidence& evidence, EventCounter::Mark mark) const {
  if (mark.number == 0 || options_.excerpts == 0) return;
  Excerpt out;
  out.number = mark.number;
  evidence.excerpts.push_back(std::move(out));
}

void EvidenceMaker::fill_excerpts() {
  std::vector<EventNumber> numbers;
  for (const auto& e : book_.all())
    for (const auto& x : e.excerpts) numbers.push_back(x.number);
  const auto events = store_.events(std::move(numbers));
  for (std::size_t i = 1; i <= book_.all().size(); ++i)
    std::erase_if(book_.edit(static_cast<int>(i)).excerpts, [&](Excerpt& x) {
      const auto event = std::ranges::lower_bound(events, x.number, {}, &LogEvent::number);
      const bool is_there = event != events.end() && event->number == x.number;
      if (is_there) x = excerpt_of(*event);
      return !is_there;
    });
}

// The first and last of the window, the first of the busiest minutes between.
std::vector<EventCounter::Mark> EvidenceMaker::sample(const Signal& signal) const {
  std::vector<EventCounter::Mark> out;
  const auto& events = *signal.events;
  const auto range = seen_.grid.range(seen_.window);
  std::vector<std::size_t> minutes;
  for (std::size_t i = range.first; i < range.last; ++i)
    if (events.per_minute()[i] > 0) minutes.push_back(i);
  std::ranges::stable_sort(minutes,
                           [&](auto a, auto b) { return events.per_minute()[a] > events.per_minute()[b]; });
  out.push_back(events.first());
  for (const auto m : minutes) {
    if (out.size() + 1 >= static_cast<std::size_t>(options_.excerpts)) break;
    out.push_back(events.first_of_minute(m));
  }
  out.push_back(events.last());
  std::ranges::sort(out, {}, &EventCounter::Mark::number);
  const auto same = [](const auto& a, const auto& b) { return a.number == b.number; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  std::erase_if(out, [&](const auto& m) { return m.number == 0 || !seen_.window.contains(m.time); });
  std::ranges::stable_sort(out, {}, &EventCounter::Mark::time);
  return out;
}

Evidence EvidenceMaker::log_evidence(const Signal& signal) const {
  Evidence e;
  e.kind = EvidenceKind::kLog;
  e.source = signal.group;
  if (signal.events) {
    e.count = signal.events->window_count();
    for (const auto& mark : sample(signal)) add_excerpt(e, mark);
  }
  const auto range = seen_.grid.range(seen_.window);
  for (std::size_t i = range.first; i < range.last; ++i)
    if (!std::isnan(signal.minutes[i])) e.points.push_back({seen_.grid.time(i), signal.minutes[i]});
  e.aws_command = logs_command(signal.group, signal.filter, seen_.window);
  return e;
}

Evidence EvidenceMaker::metric_evidence(const Signal& signal) const {
  Evidence e;
  e.kind = EvidenceKind::kMetric;
  const auto& m = *signal.metric;
  e.source = to_string(m.metric);
  e.statistic = m.statistics.empty() ? "Average" : m.statistics.front();
  const auto range = seen_.grid.range(seen_.window);
  for (std::size_t i = range.first; i < range.last; ++i)
    if (!std::isnan(signal.minutes[i])) e.points.push_back({seen_.grid.time(i), signal.minutes[i]});
  e.count = e.points.size();
  std::string dimensions;
  for (const auto& d : m.metric.dimensions) dimensions += fmt::format(" Name={},Value={}", d.name, d.value);
  std::string statistics;
  for (const auto& s : m.statistics) statistics += " " + s;
  e.aws_command = fmt::format(
      "aws cloudwatch get-metric-statistics --namespace {} --metric-name {} --dimensions{} --statistics{} "
      "--period {} --start-time {} --end-time {}{}",
      m.metric.name_space, m.metric.name, dimensions, statistics, m.period.count(),
      format_utc(seen_.window.start), format_utc(seen_.window.end), profile_flags());
  return e;
}

std::vector<Series> EvidenceMaker::chart(const Signal& signal) const {
  if (signal.metric == nullptr) return {};
  const Window span{seen_.grid.time(0), seen_.grid.time(seen_.grid.size())};
  auto all = store_.series(signal.metric->metric, span);
  if (!all) return {};
  std::vector<Series> out;
  for (const auto& statistic : signal.metric->statistics) {
    const Series* finest = nullptr;
    for (const auto& s : *all)
      if (s.statistic == statistic && !s.points.empty() && (!finest || s.period < finest->period))
        finest = &s;
    if (finest == nullptr) continue;
    out.push_back(*finest);
    const double factor = unit_factor(finest->unit, signal.metric->unit);
    if (factor != 1)
      for (auto& point : out.back().points) point.value *= factor;
  }
  return out;
}

// The answer that shows a state signal best: a stopped task for stops, else the service or instance.
const ResourceState* EvidenceMaker::state_behind(const Signal& signal) const {
  const auto states = seen_.states.find(signal.component);
  if (states == seen_.states.end() || states->second.empty()) return nullptr;
  const bool of_task = signal.name.ends_with(".tasks_stopped") || signal.name.ends_with(".task_memory_kills");
  for (const auto& s : states->second) {
    if (of_task && s.kind == "ecs:task" && time_field(s.document, "stoppedAt")) return &s;
    if (!of_task && (s.kind == "ecs:service" || s.kind == "rds:db-instance")) return &s;
  }
  return &states->second.front();
}

EvidenceRef EvidenceMaker::of_signal(const Signal& signal) {
  if (const auto it = by_signal_.find(signal.name); it != by_signal_.end()) return it->second;
  Evidence e;
  if (signal.from == Signal::From::kMetric) {
    e = metric_evidence(signal);
  } else if (signal.from == Signal::From::kLog) {
    e = log_evidence(signal);
  } else if (const auto* state = state_behind(signal)) {
    return of_state(*state, *system_.component(signal.component), signal.name);
  }
  e.title = signal.name;
  e.component = signal.component;
  e.window = seen_.window;
  e.unit = signal.unit;
  e.culprit_command = culprit_command(signal.name);
  const auto ref = book_.add(std::move(e));
  by_signal_.emplace(signal.name, ref);
  return ref;
}

EvidenceRef EvidenceMaker::of_events(std::string title, const Component& component,
                                     const std::vector<EventCounter::Mark>& events, std::uint64_t count,
                                     std::string_view filter) {
  Evidence e;
  e.kind = EvidenceKind::kLog;
  e.title = std::move(title);
  e.component = component.id;
  e.source = component.log_group;
  e.window = seen_.window;
  e.count = count;
  for (const auto& mark : events) add_excerpt(e, mark);
  const EventNumber shown = e.excerpts.empty() ? 0 : e.excerpts.front().number;
  e.aws_command = logs_command(component.log_group, filter, seen_.window);
  e.culprit_command = culprit_command(fmt::format("event:{}", shown));
  return book_.add(std::move(e));
}

EvidenceRef EvidenceMaker::of_change(const ChangeEvent& change) {
  const std::string key =
      fmt::format("change {} {} {} {}", to_epoch_ms(change.time), change.kind, change.event, change.text);
  if (const auto it = by_key_.find(key); it != by_key_.end()) return it->second;
  Evidence e;
  e.kind = EvidenceKind::kChange;
  e.title = change.text;
  e.component = change.component;
  e.source = change.group.empty() ? change.kind : change.group;
  e.count = 1;
  const Window around{change.time - std::chrono::minutes(1), change.time + std::chrono::minutes(1)};
  e.window = around;
  if (change.event != 0) {
    add_excerpt(e, {change.time, change.event});
    e.aws_command = logs_command(change.group, leading_words_filter(change.text), around);
    e.culprit_command = culprit_command(fmt::format("event:{}", change.event));
  } else {
    e.document = printable(std::string_view(change.document).substr(0, kDocumentBytes));
    e.culprit_command = culprit_command("changes");
    if (const auto* c = system_.component(change.component))
      e.aws_command =
          (c->kind == ComponentKind::kRdsInstance
               ? fmt::format("aws rds describe-events --source-identifier {} --source-type db-instance "
                             "--start-time {} --end-time {}",
                             c->name, format_utc(around.start), format_utc(around.end))
               : fmt::format("aws ecs describe-services --cluster {} --services {}", c->cluster, c->name)) +
          profile_flags();
  }
  const auto ref = book_.add(std::move(e));
  by_key_.emplace(key, ref);
  return ref;
}

EvidenceRef EvidenceMaker::of_state(const ResourceState& state, const Component& component,
                                    std::string title) {
  const std::string key = fmt::format("state {} {} {}", state.kind, state.id, to_epoch_ms(state.observed_at));
  if (const auto it = by_key_.find(key); it != by_key_.end()) return it->second;
  Evidence e;
  e.kind = EvidenceKind::kState;
  e.title = std::move(title);
  e.component = component.id;
  e.source = fmt::format("{} {}", state.kind, state.id);
  e.count = 1;
  const std::string document = state_digest(state.kind, state.document);
  e.document = printable(std::string_view(document).substr(0, kDocumentBytes));
  e.aws_command = state_command(state, component) + profile_flags();
  e.culprit_command = culprit_command("state:" + component.id);
  const auto ref = book_.add(std::move(e));
  by_key_.emplace(key, ref);
  return ref;
}

EvidenceRef EvidenceMaker::of_gap(const Gap& gap) {
  Evidence e;
  e.kind = EvidenceKind::kGap;
  e.title = gap.detail;
  e.component = gap.component;
  e.source = gap.subject;
  e.window = gap.window;
  e.culprit_command = culprit_command("gaps");
  return book_.add(std::move(e));
}

}  // namespace culprit
