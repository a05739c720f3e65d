#include "logs/postgres.h"

#include <gtest/gtest.h>

#include <random>

#include "logs/format.h"

namespace culprit {
namespace {

const std::string kRds = "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:";

TEST(Postgres, ReadsEveryPrefixShape) {
  struct Case {
    std::string_view prefix, user, database, remote;
    std::int64_t pid;
  };
  const Case cases[] = {
      {"2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@prod:[12345]:", "chatwoot", "prod",
       "10.0.1.5(43210)", 12345},
      {"2025-08-21 23:03:11 UTC:2001:db8::1(4321):chatwoot@prod:[9]:", "chatwoot", "prod",
       "2001:db8::1(4321)", 9},
      {"2025-08-21 23:03:11 UTC:[local]:rdsadmin@rdsadmin:[9]:", "rdsadmin", "rdsadmin", "[local]", 9},
      {"2025-08-21 23:03:11 UTC::@:[392]:", "", "", "", 392},
      {"2025-08-21 17:03:11 CST:10.0.1.5(1):[unknown]@[unknown]:[7]:", "[unknown]", "[unknown]",
       "10.0.1.5(1)", 7},
      {"2025-08-21 23:03:11.123 UTC [77] chatwoot@prod ", "chatwoot", "prod", "", 77},
      {"2025-08-21 23:03:11.123 UTC [77] [unknown]@[unknown] ", "[unknown]", "[unknown]", "", 77},
      {"2025-08-21 23:03:11.123 UTC [77] ", "", "", "", 77},
      {"2025-08-21 23:03:11 UTC [77]: [5-1] user=chat,db=prod,app=puma: x,client=10.0.1.5 ", "chat", "prod",
       "10.0.1.5", 77},
      {"2025-08-21 23:03:11 UTC [77]: [5-1] user=[unknown],db=[unknown],app=[unknown],client=[local] ",
       "[unknown]", "[unknown]", "[local]", 77},
      {"2025-08-21 23:03:11 UTC ", "", "", "", 0},
      {"2025-08-21 23:03:11+00 77 ", "", "", "", 77},
      {"1755817391.123 [77] ", "", "", "", 77},
      {"[77-3] ", "", "", "", 77},
      {"2025-08-21 23:03:11 -06 [66c9d8.3039] ", "", "", "", 0x3039},
      {"", "", "", "", 0},
  };
  for (const auto& c : cases) {
    const std::string event = std::string(c.prefix) + "ERROR:  deadlock detected";
    const auto entry = parse_postgres(event);
    ASSERT_TRUE(entry) << c.prefix;
    EXPECT_EQ(entry->user, c.user) << c.prefix;
    EXPECT_EQ(entry->database, c.database) << c.prefix;
    EXPECT_EQ(entry->remote, c.remote) << c.prefix;
    EXPECT_EQ(entry->pid, c.pid) << c.prefix;
    EXPECT_EQ(entry->level, "ERROR");
    EXPECT_EQ(entry->message, "deadlock detected");
  }
}

TEST(Postgres, RefusesOtherTexts) {
  for (const std::string_view text :
       {"", "plain", "ERROR: one space", "{\"msg\":\"PG::QueryCanceled: ERROR:  x\"}",
        "F, [2024-04-25T17:26:43.755035 #1] FATAL -- : [id] ActiveRecord::QueryCanceled (PG::QueryCanceled: "
        "ERROR:  x",
        "PG::QueryCanceled: ERROR:  canceling statement",
        "2025-08-21T23:00:00Z PG::QueryCanceled: ERROR:  canceling", "\tERROR:  in a statement",
        "some words before ERROR:  x"})
    EXPECT_FALSE(parse_postgres(text)) << text;
}

struct KindCase {
  std::string_view text;
  std::string_view kind;
};

TEST(Postgres, KnowsTheKindsOfEntries) {
  const KindCase cases[] = {
      {"ERROR:  canceling statement due to statement timeout", "statement-timeout"},
      {"ERROR:  canceling statement due to lock timeout", "lock-timeout"},
      {"ERROR:  canceling statement due to user request", "user-cancel"},
      {"LOG:  process 123 still waiting for ShareLock on transaction 99 after 1000.1 ms", "lock-wait"},
      {"LOG:  process 123 acquired ShareLock on transaction 99 after 2500.3 ms", "lock-wait"},
      {"LOG:  process 123 detected deadlock while waiting for ShareLock on transaction 9 after 1000.0 ms",
       "lock-wait"},
      {"ERROR:  deadlock detected", "deadlock"},
      {"FATAL:  remaining connection slots are reserved for non-replication superuser connections",
       "connection-refused"},
      {"FATAL:  sorry, too many clients already", "connection-refused"},
      {"FATAL:  the database system is starting up", "connection-refused"},
      {"FATAL:  the database system is shutting down", "connection-refused"},
      {"FATAL:  the database system is in recovery mode", "connection-refused"},
      {"FATAL:  no pg_hba.conf entry for host \"10.0.1.5\", user \"a\", database \"b\", no encryption",
       "connection-refused"},
      {"FATAL:  password authentication failed for user \"chatwoot\"", "connection-refused"},
      {"FATAL:  role \"nobody\" does not exist", "connection-refused"},
      {"ERROR:  relation \"x\" does not exist at character 15", "other-error"},
      {"LOG:  duration: 1523.221 ms  execute <unnamed>: SELECT 1", "duration"},
      {"LOG:  duration: 0.022 ms", "duration"},
      {"ERROR:  out of memory", "out-of-memory"},
      {"LOG:  could not fork new process for connection: Cannot allocate memory", "out-of-memory"},
      {"LOG:  could not fork new process for connection: Resource temporarily unavailable",
       "connection-refused"},
      {"ERROR:  could not extend file \"base/16384/1\": No space left on device", "disk-full"},
      {"PANIC:  could not write to file \"pg_wal/xlogtemp.1\": No space left on device", "disk-full"},
      {"LOG:  statement: CREATE INDEX CONCURRENTLY i ON t (a)", "ddl"},
      {"LOG:  statement: /* by hand */ alter table t add column c int", "ddl"},
      {"LOG:  statement: VACUUM FULL messages", "ddl"},
      {"LOG:  statement: SELECT 1", "other"},
      {"LOG:  received SIGHUP, reloading configuration files", "config"},
      {"LOG:  parameter \"work_mem\" changed to \"64MB\"", "config"},
      {"LOG:  database system is ready to accept connections", "server-state"},
      {"LOG:  server process (PID 77) was terminated by signal 9: Killed", "server-state"},
      {"WARNING:  terminating connection because of crash of another server process", "server-state"},
      {"LOG:  checkpoint complete: wrote 12 buffers (0.1%)", "checkpoint"},
      {"LOG:  automatic vacuum of table \"d.public.t\": index scans: 1", "autovacuum"},
      {"ERROR:  canceling autovacuum task", "autovacuum"},
      {"LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp77.0\", size 1073741824", "temporary-file"},
      {"LOG:  connection received: host=10.0.1.5 port=43210", "connection"},
      {"LOG:  disconnection: session time: 0:00:00.1 user=a database=b host=c", "connection"},
      {"ERROR:  duplicate key value violates unique constraint \"x\"", "other-error"},
      {"NOTICE:  table \"x\" does not exist, skipping", "other"},
      {"LOG:  could not receive data from client: Connection reset by peer", "connection"},
  };
  for (const auto& c : cases) {
    const std::string event = kRds + std::string(c.text);
    const auto entry = parse_postgres(event);
    ASSERT_TRUE(entry) << c.text;
    EXPECT_EQ(to_string(entry->kind), c.kind) << c.text;
  }
}

TEST(Postgres, ReadsDurationsAndTheirStatements) {
  struct Case {
    std::string_view text;
    double ms;
    std::string_view statement;
  };
  const Case cases[] = {
      {"duration: 1523.221 ms  execute <unnamed>: SELECT a\n\tFROM t", 1523.221, "SELECT a\n\tFROM t"},
      {"duration: 2.5 ms  statement: SELECT 1", 2.5, "SELECT 1"},
      {"duration: 2.5 ms  parse a1: SELECT $1", 2.5, "SELECT $1"},
      {"duration: 2.5 ms  bind a1/C_1: SELECT $1", 2.5, "SELECT $1"},
      {"duration: 2.5 ms  execute fetch from a1/C_1: SELECT $1", 2.5, "SELECT $1"},
      {"duration: 2.5 ms", 2.5, ""},
      {"duration: 2.5 ms  plan:\n\tQuery Text: SELECT a\n\tFROM t\n\tSeq Scan on t  (cost=0.00..1.00 rows=1)",
       2.5, "SELECT a\n\tFROM t"},
  };
  for (const auto& c : cases) {
    const std::string event = kRds + "LOG:  " + std::string(c.text);
    const auto entry = parse_postgres(event);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->kind, PostgresKind::kDuration) << c.text;
    EXPECT_EQ(entry->duration_ms, c.ms) << c.text;
    EXPECT_EQ(entry->statement, c.statement) << c.text;
  }
}

TEST(Postgres, TellsHowLongALockWasWaitedFor) {
  const std::string event =
      kRds + "LOG:  process 123 still waiting for ShareLock on transaction 99 after 1000.1 ms\n" + kRds +
      "DETAIL:  Process holding the lock: 77. Wait queue: 123.\n" + kRds +
      "CONTEXT:  while updating tuple (1,2) in relation \"t\"\n" + kRds + "STATEMENT:  UPDATE t";
  const auto entry = parse_postgres(event);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->duration_ms, 1000.1);
  EXPECT_EQ(entry->detail, "Process holding the lock: 77. Wait queue: 123.");
  EXPECT_EQ(entry->context, "while updating tuple (1,2) in relation \"t\"");
  EXPECT_EQ(entry->statement, "UPDATE t");
}

