#include "report/sql_outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

using wording::Clock;

std::string number(std::uint64_t n) { return n == 0 ? "" : wording::count(n); }
std::string time_spent(double ms) { return ms == 0 ? "" : wording::milliseconds(ms); }
std::string size(std::uint64_t bytes) { return bytes == 0 ? "" : wording::bytes(static_cast<double>(bytes)); }
Phrase bad(std::uint64_t n) { return cell(number(n), n > 0 ? Tone::kBad : Tone::kPlain); }

// Only where something was counted; a report of one kind of trouble has no empty columns of others.
class Columns {
 public:
  void add(std::string title, bool shown, std::function<Phrase(std::size_t)> cell_of, bool numeric = true) {
    if (shown) columns_.push_back({{std::move(title), numeric}, std::move(cell_of)});
  }
  Table table(std::size_t rows) const {
    Table out;
    for (const auto& c : columns_) out.columns.push_back(c.column);
    for (std::size_t i = 0; i < rows; ++i) {
      auto& row = out.rows.emplace_back();
      for (const auto& c : columns_) row.push_back(c.cell_of(i));
    }
    return out;
  }

 private:
  struct Entry {
    Column column;
    std::function<Phrase(std::size_t)> cell_of;
  };
  std::vector<Entry> columns_;
};

template <class Row, class Member>
bool any(const std::vector<Row>& rows, Member member) {
  return std::ranges::any_of(rows, [&](const Row& row) { return std::invoke(member, row) != 0; });
}

Table statement_table(const SqlReport& r, bool wide) {
  const auto& s = r.statements;
  using Row = SqlStatementRow;
  Columns t;
  t.add(
      "Statement", true, [&](auto i) { return code_cell(s[i].fingerprint); }, false);
  t.add("Calls", true, [&](auto i) { return cell(number(s[i].durations.count)); });
  t.add("Total", true, [&](auto i) { return cell(time_spent(s[i].durations.total_ms)); });
  t.add("Share", true, [&](auto i) { return cell(s[i].share == 0 ? "" : wording::share(s[i].share)); });
  const auto duration = [&](std::string title, bool shown, double SqlDurations::*member) {
    t.add(std::move(title), shown, [&s, member](auto i) { return cell(time_spent(s[i].durations.*member)); });
  };
  duration("Mean", wide, &SqlDurations::mean_ms);
  duration("p50", true, &SqlDurations::p50_ms);
  duration("p95", true, &SqlDurations::p95_ms);
  duration("p99", wide, &SqlDurations::p99_ms);
  duration("Max", true, &SqlDurations::max_ms);
  t.add("IN list p50", wide && any(s, &Row::list_max), [&](auto i) { return cell(number(s[i].list_p50)); });
  t.add(wide ? "IN list max" : "IN max", any(s, &Row::list_max),
        [&](auto i) { return cell(number(s[i].list_max)); });
  t.add("Time-outs", any(s, &Row::timeouts), [&](auto i) { return bad(s[i].timeouts); });
  t.add("Lock waits", any(s, &Row::lock_waits), [&](auto i) { return bad(s[i].lock_waits); });
  t.add("Waited", wide && any(s, &Row::lock_wait_ms),
        [&](auto i) { return cell(time_spent(s[i].lock_wait_ms)); });
  t.add("Deadlocks", any(s, &Row::deadlocks), [&](auto i) { return bad(s[i].deadlocks); });
  t.add("Errors", any(s, &Row::errors), [&](auto i) { return cell(number(s[i].errors)); });
  t.add("Temp files", any(s, &Row::temp_files), [&](auto i) { return cell(number(s[i].temp_files)); });
  t.add("Temp bytes", wide && any(s, &Row::temp_files), [&](auto i) { return cell(size(s[i].temp_bytes)); });
  t.add("Plans", wide && any(s, &Row::plans), [&](auto i) { return cell(number(s[i].plans)); });
  return t.table(s.size());
}

