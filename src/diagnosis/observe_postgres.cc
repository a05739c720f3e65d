#include "diagnosis/latency_minutes.h"
#include "diagnosis/observation.h"
#include "diagnosis/postgres_type.h"
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

// Entries of a segment that are understood by their types.
class PostgresSegment : public PostgresAssembler::Unwritten {
 public:
  static Result<std::shared_ptr<PostgresSegment>> open(std::shared_ptr<TypeRows> rows) {
    auto out = std::make_shared<PostgresSegment>();
    for (std::uint32_t t = 0; t < rows->types(); ++t) {
      auto type = PostgresType::of(*rows, t);
      if (!type) return tl::unexpected(type.error());
      out->types_.push_back(std::move(*type));
    }
    out->statements_.resize(rows->types());
    out->rows_ = std::move(rows);
    return out;
  }

  // Null for rows that have to be written out.
  const PostgresType* type(std::size_t row) const {
    const auto& type = types_[rows_->type(row)];
    return type ? &*type : nullptr;
  }
  std::uint64_t rank(std::size_t row) const { return rows_->rank(row); }
  // Of the row's type, once it is known.
  StatementObservation*& statement(std::size_t row) { return statements_[rows_->type(row)]; }
  std::string text(std::uint64_t row) override {
    const auto message = rows_->message(row);
    if (message) return std::string(*message);
    failure_ = failure_.value_or(message.error());
    return {};
  }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::shared_ptr<TypeRows> rows_;
  std::vector<std::optional<PostgresType>> types_;
  std::vector<StatementObservation*> statements_;
  std::optional<Error> failure_;
};

class PostgresObserver : public LogObserver {
 public:
  PostgresObserver(Observations& seen, const Component& component)
      : seen_(seen), component_(component), slow_ms_(seen.grid), in_lists_(seen.grid) {
    // Signals exist from the start, so that "none" is told apart from "not looked at".
    for (const auto* name : {"statement_timeouts", "lock_timeouts", "lock_waits", "deadlocks",
                             "connection_refusals", "slow_statements", "schema_changes", "server_restarts"})
      counter(name);
    slow_statements_ = &counter("slow_statements");
  }

  void see(const LogEventView& event) override {
    assembler_.feed(event.number, event.time, event.message, emit_);
  }