TEST(Postgres, ReadsTheSectionsOfAJoinedEvent) {
  const std::string event = kRds + "ERROR:  deadlock detected\n" + kRds +
                            "DETAIL:  Process 1 waits for ShareLock.\n\tProcess 2 waits too.\n" + kRds +
                            "HINT:  See server log for query details.\n" + kRds +
                            "STATEMENT:  SELECT *\n\tFROM t -- LOG:  not a level\n\tWHERE a = 1\n";
  const auto entry = parse_postgres(event);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->kind, PostgresKind::kDeadlock);
  EXPECT_EQ(entry->detail, "Process 1 waits for ShareLock.\n\tProcess 2 waits too.");
  EXPECT_EQ(entry->hint, "See server log for query details.");
  EXPECT_EQ(entry->statement, "SELECT *\n\tFROM t -- LOG:  not a level\n\tWHERE a = 1");
}

TEST(Postgres, ReadsALoneSection) {
  const std::string event = kRds + "STATEMENT:  SELECT 1\n\tFROM t";
  const auto entry = parse_postgres(event);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->level, "STATEMENT");
  EXPECT_EQ(entry->statement, "SELECT 1\n\tFROM t");
}

struct Seen {
  std::uint64_t number;
  Time time;
  std::string text, level, statement, detail;
  PostgresKind kind;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> assemble(const std::vector<std::pair<std::uint64_t, std::string>>& events) {
  std::vector<Seen> out;
  PostgresAssembler assembler;
  const auto emit = [&](const PostgresAssembler::Completed& c) {
    out.push_back({c.number, c.time, c.text, std::string(c.entry.level), std::string(c.entry.statement),
                   std::string(c.entry.detail), c.entry.kind});
  };
  for (const auto& [number, text] : events)
    assembler.feed(number, from_epoch_ms(static_cast<std::int64_t>(number)), text, emit);
  assembler.finish(emit);
  return out;
}

TEST(PostgresAssembler, AttachesSectionsThatArriveAlone) {
  const std::string other = "2025-08-21 23:03:11 UTC:10.0.1.6(1):a@b:[777]:";
  const auto seen = assemble({{1, kRds + "ERROR:  canceling statement due to statement timeout"},
                              {2, other + "LOG:  duration: 5.0 ms  statement: SELECT 2"},
                              {3, kRds + "STATEMENT:  SELECT 1"},
                              {4, "\tFROM t"},
                              {5, other + "DETAIL:  parameters: $1 = '3'"}});
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].number, 1U);
  EXPECT_EQ(seen[0].statement, "SELECT 1\n\tFROM t");
  EXPECT_EQ(seen[1].detail, "parameters: $1 = '3'");
}