void add_statement_texts(const SqlReport& r, const Clock& clock, Blocks& blocks) {
  for (const auto& s : r.statements) {
    std::string what = "Statement " + s.fingerprint;
    if (s.first && s.last) what += fmt::format(", {} – {}", clock.both(*s.first), clock.both(*s.last));
    if (s.slowest_at) what += fmt::format(", slowest {}", clock.both(*s.slowest_at));
    blocks.push_back(paragraph(say(what, Tone::kMuted)));
    blocks.push_back(code(s.sql, "sql"));
    if (!s.slowest_plan.empty()) {
      blocks.push_back(paragraph(say("Plan of its slowest execution with one:", Tone::kMuted)));
      blocks.push_back(code(s.slowest_plan, "text"));
    }
  }
}

Section statements_section(const SqlReport& r, const Clock& clock, bool wide) {
  Section out{"statements", "Statements", {}};
  if (r.statements.empty()) {
    out.blocks.push_back(note("No statement was logged. log_min_duration_statement decides which are."));
    return out;
  }
  out.blocks.push_back(table(statement_table(r, wide)));
  if (r.other_statements.count > 0)
    out.blocks.push_back(note(fmt::format("Others: {} with {} in total.",
                                          wording::plural(r.other_statements.count, "call", "calls"),
                                          wording::milliseconds(r.other_statements.total_ms))));
  if (r.unnamed.count > 0)
    out.blocks.push_back(note(fmt::format("{} logged without a statement, {} in total.",
                                          wording::plural(r.unnamed.count, "duration was", "durations were"),
                                          wording::milliseconds(r.unnamed.total_ms))));
  add_statement_texts(r, clock, out.blocks);
  return out;
}

std::string period_name(Duration period) {
  return period == std::chrono::minutes(1) ? "minute" : format_duration(period);
}

Table period_table(const std::vector<SqlPeriodRow>& p, const Clock& clock, bool wide) {
  using Row = SqlPeriodRow;
  Columns t;
  t.add(
      "From", true, [&](auto i) { return cell(clock.both(p[i].time)); }, false);
  t.add("Calls", true, [&](auto i) { return cell(number(p[i].durations.count)); });
  t.add("Total", true, [&](auto i) { return cell(time_spent(p[i].durations.total_ms)); });
  t.add("p50", true, [&](auto i) { return cell(time_spent(p[i].durations.p50_ms)); });
  t.add("p95", true, [&](auto i) { return cell(time_spent(p[i].durations.p95_ms)); });
  t.add("Max", true, [&](auto i) { return cell(time_spent(p[i].durations.max_ms)); });
  t.add("Time-outs", any(p, &Row::timeouts), [&](auto i) { return bad(p[i].timeouts); });
  t.add("Lock waits", any(p, &Row::lock_waits), [&](auto i) { return bad(p[i].lock_waits); });
  t.add("Deadlocks", any(p, &Row::deadlocks), [&](auto i) { return bad(p[i].deadlocks); });
  t.add("Errors", any(p, &Row::errors), [&](auto i) { return cell(number(p[i].errors)); });
  t.add("Connections", any(p, &Row::received) || any(p, &Row::authorized),
        [&](auto i) { return cell(number(std::max(p[i].received, p[i].authorized))); });
  t.add("Refused", any(p, &Row::refused), [&](auto i) { return bad(p[i].refused); });
  t.add("Temp bytes", wide && any(p, &Row::temp_bytes), [&](auto i) { return cell(size(p[i].temp_bytes)); });
  t.add("Checkpoints", wide && any(p, &Row::checkpoints),
        [&](auto i) { return cell(number(p[i].checkpoints)); });
  t.add("Autovacuum", wide && (any(p, &Row::autovacuums) || any(p, &Row::autoanalyzes)),
        [&](auto i) { return cell(number(p[i].autovacuums + p[i].autoanalyzes)); });
  return t.table(p.size());
}

// All periods, or the most troubled of them, in the order of time.
Section periods_section(const SqlReport& r, const Clock& clock, const SqlOutlineOptions& options) {
  const std::size_t most = options.periods_max;
  Section out{"periods", "By " + period_name(r.period), {}};
  if (r.periods.empty()) {
    out.blocks.push_back(note("Nothing to show."));
    return out;
  }
  auto rows = r.periods;
  if (rows.size() > most) {
    std::ranges::stable_sort(rows, [](const auto& a, const auto& b) {
      return std::tuple(a.timeouts + a.lock_timeouts, a.durations.total_ms) >
             std::tuple(b.timeouts + b.lock_timeouts, b.durations.total_ms);
    });
    rows.resize(most);
    std::ranges::sort(rows, {}, &SqlPeriodRow::time);
    out.blocks.push_back(note(fmt::format("The {} with the most time-outs and time, of {}.", most,
                                          wording::count(r.periods.size() + r.periods_left_out))));
  }
  out.blocks.push_back(table(period_table(rows, clock, options.wide)));
  return out;
}

