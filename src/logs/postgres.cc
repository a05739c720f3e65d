#include "logs/postgres.h"

#include "logs/number.h"
#include "logs/postgres_line.h"
#include "logs/statement.h"

namespace culprit {

namespace {

struct KindName {
  PostgresKind kind;
  std::string_view name;
};
constexpr KindName kKindNames[] = {
    {PostgresKind::kStatementTimeout, "statement-timeout"},
    {PostgresKind::kLockTimeout, "lock-timeout"},
    {PostgresKind::kUserCancel, "user-cancel"},
    {PostgresKind::kLockWait, "lock-wait"},
    {PostgresKind::kDeadlock, "deadlock"},
    {PostgresKind::kConnectionRefused, "connection-refused"},
    {PostgresKind::kDuration, "duration"},
    {PostgresKind::kOutOfMemory, "out-of-memory"},
    {PostgresKind::kDiskFull, "disk-full"},
    {PostgresKind::kDdl, "ddl"},
    {PostgresKind::kConfig, "config"},
    {PostgresKind::kServerState, "server-state"},
    {PostgresKind::kCheckpoint, "checkpoint"},
    {PostgresKind::kAutovacuum, "autovacuum"},
    {PostgresKind::kTempFile, "temporary-file"},
    {PostgresKind::kConnection, "connection"},
    {PostgresKind::kOtherError, "other-error"},
    {PostgresKind::kOther, "other"},
};

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

// How a message tells its kind. The first rule that holds wins; `at_start` pins the words to the message's
// start.
struct Rule {
  std::string_view words;
  PostgresKind kind;
  bool at_start = false;
};

// Rules for ERROR, FATAL, PANIC (and for WARNING and LOG, which repeat some of them).
constexpr Rule kErrorRules[] = {
    {"canceling statement due to statement timeout", PostgresKind::kStatementTimeout},
    {"canceling statement due to lock timeout", PostgresKind::kLockTimeout},
    {"canceling statement due to user request", PostgresKind::kUserCancel},
    {"canceling autovacuum task", PostgresKind::kAutovacuum},
    {"deadlock detected", PostgresKind::kDeadlock},
    {"Cannot allocate memory", PostgresKind::kOutOfMemory},
    {"out of memory", PostgresKind::kOutOfMemory},
    {"No space left on device", PostgresKind::kDiskFull},
    {"remaining connection slots are reserved", PostgresKind::kConnectionRefused},
    {"too many clients already", PostgresKind::kConnectionRefused},
    {"too many connections for", PostgresKind::kConnectionRefused},
    {"could not fork new process", PostgresKind::kConnectionRefused},
    {"the database system is starting up", PostgresKind::kConnectionRefused},
    {"the database system is shutting down", PostgresKind::kConnectionRefused},
    {"the database system is in recovery mode", PostgresKind::kConnectionRefused},
    {"the database system is not",
     PostgresKind::kConnectionRefused},  // … yet accepting / accepting connections
    {"no pg_hba.conf entry", PostgresKind::kConnectionRefused},
    {"pg_hba.conf rejects", PostgresKind::kConnectionRefused},
    {"authentication failed for user", PostgresKind::kConnectionRefused},
    {"is not currently accepting connections", PostgresKind::kConnectionRefused},
    {"because of crash of another server process", PostgresKind::kServerState},
};

constexpr Rule kLogRules[] = {
    {"checkpoint ", PostgresKind::kCheckpoint, true},
    {"restartpoint ", PostgresKind::kCheckpoint, true},
    {"checkpoints are occurring too frequently", PostgresKind::kCheckpoint, true},
    {"automatic vacuum", PostgresKind::kAutovacuum, true},
    {"automatic aggressive vacuum", PostgresKind::kAutovacuum, true},
    {"automatic analyze", PostgresKind::kAutovacuum, true},
    {"temporary file: ", PostgresKind::kTempFile, true},
    {"connection received: ", PostgresKind::kConnection, true},
    {"connection authenticated: ", PostgresKind::kConnection, true},
    {"connection authorized: ", PostgresKind::kConnection, true},
    {"replication connection authorized: ", PostgresKind::kConnection, true},
    {"disconnection: ", PostgresKind::kConnection, true},
    {"could not receive data from client", PostgresKind::kConnection, true},
    {"could not send data to client", PostgresKind::kConnection, true},
    {"unexpected EOF on client connection", PostgresKind::kConnection, true},
    {"received SIGHUP", PostgresKind::kConfig, true},
    {"parameter \"", PostgresKind::kConfig, true},
    {"configuration file \"", PostgresKind::kConfig, true},
    {"starting PostgreSQL", PostgresKind::kServerState, true},
    {"listening on ", PostgresKind::kServerState, true},
    {"database system ", PostgresKind::kServerState, true},
    {"received fast shutdown request", PostgresKind::kServerState, true},
    {"received smart shutdown request", PostgresKind::kServerState, true},
    {"received immediate shutdown request", PostgresKind::kServerState, true},
    {"received promote request", PostgresKind::kServerState, true},
    {"aborting any active transactions", PostgresKind::kServerState, true},
    {"shutting down", PostgresKind::kServerState, true},
    {"redo starts at", PostgresKind::kServerState, true},
    {"redo done at", PostgresKind::kServerState, true},
    {"redo is not required", PostgresKind::kServerState, true},
    {"server process (PID", PostgresKind::kServerState, true},
    {"terminating any other active server processes", PostgresKind::kServerState, true},
    {"all server processes terminated", PostgresKind::kServerState, true},
    {"entering standby mode", PostgresKind::kServerState, true},
    {"selected new timeline ID", PostgresKind::kServerState, true},
    {"archive recovery complete", PostgresKind::kServerState, true},
    {"consistent recovery state reached", PostgresKind::kServerState, true},
    {"started streaming WAL", PostgresKind::kServerState, true},
};

bool holds(const Rule& rule, std::string_view message) {
  return rule.at_start ? message.starts_with(rule.words) : has(message, rule.words);
}

bool is_error_level(std::string_view level) {
  return level == "ERROR" || level == "FATAL" || level == "PANIC";
}

// "process 123 still waiting for …", "process 123 acquired ShareLock on …": how long it waited.
bool parse_lock_wait(PostgresEntry& entry) {
  const auto message = entry.message;
  if (!message.starts_with("process ")) return false;
  const bool waits = has(message, " still waiting for ") || has(message, " acquired ") ||
                     has(message, " avoided deadlock for ") ||
                     has(message, " detected deadlock while waiting for ") ||
                     has(message, " failed to acquire ");
  const auto after = message.rfind(" after ");
  if (!waits || after == std::string_view::npos) return false;
  if (message.ends_with(" ms")) entry.duration_ms = leading_number(message.substr(after + 7));
  entry.kind = PostgresKind::kLockWait;
  return true;
}

// The statement in "  statement: …", "  execute <unnamed>: …", "  parse name: …"; empty when there is none.
std::string_view logged_statement(std::string_view text) {
  const auto start = text.find_first_not_of(' ');
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  constexpr std::string_view kStatement = "statement: ";
  if (text.starts_with(kStatement)) return text.substr(kStatement.size());
  for (const std::string_view step : {"execute ", "parse ", "bind "}) {
    if (!text.starts_with(step)) continue;
    const auto colon = text.find(": ", step.size());
    return colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 2);
  }
  return {};
}

// auto_explain: "plan:" then "Query Text: …" and the plan, whose first line tells its cost.
std::string_view explained_statement(std::string_view text) {
  constexpr std::string_view kQuery = "Query Text: ";
  const auto start = text.find(kQuery);
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start + kQuery.size());
  const auto cost = text.find("(cost=");
  if (cost == std::string_view::npos) return text;
  const auto line = text.rfind('\n', cost);
  return line == std::string_view::npos ? text : text.substr(0, line);
}

