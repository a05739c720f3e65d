#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "logs/postgres.h"
#include "logs/statement.h"

namespace culprit {

namespace {

bool is_server_restart(std::string_view message) {
  for (const std::string_view sign : {"database system is ready to accept connections",
                                      "terminated by signal", "database system was interrupted",
                                      "received fast shutdown request", "all server processes terminated"})
    if (message.find(sign) != std::string_view::npos) return true;
  return false;
}

std::string first_words(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) out += (c == '\n' || c == '\t') ? ' ' : c;
  if (text.size() > limit) out += "…";
  return out;
}

class PostgresObserver : public LogObserver {
 public:
  PostgresObserver(Observations& seen, const Component& component)
      : seen_(seen), component_(component), slow_ms_(seen.grid), in_lists_(seen.grid) {
    // Signals exist from the start, so that "none" is told apart from "not looked at".
    for (const auto* name : {"statement_timeouts", "lock_timeouts", "lock_waits", "deadlocks",
                             "connection_refusals", "slow_statements", "schema_changes", "server_restarts"})
      counter(name);
  }

  void see(const LogEventView& event) override {
    assembler_.feed(event.number, event.time, event.message, [this](const auto& e) { entry(e); });
  }

  void finish() override {
    assembler_.finish([this](const auto& e) { entry(e); });
    seen_.measure(component_, "slow_statement_p95_ms", "ms", slow_ms_.quantiles(0.95), "\"duration:\"");
    seen_.measure(component_, "slow_statement_max_ms", "ms", slow_ms_.quantiles(1), "\"duration:\"");
    seen_.measure(component_, "in_list_max", "elements", in_lists_.quantiles(1), "\"IN (\"");
  }

 private:
  EventCounter& counter(std::string_view name) {
    static const std::map<std::string_view, std::string_view> kFilters = {
        {"statement_timeouts", "\"canceling statement due to statement timeout\""},
        {"lock_timeouts", "\"canceling statement due to lock timeout\""},
        {"lock_waits", "\"still waiting for\""},
        {"deadlocks", "\"deadlock detected\""},
        {"connection_refusals", "FATAL"},
        {"slow_statements", "\"duration:\""},
        {"schema_changes", "?CREATE ?ALTER ?DROP ?TRUNCATE ?REINDEX"},
        {"server_restarts", "\"database system\""},
        {"errors", "?ERROR ?FATAL ?PANIC"},
        {"memory_allocation_failures", "\"out of memory\""},
    };
    const auto filter = kFilters.find(name);
    return seen_.counter(component_, name, filter == kFilters.end() ? std::string_view{} : filter->second);
  }

  void count(std::string_view name, const PostgresAssembler::Completed& e) {
    counter(name).add(e.time, e.number);
  }

  void entry(const PostgresAssembler::Completed& e) {
    const std::string_view level = e.entry.level;
    if (level == "ERROR" || level == "FATAL" || level == "PANIC") count("errors", e);
    switch (e.entry.kind) {
      case PostgresKind::kStatementTimeout:
        count("statement_timeouts", e);
        break;
      case PostgresKind::kLockTimeout:
        count("lock_timeouts", e);
        break;
      case PostgresKind::kLockWait:  // "acquired" only ends a wait that was told before
        if (e.entry.message.find("still waiting for") != std::string_view::npos) count("lock_waits", e);
        break;
      case PostgresKind::kDeadlock:
        count("deadlocks", e);
        break;
      case PostgresKind::kConnectionRefused:
        count("connection_refusals", e);
        break;
      case PostgresKind::kOutOfMemory:
        count("memory_allocation_failures", e);
        break;
      case PostgresKind::kDuration:
        count("slow_statements", e);
        break;
      case PostgresKind::kDdl:
        count("schema_changes", e);
        change("schema", e, e.entry.statement);
        break;
      case PostgresKind::kConfig:
        change("configuration", e, e.entry.message);
        break;
      case PostgresKind::kServerState:
        if (!is_server_restart(e.entry.message)) break;
        count("server_restarts", e);
        change("restart", e, e.entry.message);
        break;
      default:
        break;
    }
    statement(e);
  }

  void change(std::string kind, const PostgresAssembler::Completed& e, std::string_view text) {
    if (!seen_.grid.index(e.time)) return;
    seen_.changes.push_back(
        {e.time, std::move(kind), component_.id, first_words(text, 300), e.number, component_.log_group, {}});
  }

  void statement(const PostgresAssembler::Completed& e) {
    const bool timeout = e.entry.kind == PostgresKind::kStatementTimeout;
    const bool lock = e.entry.kind == PostgresKind::kLockWait || e.entry.kind == PostgresKind::kLockTimeout;
    const bool timed = e.entry.kind == PostgresKind::kDuration && e.entry.duration_ms.has_value();
    if (e.entry.statement.empty() || !(timeout || lock || timed)) return;
    const auto in_list = in_list_size(e.entry.statement).largest;
    if (in_list > 0) in_lists_.add(e.time, static_cast<double>(in_list));
    if (timed) slow_ms_.add(e.time, *e.entry.duration_ms);

    const bool during = seen_.window.contains(e.time);
    const bool before = seen_.baseline.contains(e.time);
    if (!during && !before) return;
    const auto& shape = shapes_.shape(e.entry.statement);
    auto& s = seen_.statements[shape.fingerprint];
    if (s.fingerprint.empty()) {
      s.fingerprint = shape.fingerprint;
      s.sql = shape.normalised;
    }
    if (before) {
      s.baseline_calls += timed ? 1 : 0;
      s.baseline_timeouts += timeout ? 1 : 0;
      s.baseline_in_list_max = std::max(s.baseline_in_list_max, in_list);
      return;
    }
    s.calls += timed || timeout ? 1 : 0;
    s.timeouts += timeout ? 1 : 0;
    s.lock_waits += lock ? 1 : 0;
    s.in_list_max = std::max(s.in_list_max, in_list);
    const EventCounter::Mark mark{e.time, e.number};
    if (s.first.number == 0 || e.time < s.first.time) s.first = mark;
    if (s.last.number == 0 || e.time >= s.last.time) s.last = mark;
    if (timeout && (s.first_timeout.number == 0 || e.time < s.first_timeout.time)) s.first_timeout = mark;
    if (!timed) return;
    s.durations_ms.add(*e.entry.duration_ms);
    if (*e.entry.duration_ms > s.slowest_ms) {
      s.slowest_ms = *e.entry.duration_ms;
      s.slowest = mark;
    }
  }

  Observations& seen_;
  const Component& component_;
  PostgresAssembler assembler_;
  StatementShapes shapes_;
  LatencyMinutes slow_ms_;
  LatencyMinutes in_lists_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_postgres(Observations& seen, const Component& component) {
  return std::make_unique<PostgresObserver>(seen, component);
}

}  // namespace culprit