Table counts_table(std::string what, const std::vector<SqlNamedCount>& counts) {
  Table t{{{std::move(what)}, {"Count", true}}, {}};
  for (const auto& c : counts)
    t.rows.push_back({cell(c.name.empty() ? "(none)" : c.name), cell(number(c.count))});
  return t;
}

Section errors_section(const SqlReport& r, const Clock& clock) {
  Section out{"errors", "Errors", {}};
  if (r.error_classes.empty()) {
    out.blocks.push_back(note("None."));
    return out;
  }
  Table t{{{"Level"}, {"Message"}, {"Count", true}, {"First"}, {"Last"}}, {}};
  for (const auto& e : r.error_classes)
    t.rows.push_back({cell(e.level, e.level == "ERROR" ? Tone::kWarn : Tone::kBad), cell(e.error_class),
                      cell(number(e.count)), cell(clock.both(e.first)), cell(clock.both(e.last))});
  out.blocks.push_back(table(std::move(t)));
  return out;
}

Section connections_section(const SqlReport& r) {
  const auto& c = r.connections;
  Section out{"connections", "Connections", {}};
  if (c.received + c.authorized + c.disconnected + c.refused == 0) {
    out.blocks.push_back(note("None were logged. log_connections and log_disconnections decide that."));
    return out;
  }
  std::vector<Item> items{{"Received", say(wording::count(c.received))},
                          {"Authorised", say(wording::count(c.authorized))},
                          {"Disconnected", say(wording::count(c.disconnected))}};
  if (c.refused > 0) items.push_back({"Refused", say(wording::count(c.refused), Tone::kBad)});
  if (c.disconnected > 0)
    items.push_back({"Session time",
                     say(fmt::format("p50 {}, p95 {}, longest {}", wording::seconds(c.session_p50_s),
                                     wording::seconds(c.session_p95_s), wording::seconds(c.session_max_s)))});
  out.blocks.push_back(list(std::move(items)));
  if (!c.authorized_by.empty())
    out.blocks.push_back(table(counts_table("User and database", c.authorized_by)));
  if (!c.received_from.empty()) out.blocks.push_back(table(counts_table("From", c.received_from)));
  return out;
}

Section server_section(const SqlReport& r, const Clock& clock) {
  Section out{"server", "Server", {}};
  std::vector<Item> items;
  if (r.temp_files > 0)
    items.push_back(
        {"Temporary files", say(fmt::format("{}, {} in total, the largest {}", wording::count(r.temp_files),
                                            size(r.temp_bytes), size(r.temp_bytes_max)))});
  const auto& c = r.checkpoints;
  if (c.completed > 0)
    items.push_back(
        {"Checkpoints",
         say(fmt::format("{}, {} buffers, write {}, sync {}, the longest {}{}", wording::count(c.completed),
                         wording::count(c.buffers), wording::seconds(c.write_s), wording::seconds(c.sync_s),
                         wording::seconds(c.longest_s),
                         c.longest_at ? " until " + clock.both(*c.longest_at) : ""))});
  if (c.too_frequent > 0)
    items.push_back({"Checkpoints too frequent",
                     say(wording::plural(c.too_frequent, "warning", "warnings"), Tone::kWarn)});
  if (r.autovacuums + r.autoanalyzes > 0)
    items.push_back(
        {"Autovacuum", say(fmt::format("{}, {}", wording::plural(r.autovacuums, "vacuum", "vacuums"),
                                       wording::plural(r.autoanalyzes, "analyse", "analyses")))});
  if (items.empty() && r.server_states.empty()) {
    out.blocks.push_back(note("No temporary files, checkpoints, autovacuum or restarts were logged."));
    return out;
  }
  if (!items.empty()) out.blocks.push_back(list(std::move(items)));
  if (!c.started.empty()) out.blocks.push_back(table(counts_table("Checkpoint because of", c.started)));
  if (!r.maintenance.empty()) {
    Table t{{{"Table"}, {"Vacuums", true}, {"Analyses", true}, {"Time", true}, {"Longest", true}}, {}};
    for (const auto& m : r.maintenance)
      t.rows.push_back({cell(m.table), cell(number(m.vacuums)), cell(number(m.analyzes)),
                        cell(time_spent(m.elapsed_s * 1000)), cell(time_spent(m.longest_s * 1000))});
    out.blocks.push_back(table(std::move(t)));
  }
  if (!r.server_states.empty()) {
    Table t{{{"Time"}, {"State"}}, {}};
    for (const auto& s : r.server_states) t.rows.push_back({cell(clock.both(s.time)), cell(s.message)});
    out.blocks.push_back(table(std::move(t)));
  }
  return out;
}