// `text`: the whole message, all its lines.
bool parse_duration_entry(PostgresEntry& entry, std::string_view text) {
  constexpr std::string_view kDuration = "duration: ";
  if (!text.starts_with(kDuration)) return false;
  const auto ms = leading_number(text.substr(kDuration.size()));
  const auto unit = text.substr(0, 64).find(" ms");
  if (!ms || unit == std::string_view::npos) return false;
  entry.kind = PostgresKind::kDuration;
  entry.duration_ms = ms;
  const auto what = text.substr(unit + 3);
  entry.statement = what.starts_with("  plan:") ? explained_statement(what) : logged_statement(what);
  return true;
}

void classify(PostgresEntry& entry, std::string_view whole_message) {
  const bool error = is_error_level(entry.level);
  if (!error && (parse_duration_entry(entry, whole_message) || parse_lock_wait(entry))) return;
  if (entry.level == "LOG") {
    const auto statement = logged_statement(whole_message);
    if (!statement.empty()) {
      entry.statement = statement;
      entry.kind = is_schema_change(statement) ? PostgresKind::kDdl : PostgresKind::kOther;
      return;
    }
    for (const auto& rule : kLogRules)
      if (holds(rule, entry.message)) {
        entry.kind = rule.kind;
        return;
      }
  }
  for (const auto& rule : kErrorRules)
    if (holds(rule, entry.message)) {
      entry.kind = rule.kind;
      return;
    }
  // A user or database that does not exist refuses a connection only when it ends one.
  if (entry.level == "FATAL" && has(entry.message, "does not exist")) {
    entry.kind = PostgresKind::kConnectionRefused;
    return;
  }
  if (error) entry.kind = PostgresKind::kOtherError;
}

