#include "sql_report/sql_report.h"

#include <algorithm>
#include <cmath>

namespace culprit {

namespace {

double ms(Microseconds us) { return static_cast<double>(us) / 1000; }
double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

SqlDurations durations(const SqlCalls& calls) {
  SqlDurations out;
  out.count = calls.calls;
  out.total_ms = ms(calls.total_us);
  out.max_ms = ms(calls.max_us);
  // From whole microseconds, rounded to one: the same on every machine.
  if (calls.calls > 0)
    out.mean_ms = std::round(static_cast<double>(calls.total_us) / static_cast<double>(calls.calls)) / 1000;
  return out;
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

SqlDurations durations(const SqlCalls& calls, const QuantileSketch& sketch) {
  SqlDurations out = durations(calls);
  out.p50_ms = rounded(sketch.quantile(0.5));
  out.p95_ms = rounded(sketch.quantile(0.95));
  out.p99_ms = rounded(sketch.quantile(0.99));
  return out;
}

std::uint64_t whole(double value) { return static_cast<std::uint64_t>(std::llround(std::max(0.0, value))); }

template <class Row>
void put_troubles(Row& row, const SqlCounts& counts) {
  row.timeouts = count_of(counts, SqlCount::kStatementTimeout);
  row.lock_timeouts = count_of(counts, SqlCount::kLockTimeout);
  row.lock_waits = count_of(counts, SqlCount::kLockWait);
  row.deadlocks = count_of(counts, SqlCount::kDeadlock);
  row.cancels = count_of(counts, SqlCount::kCancel);
  row.errors = count_of(counts, SqlCount::kError);
}

bool has_anything(const SqlStatementTally& s) {
  return s.calls.calls > 0 || s.lock_wait_us > 0 ||
         std::ranges::any_of(s.counts, [](auto n) { return n > 0; });
}

SqlStatementRow statement_row(const SqlTally& tally, const SqlStatementTally& s) {
  SqlStatementRow row;
  row.fingerprint = s.shape.fingerprint;
  row.sql = s.shape.normalised;
  row.parsed = s.shape.parsed;
  row.durations = durations(s.calls, s.durations_ms);
  const auto all = tally.calls().total_us;
  row.share = all > 0 ? static_cast<double>(s.calls.total_us) / static_cast<double>(all) : 0;
  row.list_calls = s.lists.count();
  row.list_p50 = whole(s.lists.quantile(0.5));
  row.list_max = s.list_max;
  put_troubles(row, s.counts);
  row.lock_wait_ms = ms(s.lock_wait_us);
  row.temp_files = count_of(s.counts, SqlCount::kTempFile);
  row.temp_bytes = s.temp_bytes;
  row.prepares = count_of(s.counts, SqlCount::kPrepare);
  row.prepare_ms = ms(s.prepare_us);
  row.plans = count_of(s.counts, SqlCount::kPlan);
  row.slowest_plan = s.slowest_plan;
  row.first = s.first;
  row.last = s.last;
  row.slowest_at = s.slowest_at;
  for (const auto& [period, calls] : s.by_period)
    row.by_period.push_back({tally.period_start(period), calls.calls, ms(calls.total_us), ms(calls.max_us)});
  return row;
}

// Time spent first; a statement that never came to its end counts by its time-outs, then by other trouble.
void put_statements(SqlReport& out, const SqlTally& tally, std::size_t top) {
  std::vector<const SqlStatementTally*> order;
  for (const auto& s : tally.statements())
    if (has_anything(s)) order.push_back(&s);
  const auto trouble = [](const SqlStatementTally& s, SqlCount what) { return count_of(s.counts, what); };
  std::ranges::sort(order, [&](const auto* a, const auto* b) {
    const auto key = [&](const SqlStatementTally& s) {
      return std::tuple(s.calls.total_us, trouble(s, SqlCount::kStatementTimeout),
                        trouble(s, SqlCount::kError), s.temp_bytes);
    };
    if (key(*a) != key(*b)) return key(*a) > key(*b);
    return a->shape.fingerprint < b->shape.fingerprint;
  });
  // Those with the most time-outs are shown even where others took more time.
  std::vector<const SqlStatementTally*> by_timeouts = order;
  std::ranges::stable_sort(by_timeouts, [&](const auto* a, const auto* b) {
    return trouble(*a, SqlCount::kStatementTimeout) > trouble(*b, SqlCount::kStatementTimeout);
  });
  by_timeouts.resize(std::min<std::size_t>(by_timeouts.size(), std::min<std::size_t>(top, 5)));
  std::erase_if(by_timeouts, [&](const auto* s) { return trouble(*s, SqlCount::kStatementTimeout) == 0; });

  out.statement_kinds = order.size();
  SqlCalls others;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i < top || std::ranges::find(by_timeouts, order[i]) != by_timeouts.end())
      out.statements.push_back(statement_row(tally, *order[i]));
    else
      others.merge(order[i]->calls);
  }
  out.other_statements = durations(others);
}

void put_periods(SqlReport& out, const SqlTally& tally) {
  const auto& periods = tally.periods();
  out.periods_left_out = periods.size() > kPeriodsMax ? periods.size() - kPeriodsMax : 0;
  auto at = std::next(periods.begin(), static_cast<std::ptrdiff_t>(out.periods_left_out));
  for (; at != periods.end(); ++at) {
    const auto& [number, p] = *at;
    SqlPeriodRow row;
    row.time = tally.period_start(number);
    row.durations = durations(p.calls, p.durations_ms);
    put_troubles(row, p.counts);
    row.received = count_of(p.counts, SqlCount::kConnectionReceived);
    row.authorized = count_of(p.counts, SqlCount::kConnectionAuthorized);
    row.disconnected = count_of(p.counts, SqlCount::kDisconnection);
    row.refused = count_of(p.counts, SqlCount::kConnectionRefused);
    row.temp_files = count_of(p.counts, SqlCount::kTempFile);
    row.temp_bytes = p.temp_bytes;
    row.checkpoints = count_of(p.counts, SqlCount::kCheckpoint);
    row.autovacuums = count_of(p.counts, SqlCount::kAutovacuum);
    row.autoanalyzes = count_of(p.counts, SqlCount::kAutoanalyze);
    out.periods.push_back(row);
  }
}

std::vector<SqlNamedCount> most(const std::map<std::string, std::uint64_t>& counts, std::size_t top) {
  std::vector<SqlNamedCount> out;
  for (const auto& [name, n] : counts) out.push_back({name, n});
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.count > b.count; });
  if (out.size() > top) out.resize(top);
  return out;
}