Section sources_section(const SqlReport& r) {
  Section out{"sources", "Sources", {}};
  Table t{{{"Log"}, {"Format"}, {"Note"}}, {}};
  for (const auto& s : r.sources) t.rows.push_back({cell(s.name), cell(s.format), cell(s.note)});
  out.blocks.push_back(table(std::move(t)));
  return out;
}

}  // namespace

Clock clock_of(const SqlReport& r) { return {r.zone, r.window ? r.window->start : r.first.value_or(Time{})}; }

std::string sql_title(const SqlReport& r) {
  if (!r.first) return "No entry of PostgreSQL's log in this window";
  if (r.timeouts > 0)
    return fmt::format("{} and {} calls",
                       wording::plural(r.timeouts, "statement time-out", "statement time-outs"),
                       wording::count(r.durations.count));
  return fmt::format("{} of {}", wording::plural(r.durations.count, "call", "calls"),
                     wording::plural(r.statement_kinds, "statement", "statements"));
}

std::vector<std::string> sql_scope(const SqlReport& r, const Clock& clock) {
  std::vector<std::string> out;
  const auto range = [&](Window w) {
    if (!clock.is_utc()) out.push_back(clock.local_range(w));
    out.push_back(clock.utc_range(w));
  };
  if (r.window)
    range(*r.window);
  else if (r.first && r.last)
    range({*r.first, *r.last});
  out.push_back(fmt::format("{} read, {}", wording::plural(r.entries, "entry", "entries"),
                            wording::bytes(static_cast<double>(r.bytes))));
  return out;
}

std::vector<SqlFact> sql_facts(const SqlReport& r) {
  std::vector<SqlFact> out;
  out.push_back({"Calls", wording::count(r.durations.count),
                 fmt::format("of {}", wording::plural(r.statement_kinds, "statement", "statements"))});
  out.push_back({"Time in statements", wording::milliseconds(r.durations.total_ms),
                 fmt::format("p50 {}, p95 {}", wording::milliseconds(r.durations.p50_ms),
                             wording::milliseconds(r.durations.p95_ms))});
  out.push_back({"Slowest", wording::milliseconds(r.durations.max_ms),
                 fmt::format("p99 {}", wording::milliseconds(r.durations.p99_ms))});
  out.push_back(
      {"Statement time-outs", wording::count(r.timeouts),
       r.lock_timeouts > 0 ? wording::plural(r.lock_timeouts, "lock time-out", "lock time-outs") : "",
       r.timeouts > 0 ? Tone::kBad : Tone::kPlain});
  out.push_back({"Errors", wording::count(r.errors),
                 r.deadlocks > 0 ? wording::plural(r.deadlocks, "deadlock", "deadlocks") : "",
                 r.errors > 0 ? Tone::kWarn : Tone::kPlain});
  out.push_back(
      {"Lock waits", wording::count(r.lock_waits), "", r.lock_waits > 0 ? Tone::kWarn : Tone::kPlain});
  return out;
}

std::vector<Section> sql_outline(const SqlReport& r, const SqlOutlineOptions& options) {
  const Clock clock = clock_of(r);
  return {statements_section(r, clock, options.wide),
          periods_section(r, clock, options),
          errors_section(r, clock),
          connections_section(r),
          server_section(r, clock),
          sources_section(r)};
}

}  // namespace culprit
