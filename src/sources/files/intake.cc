#include "sources/files/intake.h"

#include <fmt/format.h>

namespace culprit {

namespace {

void stretch(std::optional<Window>& span, Time t) {
  const Time next = t + Duration{1};  // the end is exclusive
  if (!span) span = Window{t, next};
  span->start = std::min(span->start, t);
  span->end = std::max(span->end, next);
}

void count(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view key) {
  const auto it = counts.find(key);
  if (it != counts.end())
    ++it->second;
  else
    counts.emplace(std::string(key), 1);
}

std::uint64_t counted(const std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view key) {
  const auto it = counts.find(key);
  return it == counts.end() ? 0 : it->second;
}

// "the Web application (web)"
std::string called(const Component& c) {
  return c.title.empty() ? fmt::format("'{}'", c.id) : fmt::format("{} ('{}')", c.title, c.id);
}

std::string text_of(const boost::json::value& document, std::string_view name) {
  const auto* object = document.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string{} : std::string(*text);
}

}  // namespace

void Intake::check(Result<void> result) {
  if (!result && !failure_) failure_ = result.error();
}

std::vector<LogShare> share_out(const std::vector<LogShare>& wanted, std::uint64_t limit_bytes) {
  std::uint64_t first = 0;
  std::uint64_t rest = 0;
  for (const auto& log : wanted) {
    first += log.first;
    rest += log.rest;
  }
  const auto part = [](std::uint64_t of, std::uint64_t all, std::uint64_t limit) {
    if (all <= limit) return of;
    return static_cast<std::uint64_t>(static_cast<double>(of) / static_cast<double>(all) *
                                      static_cast<double>(limit));
  };
  const std::uint64_t left = limit_bytes - std::min(first, limit_bytes);
  std::vector<LogShare> out;
  for (const auto& log : wanted)
    out.push_back({part(log.first, first, limit_bytes), part(log.rest, rest, left)});
  return out;
}

bool Intake::take_bytes(const LogEventView& event) {
  if (options_.max_log_bytes == 0) return true;
  const std::uint64_t bytes = event.message.size();
  if (log_bytes_ + bytes > options_.max_log_bytes) return false;
  if (share_) {
    const bool comes_first = options_.first && options_.first->contains(event.time);
    std::uint64_t& left = comes_first ? share_->first : share_->rest;
    if (bytes > left) {
      left = 0;  // the cut is one stretch, not a sieve
      return false;
    }
    left -= bytes;
  }
  log_bytes_ += bytes;
  return true;
}

void Intake::event(const LogEventView& event, std::string_view event_id) {
  if (failure_) return;
  if (options_.keep && !options_.keep->contains(event.time)) {
    ++tally_.outside;
    ++events_outside_;
    stretch(outside_span_, event.time);
    count(group_outside_, event.group);
    return;
  }
  if (!event_id.empty()) {
    // Saved answers to several filter patterns hold the same event more than once.
    const auto key =
        std::hash<std::string_view>{}(event_id) ^ (std::hash<std::string_view>{}(event.group) << 1);
    if (!event_ids_.insert(key).second) {
      ++tally_.repeated;
      return;
    }
  }
  if (!take_bytes(event)) {
    ++tally_.beyond_limit;
    stretch(tally_.left_out, event.time);
    return;
  }
  check(store_.append(event));
  ++tally_.events;
  ++kept_events_;
  stretch(covered_, event.time);
  count(group_events_, event.group);
}

void Intake::series(const Series& series) {
  if (failure_ || series.points.empty()) return;
  check(store_.put_series(series));
  tally_.points += series.points.size();
  kept_points_ += series.points.size();
  metrics_.insert(series.id);
  stretch(covered_, series.points.front().time);
  stretch(covered_, series.points.back().time);
}

void Intake::state(const ResourceState& state) {
  if (failure_) return;
  check(store_.put_state(state));
  ++tally_.states;
  ++kept_states_;
  states_.emplace(state.kind, state.id);
  if (state.kind == "ecs:task") {
    described_tasks_.insert(state.id);
    states_.emplace("ecs:task-group", text_of(state.document, "group"));
  }
}

void Intake::gap(Gap gap) {
  if (!failure_) check(store_.put_gap(gap));
}

void Intake::gap_once(Gap gap) {
  if (gaps_said_.emplace(gap.reason, gap.subject).second) this->gap(std::move(gap));
}

void Intake::unreadable(std::string subject, std::string detail) {
  gap({GapReason::kUnreadable, std::move(subject), {}, std::move(detail), {}, {}});
}

void Intake::journal(const JournalEntry& entry) {
  if (!failure_) check(store_.put_journal(entry));
}

void Intake::note(std::string_view key, std::string_view value) {
  if (!failure_) check(store_.put_note(key, value));
}

void Intake::record_absences() {
  for (const auto& component : system_.components) {
    absent_logs(component);
    absent_metrics(component);
    absent_states(component);
  }
  std::erase_if(listed_tasks_, [&](const auto& arn) { return described_tasks_.contains(arn); });
  if (!listed_tasks_.empty())
    gap({GapReason::kMissing,
         "ecs:task",
         {},
         fmt::format(
             "{} task(s) are listed by `aws ecs list-tasks` but the input holds no `aws ecs describe-tasks` "
             "answer about them (first: {}).",
             listed_tasks_.size(), *listed_tasks_.begin()),
         "ecs:DescribeTasks",
         options_.keep});
}

void Intake::absent_logs(const Component& component) {
  if (component.log_group.empty() || counted(group_events_, component.log_group) > 0) return;
  const auto outside = counted(group_outside_, component.log_group);
  if (outside > 0)
    gap({GapReason::kEmpty,
         component.log_group,
         component.id,
         fmt::format("The input holds {} log event(s) of {}, none of them in the time under analysis.",
                     outside, called(component)),
         {},
         options_.keep});
  else
    gap({GapReason::kMissing,
         component.log_group,
         component.id,
         fmt::format("The input holds no log of {}.", called(component)),
         {},
         options_.keep});
}

void Intake::absent_metrics(const Component& component) {
  std::vector<const SystemMetric*> absent;
  std::size_t wanted = 0;
  for (const auto& metric : system_.metrics) {
    if (metric.component != component.id || !metric.signal.empty() || metric.metric.name.empty()) continue;
    ++wanted;
    if (!metrics_.contains(metric.metric)) absent.push_back(&metric);
  }
  if (wanted > 0 && absent.size() == wanted) {
    gap({GapReason::kMissing,
         fmt::format("metrics of {}", component.id),
         component.id,
         fmt::format("The input holds no metric of {}.", called(component)),
         {},
         options_.keep});
    return;
  }
  for (const auto* metric : absent)
    gap({GapReason::kMissing,
         to_string(metric->metric),
         component.id,
         fmt::format("The input holds no datapoints of {} ('{}').", to_string(metric->metric), metric->id),
         {},
         options_.keep});
}

void Intake::absent_states(const Component& component) {
  const auto absent = [&](std::string kind, std::string_view command) {
    gap({GapReason::kMissing,
         std::move(kind),
         component.id,
         fmt::format("The input holds no saved answer of `{}` about {}.", command, called(component)),
         {},
         {}});
  };
  if (component.kind == ComponentKind::kEcsService) {
    if (!states_.contains({"ecs:service", component.name}))
      absent("ecs:service", "aws ecs describe-services");
    if (!states_.contains({"ecs:task-group", "service:" + component.name}))
      absent("ecs:task", "aws ecs describe-tasks");
  }
  if (component.kind == ComponentKind::kRdsInstance && !states_.contains({"rds:db-instance", component.name}))
    absent("rds:db-instance", "aws rds describe-db-instances");
}

}  // namespace culprit