// Puts a section's text where its level belongs.
void put_section(PostgresEntry& entry, std::string_view level, std::string_view text) {
  if (level == "STATEMENT") {
    entry.statement = text;
  } else if (level == "QUERY") {
    if (entry.statement.empty()) entry.statement = text;
  } else if (level == "DETAIL") {
    entry.detail = text;
  } else if (level == "HINT") {
    entry.hint = text;
  } else if (level == "CONTEXT") {
    entry.context = text;
  }
}

// Line by line over an event; a line runs to '\n' or the end.
std::string_view take_line(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

}  // namespace

std::string_view to_string(PostgresKind kind) {
  for (const auto& k : kKindNames)
    if (k.kind == kind) return k.name;
  return "other";
}

std::optional<PostgresEntry> parse_postgres(std::string_view event) {
  const auto first = parse_postgres_line(take_line(event, 0));
  if (!first) return std::nullopt;
  PostgresEntry entry;
  entry.level = first->level;
  entry.remote = first->remote;
  entry.user = first->user;
  entry.database = first->database;
  entry.pid = first->pid;
  entry.message = first->body;
  if (entry.message.ends_with('\r')) entry.message.remove_suffix(1);

  // Sections: each runs from its level to the line before the next level of the same process.
  std::string_view level = first->level;
  std::size_t begin = static_cast<std::size_t>(first->body.data() - event.data());
  std::string_view whole_message;
  const auto close = [&](std::size_t end) {
    auto text = event.substr(begin, end > begin ? end - begin : 0);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    if (begin == static_cast<std::size_t>(first->body.data() - event.data())) whole_message = text;
    put_section(entry, level, text);
  };
  for (std::size_t at = take_line(event, 0).size() + 1; at < event.size();) {
    const auto line = take_line(event, at);
    if (!line.empty() && line[0] != '\t' && line[0] != ' ') {
      const auto parsed = parse_postgres_line(line);
      if (parsed && parsed->continues && parsed->pid == entry.pid) {
        close(at - 1);
        level = parsed->level;
        begin = static_cast<std::size_t>(parsed->body.data() - event.data());
      }
    }
    at += line.size() + 1;
  }
  close(event.size());
  entry.text = whole_message;
  if (!first->continues) classify(entry, whole_message);
  return entry;
}

}  // namespace culprit