void put_connections(SqlReport& out, const SqlSessions& s, std::size_t top) {
  out.connections = {s.received,
                     s.authorized,
                     s.disconnected,
                     s.refused,
                     rounded(s.seconds.quantile(0.5)),
                     rounded(s.seconds.quantile(0.95)),
                     s.seconds.max(),
                     seconds(s.total_ms),
                     most(s.authorized_by, top),
                     most(s.received_from, top)};
}

void put_checkpoints(SqlReport& out, const SqlCheckpoints& c, std::size_t top) {
  out.checkpoints = {c.completed,           c.buffers,          c.too_frequent,
                     seconds(c.write_ms),   seconds(c.sync_ms), seconds(c.total_ms),
                     seconds(c.longest_ms), c.longest_at,       most(c.started, top)};
}

void put_maintenance(SqlReport& out, const SqlTally& tally, std::size_t top) {
  for (const auto& [table, t] : tally.maintenance())
    out.maintenance.push_back({table, t.vacuums, t.analyzes, seconds(t.elapsed_ms), seconds(t.longest_ms)});
  std::ranges::stable_sort(out.maintenance,
                           [](const auto& a, const auto& b) { return a.elapsed_s > b.elapsed_s; });
  if (out.maintenance.size() > top) out.maintenance.resize(top);
}

void put_errors(SqlReport& out, const SqlTally& tally, std::size_t top) {
  for (const auto& [key, e] : tally.errors())
    out.error_classes.push_back({key.first, key.second, e.example, e.count, e.first, e.last});
  std::ranges::stable_sort(out.error_classes, [](const auto& a, const auto& b) { return a.count > b.count; });
  if (out.error_classes.size() > top) out.error_classes.resize(top);
}

}  // namespace

SqlReport make_sql_report(const SqlTally& tally, std::size_t top) {
  SqlReport out;
  out.window = tally.options().window;
  out.period = tally.options().period;
  out.first = tally.first();
  out.last = tally.last();
  out.entries = tally.entries();
  out.bytes = tally.bytes();
  out.durations = durations(tally.calls(), tally.durations_ms());
  out.unnamed = durations(tally.unnamed());
  put_troubles(out, tally.counts());
  out.prepares = count_of(tally.counts(), SqlCount::kPrepare);
  out.plans = count_of(tally.counts(), SqlCount::kPlan);
  out.autovacuums = count_of(tally.counts(), SqlCount::kAutovacuum);
  out.autoanalyzes = count_of(tally.counts(), SqlCount::kAutoanalyze);
  out.temp_files = count_of(tally.counts(), SqlCount::kTempFile);
  out.temp_bytes = tally.temp_bytes();
  out.temp_bytes_max = tally.temp_bytes_max();
  put_statements(out, tally, top);
  put_periods(out, tally);
  put_connections(out, tally.sessions(), top);
  put_checkpoints(out, tally.checkpoints(), top);
  put_maintenance(out, tally, top);
  put_errors(out, tally, top);
  for (const auto& [key, n] : tally.server_states()) {
    if (out.server_states.size() >= 200) break;
    out.server_states.push_back({key.first, key.second});
  }
  return out;
}

}  // namespace culprit
