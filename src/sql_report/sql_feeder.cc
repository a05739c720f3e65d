#include "sql_report/sql_feeder.h"

#include <array>
#include <charconv>
#include <cmath>

namespace culprit {

namespace {

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The text behind `key`, up to one of `ends`; empty when the key is not there.
std::string_view value_after(std::string_view text, std::string_view key, std::string_view ends = " ,;\n") {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return {};
  const auto begin = at + key.size();
  return text.substr(begin, std::min(text.find_first_of(ends, begin), text.size()) - begin);
}

std::uint64_t whole_number(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// "50.321" seconds.
Duration seconds(std::string_view text) {
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return Duration{std::isfinite(out) && out >= 0 && out < 1e9 ? std::llround(out * 1000) : 0};
}

// "2:03:04.567" of "disconnection: session time: 2:03:04.567 user=…".
Duration session_time(std::string_view text) {
  std::int64_t hours = 0, minutes = 0;
  const char* const end = text.data() + text.size();
  auto at = std::from_chars(text.data(), end, hours);
  if (at.ec != std::errc{} || at.ptr == end || *at.ptr != ':' || hours < 0 || hours > 10'000'000)
    return Duration{0};
  at = std::from_chars(at.ptr + 1, end, minutes);
  if (at.ec != std::errc{} || at.ptr == end || *at.ptr != ':' || minutes < 0 || minutes > 59)
    return Duration{0};
  return std::chrono::hours{hours} + std::chrono::minutes{minutes} +
         seconds(text.substr(static_cast<std::size_t>(at.ptr + 1 - text.data())));
}

Microseconds microseconds(std::optional<double> ms) {
  return ms && std::isfinite(*ms) && *ms >= 0 ? std::llround(*ms * 1000) : 0;
}

void checkpoint(SqlTally& tally, Time time, std::string_view message) {
  if (message.starts_with("checkpoints are occurring too frequently")) {
    tally.add_checkpoint_warning(time);
    return;
  }
  const auto point = message.find("point ");  // checkpoint, restartpoint
  if (point == std::string_view::npos) return;
  const auto rest = message.substr(point + 6);
  constexpr std::string_view kStarting = "starting: ";
  if (rest.starts_with(kStarting)) {
    tally.add_checkpoint_start(time, rest.substr(kStarting.size()));
  } else if (rest.starts_with("complete: ")) {
    tally.add_checkpoint(time,
                         {whole_number(value_after(rest, "wrote ")), seconds(value_after(rest, "write=")),
                          seconds(value_after(rest, "sync=")), seconds(value_after(rest, "total="))});
  }
}

// automatic vacuum of table "db.schema.t": … elapsed: 0.01 s
void maintenance(SqlTally& tally, Time time, std::string_view message, std::string_view whole) {
  const bool vacuum =
      message.starts_with("automatic vacuum") || message.starts_with("automatic aggressive vacuum");
  if (!vacuum && !message.starts_with("automatic analyze")) return;
  tally.add_maintenance(time, value_after(message, "\"", "\""), vacuum,
                        seconds(value_after(whole, "elapsed: ")));
}

// Words before a quoted text that say it is a name of the schema.
bool names_schema(std::string_view before) {
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  const auto space = before.find_last_of(' ');
  const auto word = space == std::string_view::npos ? before : before.substr(space + 1);
  for (const std::string_view known :
       {"relation", "column",    "constraint", "table",    "index",  "database",    "role",
        "user",     "schema",    "sequence",   "function", "type",   "language",    "extension",
        "view",     "parameter", "tablespace", "trigger",  "cursor", "publication", "subscription",
        "slot",     "server",    "in",         "on"})
    if (word == known) return true;
  return false;
}

}  // namespace

std::string sql_error_class(std::string_view message) {
  message = message.substr(0, 2000);
  std::string out;
  for (std::size_t i = 0; i < message.size();) {
    const char c = message[i];
    if (c == '"') {
      const auto close = message.find('"', i + 1);
      const auto end = close == std::string_view::npos ? message.size() : close + 1;
      if (names_schema(message.substr(0, i))) {
        out += message.substr(i, end - i);
      } else {
        out += "\"…\"";
      }
      i = end;
    } else if (is_digit(c) && (i == 0 || !std::isalnum(static_cast<unsigned char>(message[i - 1])))) {
      out += 'N';
      while (i < message.size() && (is_digit(message[i]) || message[i] == '.')) ++i;
    } else {
      out += c;
      ++i;
    }
  }
  constexpr std::string_view kWhere = " at character N";
  if (out.ends_with(kWhere)) out.resize(out.size() - kWhere.size());
  return out;
}

SqlStep sql_step(std::string_view after_ms) {
  const auto start = after_ms.find_first_not_of(' ');
  if (start == std::string_view::npos) return SqlStep::kUnknown;
  after_ms.remove_prefix(start);
  if (after_ms.starts_with("statement: ") || after_ms.starts_with("execute ")) return SqlStep::kCall;
  if (after_ms.starts_with("parse ") || after_ms.starts_with("bind ")) return SqlStep::kPrepare;
  if (after_ms.starts_with("plan:")) return SqlStep::kPlan;
  return SqlStep::kUnknown;
}

SqlFeeder::SqlFeeder(SqlTallyOptions options)
    : tally_(std::move(options)), index_([this](const StatementShape& s) { return tally_.statement(s); }) {}

void SqlFeeder::entry(Time time, const PostgresEntry& entry) {
  complete(begin(time, entry), entry.statement);
}

void SqlFeeder::duration(Time time, SqlStep step, Microseconds duration_us, std::string_view statement,
                         std::string_view plan) {
  if (tally_.options().window && !tally_.options().window->contains(time)) return;
  if (step == SqlStep::kUnknown || statement.empty()) {
    tally_.add_unnamed_duration(time, duration_us);
    return;
  }
  const auto found = index_.find(statement);
  if (step == SqlStep::kCall)
    tally_.add_call(found.id, time, duration_us, found.list);
  else if (step == SqlStep::kPrepare)
    tally_.add_prepare(found.id, time, duration_us);
  else
    tally_.add_plan(found.id, time, duration_us, plan);
}

bool SqlFeeder::connection(Time time, std::string_view message) {
  if (message.starts_with("connection received: ")) {
    tally_.add_received(time, value_after(message, "host="));
  } else if (message.starts_with("connection authorized: ")) {
    std::string name(value_after(message, "user="));
    name += '@';
    name += value_after(message, "database=");
    tally_.add_authorized(time, name);
  } else if (message.starts_with("disconnection: ")) {
    tally_.add_disconnected(time, session_time(value_after(message, "session time: ")));
  } else {
    return false;
  }
  return true;
}

SqlPending SqlFeeder::error(Time time, const PostgresEntry& entry) {
  tally_.add_error(time, entry.level, sql_error_class(entry.message), entry.message);
  SqlPending out{SqlPending::Kind::kCount, SqlCount::kError, time, 0};
  const auto is = [&](SqlCount what) {
    tally_.add(what, time);
    out.what = what;
  };
  switch (entry.kind) {
    case PostgresKind::kStatementTimeout:
      is(SqlCount::kStatementTimeout);
      break;
    case PostgresKind::kLockTimeout:
      is(SqlCount::kLockTimeout);
      break;
    case PostgresKind::kUserCancel:
      is(SqlCount::kCancel);
      break;
    case PostgresKind::kDeadlock:
      is(SqlCount::kDeadlock);
      break;
    case PostgresKind::kConnectionRefused:
      is(SqlCount::kConnectionRefused);
      break;
    default:
      break;
  }
  return out;
}

SqlPending SqlFeeder::begin(Time time, const PostgresEntry& entry) {
  const std::string_view message = entry.message;
  const std::string_view whole = entry.text;
  if (entry.level == "ERROR" || entry.level == "FATAL" || entry.level == "PANIC") {
    if (entry.kind == PostgresKind::kServerState) tally_.add_server_state(time, message);
    return error(time, entry);
  }
  switch (entry.kind) {
    case PostgresKind::kDuration: {
      const auto unit = message.find(" ms");
      const auto step =
          unit == std::string_view::npos ? SqlStep::kUnknown : sql_step(message.substr(unit + 3));
      duration(time, step, microseconds(entry.duration_ms), entry.statement, whole);
      return {};
    }
    case PostgresKind::kLockWait: {
      const bool waits = has(message, " still waiting for ");
      const bool ends = has(message, " acquired ") || has(message, " failed to acquire ");
      if (waits) tally_.add(SqlCount::kLockWait, time);
      if (!waits && !ends) return {};
      // A wait is counted when it is told first; its time when it ends.
      return {SqlPending::Kind::kLockWait, SqlCount::kLockWait, time,
              waits ? -1 : microseconds(entry.duration_ms)};
    }
    case PostgresKind::kTempFile: {
      const auto bytes = whole_number(value_after(message, "size "));
      tally_.add_temp_file(time, bytes);
      return {SqlPending::Kind::kTempFile, SqlCount::kTempFile, time,
              static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX))};
    }
    case PostgresKind::kConnection:
      connection(time, message);
      return {};
    case PostgresKind::kCheckpoint:
      checkpoint(tally_, time, message);
      return {};
    case PostgresKind::kAutovacuum:
      maintenance(tally_, time, message, whole);
      return {};
    case PostgresKind::kConnectionRefused:
      tally_.add(SqlCount::kConnectionRefused, time);
      return {};
    case PostgresKind::kServerState:
      tally_.add_server_state(time, message);
      return {};
    default:
      return {};
  }
}

void SqlFeeder::complete(const SqlPending& pending, std::string_view statement) {
  if (pending.kind == SqlPending::Kind::kNothing || statement.empty()) return;
  if (tally_.options().window && !tally_.options().window->contains(pending.time)) return;
  const auto found = index_.find(statement);
  complete(tally_, pending, found.id, found.list);
}

void SqlFeeder::complete(SqlTally& tally, const SqlPending& pending, SqlTally::StatementId id,
                         std::uint64_t list) {
  switch (pending.kind) {
    case SqlPending::Kind::kNothing:
      return;
    case SqlPending::Kind::kCount:
      if (pending.what != SqlCount::kError) tally.add_to_statement(id, pending.what, pending.time, list);
      tally.add_to_statement(id, SqlCount::kError, pending.time, 0);
      return;
    case SqlPending::Kind::kLockWait:
      if (pending.value < 0)
        tally.add_to_statement(id, SqlCount::kLockWait, pending.time, 0);
      else
        tally.add_lock_wait_time(id, pending.time, pending.value);
      return;
    case SqlPending::Kind::kTempFile:
      tally.add_temp_file_to_statement(id, pending.time, static_cast<std::uint64_t>(pending.value));
      return;
  }
}

}  // namespace culprit