  Result<void> see_segment(const SegmentFeed& feed) override {
    auto segment = PostgresSegment::open(feed.rows);
    if (!segment) return tl::unexpected(segment.error());
    const TypeRows& rows = *feed.rows;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!feed.wants(row)) continue;
      if (const PostgresType* type = (*segment)->type(row)) {
        const auto rank = rows.rank(row);
        const auto pid = type->pid(rank);
        const auto bytes_max = type->bytes_max(rank);
        if (pid && bytes_max <= PostgresAssembler::kUnwrittenBytesMax) {
          assembler_.feed_unwritten(rows.number(row), rows.time(row), *pid, bytes_max, *segment, row, emit_);
          continue;
        }
      }
      const auto event = feed.event(row);
      if (!event) return tl::unexpected(event.error());
      text_ = event->message;  // the view ends when an entry that it joins is written out
      assembler_.feed(event->number, event->time, text_, emit_);
    }
    return failure();
  }

  Result<void> finish() override {
    assembler_.finish(emit_);
    if (auto failed = failure(); !failed) return failed;
    seen_.measure(component_, "slow_statement_p95_ms", "ms", slow_ms_.quantiles(0.95), "\"duration:\"");
    seen_.measure(component_, "slow_statement_max_ms", "ms", slow_ms_.quantiles(1), "\"duration:\"");
    seen_.measure(component_, "in_list_max", "elements", in_lists_.quantiles(1), "\"IN (\"");
    return {};
  }

 private:
  using Entry = PostgresAssembler::Completed;
  // What is measured of a statement that took time, waited or was cancelled.
  struct Told {
    bool timeout = false, lock = false;
    std::optional<double> duration_ms;
    std::uint64_t in_list = 0;
  };

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
    auto& known = counters_[name];
    if (known == nullptr) {
      const auto filter = kFilters.find(name);
      known =
          &seen_.counter(component_, name, filter == kFilters.end() ? std::string_view{} : filter->second);
    }
    return *known;
  }

  void count(std::string_view name, const Entry& e) { counter(name).add(e.time, e.number); }

  Result<void> failure() const {
    if (failure_) return tl::unexpected(*failure_);
    return {};
  }

  void take(const Entry& e) {
    if (e.unwritten)
      unwritten(e, static_cast<PostgresSegment&>(*e.unwritten));
    else
      entry(e);
  }

  // As entry(), of what is known by its type.
  void unwritten(const Entry& e, PostgresSegment& segment) {
    const PostgresType& type = *segment.type(e.row);
    const auto rank = segment.rank(e.row);
    switch (type.kind()) {
      case PostgresType::Kind::kNothing:
        return;
      case PostgresType::Kind::kDuration:
        slow_statements_->add(e.time, e.number);
        break;
      case PostgresType::Kind::kStatementTimeout:
        count("errors", e);
        count("statement_timeouts", e);
        break;
    }
    const Told told{type.kind() == PostgresType::Kind::kStatementTimeout, false,
                    type.kind() == PostgresType::Kind::kDuration ? type.duration_ms(rank) : std::nullopt,
                    type.in_list(rank)};
    if (!measure(e, told)) return;
    // All rows of the type have one shape: asked for with the first that is of interest.
    auto& statement = segment.statement(e.row);
    if (statement == nullptr) {
      const auto text = segment.text(e.row);
      if (const auto parsed = parse_postgres(text)) statement = &statement_of(parsed->statement);
      if (segment.failure()) failure_ = segment.failure();
      if (statement == nullptr) return;
    }
    tally(*statement, e, told);
  }

  void entry(const Entry& e) {
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

  void change(std::string kind, const Entry& e, std::string_view text) {
    if (!seen_.grid.index(e.time)) return;
    seen_.changes.push_back(
        {e.time, std::move(kind), component_.id, first_words(text, 300), e.number, component_.log_group, {}});
  }

  void statement(const Entry& e) {
    Told told;
    told.timeout = e.entry.kind == PostgresKind::kStatementTimeout;
    told.lock = e.entry.kind == PostgresKind::kLockWait || e.entry.kind == PostgresKind::kLockTimeout;
    if (e.entry.kind == PostgresKind::kDuration) told.duration_ms = e.entry.duration_ms;
    if (e.entry.statement.empty() || !(told.timeout || told.lock || told.duration_ms)) return;
    told.in_list = in_list_size(e.entry.statement).largest;
    if (measure(e, told)) tally(statement_of(e.entry.statement), e, told);
  }

  // False when the statement itself is not of interest at that time.
  bool measure(const Entry& e, const Told& told) {
    if (told.in_list > 0) in_lists_.add(e.time, static_cast<double>(told.in_list));
    if (told.duration_ms) slow_ms_.add(e.time, *told.duration_ms);
    return seen_.window.contains(e.time) || seen_.baseline.contains(e.time);
  }

  StatementObservation& statement_of(std::string_view sql) {
    const auto& shape = shapes_.shape(sql);
    auto& s = seen_.statements[shape.fingerprint];
    if (s.fingerprint.empty()) {
      s.fingerprint = shape.fingerprint;
      s.sql = shape.normalised;
    }
    return s;
  }

  void tally(StatementObservation& s, const Entry& e, const Told& told) const {
    const auto& [timeout, lock, duration_ms, in_list] = told;
    if (seen_.baseline.contains(e.time)) {
      s.baseline_calls += duration_ms ? 1 : 0;
      s.baseline_timeouts += timeout ? 1 : 0;
      s.baseline_in_list_max = std::max(s.baseline_in_list_max, in_list);
      return;
    }
    s.calls += duration_ms || timeout ? 1 : 0;
    s.timeouts += timeout ? 1 : 0;
    s.lock_waits += lock ? 1 : 0;
    s.in_list_max = std::max(s.in_list_max, in_list);
    const EventCounter::Mark mark{e.time, e.number};
    if (s.first.number == 0 || e.time < s.first.time) s.first = mark;
    if (s.last.number == 0 || e.time >= s.last.time) s.last = mark;
    if (timeout && (s.first_timeout.number == 0 || e.time < s.first_timeout.time)) s.first_timeout = mark;
    if (!duration_ms) return;
    s.durations_ms.add(*duration_ms);
    if (*duration_ms > s.slowest_ms) {
      s.slowest_ms = *duration_ms;
      s.slowest = mark;
    }
  }

  Observations& seen_;
  const Component& component_;
  EventCounter* slow_statements_ = nullptr;
  std::map<std::string_view, EventCounter*> counters_;
  std::optional<Error> failure_;
  std::string text_;
  PostgresAssembler assembler_;
  const PostgresAssembler::Emit emit_ = [this](const Entry& e) { take(e); };
  StatementShapes shapes_;
  LatencyMinutes slow_ms_;
  LatencyMinutes in_lists_;
};

}  // namespace

std::unique_ptr<LogObserver> observe_postgres(Observations& seen, const Component& component) {
  return std::make_unique<PostgresObserver>(seen, component);
}

}  // namespace culprit
