// The exact form of the PostgreSQL report. schemas/sql-report.schema.json describes it; change both together.
#include "report/json_parts.h"
#include "report/sql_tellers.h"

namespace culprit {

namespace {

void put_durations(JsonWriter& w, const SqlDurations& d) {
  put(w, "calls", d.count);
  put(w, "total_ms", d.total_ms);
  put(w, "mean_ms", d.mean_ms);
  put(w, "p50_ms", d.p50_ms);
  put(w, "p95_ms", d.p95_ms);
  put(w, "p99_ms", d.p99_ms);
  put(w, "max_ms", d.max_ms);
}

template <class Row>
void put_troubles(JsonWriter& w, const Row& row) {
  put(w, "statement_timeouts", row.timeouts);
  put(w, "lock_timeouts", row.lock_timeouts);
  put(w, "lock_waits", row.lock_waits);
  put(w, "deadlocks", row.deadlocks);
  put(w, "cancels", row.cancels);
  put(w, "errors", row.errors);
}

void put_counts(JsonWriter& w, std::string_view key, const std::vector<SqlNamedCount>& counts) {
  put_each(w, key, counts, [&](const SqlNamedCount& c) {
    put(w, "name", c.name);
    put(w, "count", c.count);
  });
}

void put_statement(JsonWriter& w, const SqlStatementRow& s) {
  put(w, "fingerprint", s.fingerprint);
  put(w, "sql", s.sql);
  put_bool(w, "parsed", s.parsed);
  put_durations(w, s.durations);
  put(w, "share", s.share);
  w.key("in_list");
  w.begin_object(true);
  put(w, "executions", s.list_calls);
  put(w, "p50", s.list_p50);
  put(w, "max", s.list_max);
  w.end_object();
  put_troubles(w, s);
  put(w, "lock_wait_ms", s.lock_wait_ms);
  put(w, "temp_files", s.temp_files);
  put(w, "temp_bytes", s.temp_bytes);
  put(w, "prepares", s.prepares);
  put(w, "prepare_ms", s.prepare_ms);
  put(w, "plans", s.plans);
  w.key("slowest_plan");
  s.slowest_plan.empty() ? w.null() : w.string(s.slowest_plan);
  put(w, "first", s.first);
  put(w, "last", s.last);
  put(w, "slowest_at", s.slowest_at);
  w.key("periods");
  w.begin_array();
  for (const auto& p : s.by_period) {
    w.begin_object(true);
    put(w, "time", std::optional(p.time));
    put(w, "calls", p.calls);
    put(w, "total_ms", p.total_ms);
    put(w, "max_ms", p.max_ms);
    w.end_object();
  }
  w.end_array();
}

void put_period(JsonWriter& w, const SqlPeriodRow& p) {
  put(w, "time", std::optional(p.time));
  put_durations(w, p.durations);
  put_troubles(w, p);
  put(w, "connections_received", p.received);
  put(w, "connections_authorized", p.authorized);
  put(w, "disconnections", p.disconnected);
  put(w, "connections_refused", p.refused);
  put(w, "temp_files", p.temp_files);
  put(w, "temp_bytes", p.temp_bytes);
  put(w, "checkpoints", p.checkpoints);
  put(w, "autovacuums", p.autovacuums);
  put(w, "autoanalyzes", p.autoanalyzes);
}

void put_overview(JsonWriter& w, const SqlReport& r) {
  put(w, "schema_version", std::uint64_t{1});
  put_each(w, "sources", r.sources, [&](const SqlReport::Source& s) {
    put(w, "name", s.name);
    put(w, "format", s.format);
    put(w, "note", s.note);
  });
  put(w, "zone", r.zone);
  put(w, "window", r.window);
  put(w, "first", r.first);
  put(w, "last", r.last);
  put(w, "period_s", static_cast<double>(r.period.count()) / 1000);
  put(w, "entries", r.entries);
  put(w, "bytes", r.bytes);
  w.key("totals");
  w.begin_object();
  put(w, "statements", r.statement_kinds);
  put_durations(w, r.durations);
  put_troubles(w, r);
  put(w, "prepares", r.prepares);
  put(w, "plans", r.plans);
  w.end_object();
}

void put_connections(JsonWriter& w, const SqlReport::Connections& c) {
  w.key("connections");
  w.begin_object();
  put(w, "received", c.received);
  put(w, "authorized", c.authorized);
  put(w, "disconnected", c.disconnected);
  put(w, "refused", c.refused);
  put(w, "session_p50_s", c.session_p50_s);
  put(w, "session_p95_s", c.session_p95_s);
  put(w, "session_max_s", c.session_max_s);
  put(w, "session_total_s", c.session_total_s);
  put_counts(w, "authorized_by", c.authorized_by);
  put_counts(w, "received_from", c.received_from);
  w.end_object();
}

void put_server(JsonWriter& w, const SqlReport& r) {
  w.key("temp_files");
  w.begin_object(true);
  put(w, "count", r.temp_files);
  put(w, "bytes", r.temp_bytes);
  put(w, "largest_bytes", r.temp_bytes_max);
  w.end_object();
  const auto& c = r.checkpoints;
  w.key("checkpoints");
  w.begin_object();
  put(w, "completed", c.completed);
  put(w, "buffers", c.buffers);
  put(w, "too_frequent", c.too_frequent);
  put(w, "write_s", c.write_s);
  put(w, "sync_s", c.sync_s);
  put(w, "total_s", c.total_s);
  put(w, "longest_s", c.longest_s);
  put(w, "longest_at", c.longest_at);
  put_counts(w, "started", c.started);
  w.end_object();
  w.key("autovacuum");
  w.begin_object();
  put(w, "vacuums", r.autovacuums);
  put(w, "analyzes", r.autoanalyzes);
  put_each(w, "tables", r.maintenance, [&](const SqlMaintenanceRow& m) {
    put(w, "table", m.table);
    put(w, "vacuums", m.vacuums);
    put(w, "analyzes", m.analyzes);
    put(w, "elapsed_s", m.elapsed_s);
    put(w, "longest_s", m.longest_s);
  });
  w.end_object();
  put_each(w, "server_states", r.server_states, [&](const SqlReport::ServerState& s) {
    put(w, "time", std::optional(s.time));
    put(w, "message", s.message);
  });
}

}  // namespace

std::string render_sql_json(const SqlReport& r) {
  JsonWriter w;
  w.begin_object();
  put_overview(w, r);
  put_each(w, "statements", r.statements, [&](const SqlStatementRow& s) { put_statement(w, s); });
  w.key("other_statements");
  w.begin_object(true);
  put(w, "calls", r.other_statements.count);
  put(w, "total_ms", r.other_statements.total_ms);
  w.end_object();
  w.key("durations_without_statement");
  w.begin_object(true);
  put(w, "count", r.unnamed.count);
  put(w, "total_ms", r.unnamed.total_ms);
  w.end_object();
  put_each(w, "periods", r.periods, [&](const SqlPeriodRow& p) { put_period(w, p); });
  put(w, "periods_left_out", r.periods_left_out);
  put_each(w, "errors", r.error_classes, [&](const SqlErrorRow& e) {
    put(w, "level", e.level);
    put(w, "class", e.error_class);
    put(w, "count", e.count);
    put(w, "first", std::optional(e.first));
    put(w, "last", std::optional(e.last));
    put(w, "example", e.example);
  });
  put_connections(w, r.connections);
  put_server(w, r);
  put_bool(w, "redacted", r.redacted);
  put(w, "redaction_note", r.redaction_note);
  w.end_object();
  return w.take();
}

}  // namespace culprit
