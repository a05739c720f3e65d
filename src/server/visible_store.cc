#include "server/visible_store.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace culprit::server {

namespace {

void add_to(PatternCount& count, Time period) {
  ++count.total;
  auto at = std::ranges::lower_bound(count.periods, period, {}, &PeriodCount::start);
  if (at == count.periods.end() || at->start != period) at = count.periods.insert(at, {period, 0});
  ++at->count;
}

Time floor_to(Time time, Duration period) {
  const auto since = time.time_since_epoch();
  const auto rest = since % period;
  return Time{since - rest - (rest < Duration{0} ? period : Duration{0})};
}

}  // namespace

bool HiddenEvents::hide(std::string_view stream, EventNumber number) const {
  if (number <= of_group) return true;
  const auto found = of_streams.find(stream);
  return found != of_streams.end() && number <= found->second;
}

bool VisibleStore::shows(const LogEventView& event) const {
  const auto found = hidden_->find(event.group);
  return found == hidden_->end() || !found->second.hide(event.stream, event.number);
}

std::function<bool(const LogEventView&)> VisibleStore::only_shown(
    const std::function<bool(const LogEventView&)>& visit) const {
  return [this, &visit](const LogEventView& event) { return !shows(event) || visit(event); };
}

bool VisibleStore::touches_hidden(const LogQuery& query) const {
  return query.groups.empty() || std::ranges::any_of(query.groups, [&](const std::string& group) {
           return hidden_->contains(group);
         });
}

Result<LogGroupSummary> VisibleStore::summary_of(const std::string& group) const {
  LogGroupSummary out;
  out.group = group;
  std::set<std::string, std::less<>> streams;
  auto scanned = scan_logs({{group}, std::nullopt}, [&](const LogEventView& event) {
    out.first = out.events == 0 ? event.time : std::min(out.first, event.time);
    out.last = out.events == 0 ? event.time : std::max(out.last, event.time);
    ++out.events;
    out.bytes += event.message.size();
    out.last_number = std::max(out.last_number, event.number);
    if (!streams.contains(event.stream)) streams.emplace(event.stream);
    return true;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  out.streams.assign(streams.begin(), streams.end());
  return out;
}

Result<std::vector<LogGroupSummary>> VisibleStore::log_groups() const {
  const std::lock_guard lock(mutex_);
  if (log_groups_) return *log_groups_;
  auto read = read_log_groups();
  if (read) log_groups_ = *read;
  return read;
}

Result<std::vector<LogGroupSummary>> VisibleStore::read_log_groups() const {
  auto all = store_->log_groups();
  if (!all) return all;
  std::vector<LogGroupSummary> out;
  for (auto& summary : *all) {
    const auto hidden = hidden_->find(summary.group);
    if (hidden == hidden_->end()) {
      out.push_back(std::move(summary));
      continue;
    }
    if (summary.last_number <= hidden->second.of_group) continue;
    auto counted = summary_of(summary.group);
    if (!counted) return tl::unexpected(counted.error());
    if (counted->events > 0) out.push_back(std::move(*counted));
  }
  return out;
}

Result<void> VisibleStore::scan_logs(const LogQuery& query,
                                     const std::function<bool(const LogEventView&)>& visit) const {
  return store_->scan_logs(query, only_shown(visit));
}

Result<void> VisibleStore::scan_matches(const LogQuery& query, const LogSearch& search, std::size_t pattern,
                                        const std::function<bool(const LogEventView&)>& visit) const {
  return store_->scan_matches(query, search, pattern, only_shown(visit));
}

Result<std::vector<PatternCount>> VisibleStore::count_matches(const LogQuery& query, const LogSearch& search,
                                                              Duration period) const {
  if (!touches_hidden(query)) return store_->count_matches(query, search, period);
  std::vector<PatternCount> out(search.patterns().size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto scanned = scan_matches(query, search, i, [&](const LogEventView& event) {
      add_to(out[i], floor_to(event.time, period));
      return true;
    });
    if (!scanned) return tl::unexpected(scanned.error());
  }
  return out;
}

Result<MinedForms> VisibleStore::mine_forms(const LogQuery& query) const {
  if (!touches_hidden(query)) return store_->mine_forms(query);
  return fail(ErrorCode::kInternal, "templates are not mined where log groups were deleted");
}

Result<void> VisibleStore::scan_forms(
    const LogQuery& query, TemplateMiner& miner, const WantedForm& wanted,
    const std::function<bool(TemplateMiner::FormNumber, const LogEventView&)>& visit) const {
  return store_->scan_forms(query, miner, wanted,
                            [&](TemplateMiner::FormNumber form, const LogEventView& event) {
                              return !shows(event) || visit(form, event);
                            });
}

// Segments hold hidden events beside others.
Result<bool> VisibleStore::visit_segments(
    const LogQuery& query,
    const std::function<Result<void>(const std::shared_ptr<const Segment>&)>& visit) const {
  if (touches_hidden(query)) return false;
  return store_->visit_segments(query, visit);
}

std::vector<LogEvent> VisibleStore::events(std::vector<EventNumber> numbers) const {
  auto out = store_->events(std::move(numbers));
  std::erase_if(out, [&](const LogEvent& event) { return !shows(event.view()); });
  return out;
}

Result<LogEvent> VisibleStore::event(EventNumber number) const {
  auto out = store_->event(number);
  if (out && !shows(out->view())) return fail(ErrorCode::kNotFound, "the event was deleted");
  return out;
}

}  // namespace culprit::server