TEST(PostgresAssembler, ASectionWithoutItsEntryStandsAlone) {
  const auto seen = assemble({{1, kRds + "STATEMENT:  SELECT 1"}, {2, "garbage"}});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].level, "STATEMENT");
  EXPECT_TRUE(assemble({{1, "garbage"}, {2, "more"}}).empty());
}

// A log whose sections come joined, and the same log with each line as an event of its own, are one log.
TEST(PostgresAssembler, JoinedAndSeparateEventsGiveTheSameEntries) {
  std::mt19937 random(7);
  for (const std::string_view shape :
       {"2025-08-21 23:03:11 UTC:10.0.1.5(4):chat@prod:[%]:", "2025-08-21 23:03:11.5 UTC [%] a@b ",
        "2025-08-21 23:03:11 UTC [%]: [5-1] user=a,db=b,app=c,client=d "}) {
    for (int round = 0; round < 40; ++round) {
      std::vector<std::pair<std::uint64_t, std::string>> joined, separate;
      std::uint64_t number = 1;
      for (int i = 0; i < 200; ++i) {
        std::string prefix(shape);
        prefix.replace(prefix.find('%'), 1, std::to_string(100 + random() % 5));
        std::vector<std::string> lines;
        lines.push_back(prefix + (random() % 2 ? "ERROR:  canceling statement due to statement timeout"
                                               : "LOG:  duration: 12.5 ms  execute <unnamed>: SELECT 1"));
        if (random() % 3 == 0) lines.push_back("\tFROM t");
        if (random() % 3 == 0) lines.push_back(prefix + "DETAIL:  parameters: $1 = '3'");
        if (random() % 3 == 0) lines.push_back(prefix + "HINT:  a hint");
        if (random() % 2 == 0) {
          lines.push_back(prefix + "STATEMENT:  SELECT *");
          if (random() % 2 == 0) lines.push_back("\tFROM conversations WHERE id IN (1, 2)");
        }
        const std::uint64_t first = number;
        std::string text;
        for (const auto& line : lines) {
          separate.emplace_back(number++, line);
          text += (text.empty() ? "" : "\n") + line;
        }
        joined.emplace_back(first, text);
      }
      ASSERT_EQ(assemble(joined), assemble(separate));
    }
  }
}

TEST(PostgresAssembler, MemoryStaysBounded) {
  PostgresAssembler assembler;
  std::size_t emitted = 0;
  const auto emit = [&](const PostgresAssembler::Completed& c) {
    ++emitted;
    EXPECT_LE(c.text.size(), 1024U * 1024U + 1);
  };
  for (std::uint64_t i = 1; i <= 5000; ++i)
    assembler.feed(i, Time{}, "2025-08-21 23:03:11 UTC [" + std::to_string(i) + "] LOG:  x", emit);
  EXPECT_GE(emitted, 3900U);
  const std::string tail(4096, 'x');
  for (int i = 0; i < 5000; ++i) assembler.feed(9999, Time{}, "\t" + tail, emit);
  assembler.finish(emit);
  EXPECT_EQ(emitted, 5000U);
}

}  // namespace
}  // namespace culprit
