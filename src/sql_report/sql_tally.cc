#include "sql_report/sql_tally.h"

#include <algorithm>

namespace culprit {

namespace {

constexpr std::size_t kStatementsMax = 50'000;
constexpr std::size_t kNamesMax = 10'000;
constexpr std::size_t kNameBytesMax = 300;
constexpr std::size_t kExampleBytesMax = 1'000;
constexpr std::size_t kPlanBytesMax = 4'000;
constexpr std::string_view kOthers = "(others)";

double ms(Microseconds us) { return static_cast<double>(us) / 1000; }

void count(SqlCounts& counts, SqlCount what) { ++counts[static_cast<std::size_t>(what)]; }

void merge_counts(SqlCounts& into, const SqlCounts& from) {
  for (std::size_t i = 0; i < kSqlCounts; ++i) into[i] += from[i];
}

// The value under the key; logs go forward in time, so it is most often the last.
template <class Value>
Value& at_period(std::map<std::int64_t, Value>& map, std::int64_t period) {
  if (!map.empty() && map.rbegin()->first == period) return map.rbegin()->second;
  return map[period];
}

// The value under the name, or under "(others)" when there are too many names.
template <class Map>
typename Map::mapped_type& named(Map& map, std::string_view name) {
  std::string key(name.substr(0, kNameBytesMax));
  if (map.size() >= kNamesMax && !map.contains(key)) key = kOthers;
  return map[std::move(key)];
}

void see_time(std::optional<Time>& first, std::optional<Time>& last, Time time) {
  if (!first || time < *first) first = time;
  if (!last || time > *last) last = time;
}

void take_slowest(SqlStatementTally& into, Microseconds duration_us, std::optional<Time> at) {
  if (!at) return;
  if (!into.slowest_at || duration_us > into.calls.max_us ||
      (duration_us == into.calls.max_us && *at < *into.slowest_at))
    into.slowest_at = at;
}

// A plan's nodes; the statement before them is known better.
std::string plan_nodes(std::string_view plan) {
  if (const auto cost = plan.find("(cost="); cost != std::string_view::npos) {
    const auto line = plan.rfind('\n', cost);
    plan.remove_prefix(line == std::string_view::npos ? 0 : line + 1);
  }
  std::string out(plan.substr(0, kPlanBytesMax));
  std::erase(out, '\r');
  return out;
}

void take_plan(SqlStatementTally& into, Microseconds duration_us, std::string plan) {
  if (duration_us > into.slowest_plan_us ||
      (duration_us == into.slowest_plan_us && plan < into.slowest_plan)) {
    into.slowest_plan_us = duration_us;
    into.slowest_plan = std::move(plan);
  }
}

void take_example(SqlErrorTally& into, Time time, std::string_view example) {
  example = example.substr(0, kExampleBytesMax);
  if (into.count == 0 || time < into.first || (time == into.first && example < into.example))
    into.example = example;
}

void merge_statement(SqlStatementTally& into, const SqlStatementTally& from) {
  take_slowest(into, from.calls.max_us, from.slowest_at);
  take_plan(into, from.slowest_plan_us, from.slowest_plan);
  into.calls.merge(from.calls);
  into.durations_ms.merge(from.durations_ms);
  into.lists.merge(from.lists);
  into.list_max = std::max(into.list_max, from.list_max);
  merge_counts(into.counts, from.counts);
  into.lock_wait_us += from.lock_wait_us;
  into.temp_bytes += from.temp_bytes;
  into.prepare_us += from.prepare_us;
  if (from.first) see_time(into.first, into.last, *from.first);
  if (from.last) see_time(into.first, into.last, *from.last);
  for (const auto& [period, calls] : from.by_period) into.by_period[period].merge(calls);
}

template <class Map>
void merge_numbers(Map& into, const Map& from) {
  for (const auto& [name, n] : from) named(into, name) += n;
}

void merge_sessions(SqlSessions& into, const SqlSessions& from) {
  into.received += from.received;
  into.authorized += from.authorized;
  into.disconnected += from.disconnected;
  into.refused += from.refused;
  into.seconds.merge(from.seconds);
  into.total_ms += from.total_ms;
  merge_numbers(into.authorized_by, from.authorized_by);
  merge_numbers(into.received_from, from.received_from);
}

void take_longest(SqlCheckpoints& into, std::int64_t total_ms, std::optional<Time> at) {
  if (!at) return;
  if (!into.longest_at || total_ms > into.longest_ms ||
      (total_ms == into.longest_ms && *at < *into.longest_at)) {
    into.longest_ms = total_ms;
    into.longest_at = at;
  }
}

void merge_checkpoints(SqlCheckpoints& into, const SqlCheckpoints& from) {
  merge_numbers(into.started, from.started);
  into.completed += from.completed;
  into.buffers += from.buffers;
  into.too_frequent += from.too_frequent;
  into.write_ms += from.write_ms;
  into.sync_ms += from.sync_ms;
  into.total_ms += from.total_ms;
  take_longest(into, from.longest_ms, from.longest_at);
}

}  // namespace

void SqlCalls::merge(const SqlCalls& other) {
  calls += other.calls;
  total_us += other.total_us;
  max_us = std::max(max_us, other.max_us);
}

SqlTally::SqlTally(SqlTallyOptions options) : options_(std::move(options)) {}

SqlTally::StatementId SqlTally::statement(const StatementShape& shape) {
  const bool full = statements_.size() >= kStatementsMax;
  const std::string& key = shape.fingerprint;
  if (const auto known = by_fingerprint_.find(key); known != by_fingerprint_.end()) {
    // Of several texts with one fingerprint the least is shown, whichever came first.
    auto& shown = statements_[known->second].shape.normalised;
    if (shape.normalised < shown) shown = shape.normalised;
    return known->second;
  }
  if (full && shape.fingerprint != kOthers)
    return statement({std::string(kOthers), "(statements beyond the first 50,000)", false});
  const auto id = static_cast<StatementId>(statements_.size());
  statements_.emplace_back().shape = shape;
  by_fingerprint_.emplace(key, id);
  return id;
}

bool SqlTally::see(Time time) {
  if (options_.window && !options_.window->contains(time)) return false;
  see_time(first_, last_, time);
  return true;
}

SqlPeriodTally& SqlTally::period(Time time) { return at_period(periods_, period_number(time)); }

std::int64_t SqlTally::period_number(Time time) const {
  const auto since = time.time_since_epoch();
  const auto number = since / options_.period;
  return since % options_.period < Duration::zero() ? number - 1 : number;
}

void SqlTally::add_call(StatementId id, Time time, Microseconds duration_us, std::uint64_t list) {
  if (!see(time)) return;
  const double duration_ms = ms(duration_us);
  const auto number = period_number(time);
  auto& whole = at_period(periods_, number);
  whole.calls.add(duration_us);
  whole.durations_ms.add(duration_ms);
  durations_ms_.add(duration_ms);
  calls_.add(duration_us);
  auto& s = statements_[id];
  take_slowest(s, duration_us, time);
  s.calls.add(duration_us);
  s.durations_ms.add(duration_ms);
  if (list > 0) {
    s.lists.add(static_cast<double>(list));
    s.list_max = std::max(s.list_max, list);
  }
  see_time(s.first, s.last, time);
  at_period(s.by_period, number).add(duration_us);
}

void SqlTally::add_prepare(StatementId id, Time time, Microseconds duration_us) {
  if (!see(time)) return;
  auto& s = statements_[id];
  count(s.counts, SqlCount::kPrepare);
  count(counts_, SqlCount::kPrepare);
  count(period(time).counts, SqlCount::kPrepare);
  s.prepare_us += duration_us;
}

void SqlTally::add_plan(StatementId id, Time time, Microseconds duration_us, std::string_view plan) {
  if (!see(time)) return;
  auto& s = statements_[id];
  count(s.counts, SqlCount::kPlan);
  count(counts_, SqlCount::kPlan);
  count(period(time).counts, SqlCount::kPlan);
  take_plan(s, duration_us, plan_nodes(plan));
}

void SqlTally::add_unnamed_duration(Time time, Microseconds duration_us) {
  if (see(time)) unnamed_.add(duration_us);
}

void SqlTally::add(SqlCount what, Time time) {
  if (!see(time)) return;
  count(counts_, what);
  count(period(time).counts, what);
  if (what == SqlCount::kConnectionRefused) ++sessions_.refused;
}

void SqlTally::add_to_statement(StatementId id, SqlCount what, Time time, std::uint64_t list) {
  if (id == kNoStatement || !see(time)) return;
  auto& s = statements_[id];
  count(s.counts, what);
  see_time(s.first, s.last, time);
  if (list == 0 || what != SqlCount::kStatementTimeout) return;
  s.lists.add(static_cast<double>(list));
  s.list_max = std::max(s.list_max, list);
}

void SqlTally::add_lock_wait_time(StatementId id, Time time, Microseconds waited_us) {
  if (id == kNoStatement || !see(time)) return;
  statements_[id].lock_wait_us += waited_us;
}

void SqlTally::add_temp_file(Time time, std::uint64_t bytes) {
  if (!see(time)) return;
  add(SqlCount::kTempFile, time);
  period(time).temp_bytes += bytes;
  temp_bytes_ += bytes;
  temp_bytes_max_ = std::max(temp_bytes_max_, bytes);
}

void SqlTally::add_temp_file_to_statement(StatementId id, Time time, std::uint64_t bytes) {
  if (id == kNoStatement || !see(time)) return;
  add_to_statement(id, SqlCount::kTempFile, time, 0);
  statements_[id].temp_bytes += bytes;
}

void SqlTally::add_error(Time time, std::string_view level, std::string_view error_class,
                         std::string_view example) {
  if (!see(time)) return;
  add(SqlCount::kError, time);
  std::pair<std::string, std::string> key(level, error_class.substr(0, kNameBytesMax));
  if (errors_.size() >= kNamesMax && !errors_.contains(key)) key.second = kOthers;
  auto& e = errors_[std::move(key)];
  take_example(e, time, example);
  e.first = e.count == 0 ? time : std::min(e.first, time);
  e.last = e.count == 0 ? time : std::max(e.last, time);
  ++e.count;
}

void SqlTally::add_received(Time time, std::string_view host) {
  if (!see(time)) return;
  add(SqlCount::kConnectionReceived, time);
  ++sessions_.received;
  ++named(sessions_.received_from, host);
}

void SqlTally::add_authorized(Time time, std::string_view user_at_database) {
  if (!see(time)) return;
  add(SqlCount::kConnectionAuthorized, time);
  ++sessions_.authorized;
  ++named(sessions_.authorized_by, user_at_database);
}

void SqlTally::add_disconnected(Time time, Duration session) {
  if (!see(time)) return;
  add(SqlCount::kDisconnection, time);
  ++sessions_.disconnected;
  sessions_.total_ms += session.count();
  sessions_.seconds.add(static_cast<double>(session.count()) / 1000);
}

void SqlTally::add_checkpoint_start(Time time, std::string_view reason) {
  if (see(time)) ++named(checkpoints_.started, reason);
}

void SqlTally::add_checkpoint(Time time, const Checkpoint& checkpoint) {
  if (!see(time)) return;
  add(SqlCount::kCheckpoint, time);
  ++checkpoints_.completed;
  checkpoints_.buffers += checkpoint.buffers;
  checkpoints_.write_ms += checkpoint.write.count();
  checkpoints_.sync_ms += checkpoint.sync.count();
  checkpoints_.total_ms += checkpoint.total.count();
  take_longest(checkpoints_, checkpoint.total.count(), time);
}

void SqlTally::add_checkpoint_warning(Time time) {
  if (see(time)) ++checkpoints_.too_frequent;
}

void SqlTally::add_maintenance(Time time, std::string_view table, bool vacuum, Duration elapsed) {
  if (!see(time)) return;
  add(vacuum ? SqlCount::kAutovacuum : SqlCount::kAutoanalyze, time);
  auto& t = named(maintenance_, table);
  ++(vacuum ? t.vacuums : t.analyzes);
  t.elapsed_ms += elapsed.count();
  t.longest_ms = std::max(t.longest_ms, elapsed.count());
}

void SqlTally::add_server_state(Time time, std::string_view message) {
  if (!see(time)) return;
  add(SqlCount::kServerState, time);
  if (server_states_.size() < kNamesMax)
    ++server_states_[{time, std::string(message.substr(0, kNameBytesMax))}];
}

void SqlTally::merge(const SqlTally& other) {
  for (const auto& s : other.statements_) merge_statement(statements_[statement(s.shape)], s);
  for (const auto& [number, from] : other.periods_) {
    auto& into = periods_[number];
    into.calls.merge(from.calls);
    into.durations_ms.merge(from.durations_ms);
    merge_counts(into.counts, from.counts);
    into.temp_bytes += from.temp_bytes;
  }
  for (const auto& [key, from] : other.errors_) {
    auto place = key;
    if (errors_.size() >= kNamesMax && !errors_.contains(key)) place.second = kOthers;
    auto& into = errors_[place];
    take_example(into, from.first, from.example);
    into.first = into.count == 0 ? from.first : std::min(into.first, from.first);
    into.last = into.count == 0 ? from.last : std::max(into.last, from.last);
    into.count += from.count;
  }
  merge_sessions(sessions_, other.sessions_);
  merge_checkpoints(checkpoints_, other.checkpoints_);
  for (const auto& [table, from] : other.maintenance_) {
    auto& into = named(maintenance_, table);
    into.vacuums += from.vacuums;
    into.analyzes += from.analyzes;
    into.elapsed_ms += from.elapsed_ms;
    into.longest_ms = std::max(into.longest_ms, from.longest_ms);
  }
  for (const auto& [key, n] : other.server_states_)
    if (server_states_.size() < kNamesMax || server_states_.contains(key)) server_states_[key] += n;
  durations_ms_.merge(other.durations_ms_);
  calls_.merge(other.calls_);
  unnamed_.merge(other.unnamed_);
  merge_counts(counts_, other.counts_);
  temp_bytes_ += other.temp_bytes_;
  temp_bytes_max_ = std::max(temp_bytes_max_, other.temp_bytes_max_);
  if (other.first_) see_time(first_, last_, *other.first_);
  if (other.last_) see_time(first_, last_, *other.last_);
  entries_ += other.entries_;
  bytes_ += other.bytes_;
}

}  // namespace culprit
