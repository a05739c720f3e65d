#include "random_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

std::string RandomLog::prefix(int pid, std::int64_t ms) {
  const std::string utc = format_utc(from_epoch_ms(ms - ms % 1000));
  const std::string seconds = utc.substr(0, 10) + " " + utc.substr(11, 8);
  switch (prefix_kind) {
    case 0:
      return pid == 1
                 ? fmt::format("{} UTC::@:[1]:", seconds)
                 : fmt::format("{} UTC:10.0.1.{}({}):chat@prod:[{}]:", seconds, pid % 8, 40'000 + pid, pid);
    case 1:
      return fmt::format("{}.{:03} UTC [{}] chat@prod ", seconds, ms % 1000, pid);
    case 2:
      return fmt::format("{} UTC [{}]: [{}-1] user=chat,db=prod,app=[unknown],client=10.0.0.1 ", seconds, pid,
                         1 + pick(900));
    default:
      return fmt::format("{} UTC ", seconds);
  }
}

std::string RandomLog::sql() {
  std::string list;
  for (auto n = 1 + pick(60); n > 0; --n) list += std::to_string(pick(1'000'000)) + (n > 1 ? ", " : "");
  switch (pick(8)) {
    case 0:
      return fmt::format("SELECT * FROM messages WHERE id IN ({}) LIMIT {}", list, pick(50));
    case 1:
      return fmt::format("UPDATE t\n\tSET a = '{}'\n\tWHERE id IN ({})", pick(100), list);
    case 2:
      return fmt::format("SELECT \"t0_r{}\" FROM \"x\" WHERE b = ANY('{{{}}}')", pick(3), list);
    case 3:
      return fmt::format("INSERT INTO t (a, b) VALUES ({}, 'x{}') /*id:{}*/", pick(9), pick(9), pick(999));
    case 4:
      return fmt::format("SELECT E'a\\'{}', $tag$ it's $tag$", pick(9));
    case 5:
      return fmt::format("SELECT 'cut at the end {}", pick(9));
    case 6:
      return fmt::format("DELETE FROM t WHERE id  IN  ( {} ) AND a = ${}", list, 1 + pick(9));
    default:
      return fmt::format("SELECT 1 FROM t WHERE id IN (SELECT id FROM u WHERE c = {})", pick(99));
  }
}

// The entry and its sections, each with its own prefix.
std::vector<std::string> RandomLog::entry(int pid) {
  const auto p = [&] { return prefix(pid, now_ms); };
  const auto ms = fmt::format("{}.{:03}", pick(20'000), pick(1000));
  const auto statement = [&] { return p() + "STATEMENT:  " + sql(); };
  switch (pick(18)) {
    case 0:
    case 1:
    case 2:
      return {p() + fmt::format("LOG:  duration: {} ms  statement: {}", ms, sql())};
    case 3:
      return {p() + fmt::format("LOG:  duration: {} ms  execute <unnamed>: {}", ms, sql()),
              p() + "DETAIL:  parameters: $1 = '5', $2 = 'a: b'"};
    case 4:
      return {p() + fmt::format("LOG:  duration: {} ms  {} s1: {}", ms, pick(2) ? "parse" : "bind", sql())};
    case 5:
      return {p() + fmt::format(
                        "LOG:  duration: {} ms  plan:\n\tQuery Text: {}\n\tSeq Scan on t  (cost=0.00..{}.10 "
                        "rows=1 width=8)\n\t  Filter: (a = {})",
                        ms, "SELECT a FROM t WHERE a = 5", pick(50), pick(50))};
    case 6:
      return {p() + fmt::format("LOG:  duration: {} ms", ms)};
    case 7:
      return {p() + "ERROR:  canceling statement due to statement timeout", statement()};
    case 8:
      return {p() + fmt::format("ERROR:  relation \"t{}\" does not exist at character {}", pick(4), pick(90)),
              statement()};
    case 9:
      return {p() + "ERROR:  deadlock detected",
              p() +
                  "DETAIL:  Process 5 waits for ShareLock on transaction 9; blocked by process 6.\n\tProcess "
                  "6 waits.",
              p() + "HINT:  See server log for query details.", p() + "CONTEXT:  while updating tuple (0,2)",
              statement()};
    case 10:
      return {p() + fmt::format("LOG:  process {} still waiting for ShareLock on transaction 9 after {} ms",
                                pid, ms),
              p() + "DETAIL:  Process holding the lock: 7. Wait queue: 5.", statement()};
    case 11:
      return {p() + fmt::format("LOG:  process {} acquired ShareLock on transaction 9 after {} ms", pid, ms),
              statement()};
    case 12:
      return {p() + fmt::format("LOG:  temporary file: path \"base/pgsql_tmp/{}\", size {}", pick(99),
                                pick(1'000'000)),
              statement()};
    case 13: {
      const std::array<std::string, 3> texts = {
          fmt::format("LOG:  connection received: host=10.0.0.{} port={}", pick(5), pick(60'000)),
          "LOG:  connection authorized: user=chat database=prod SSL enabled",
          fmt::format("LOG:  disconnection: session time: {}:{:02}:{:02}.{:03} user=chat database=prod",
                      pick(3), pick(60), pick(60), pick(1000))};
      return {p() + texts[pick(3)]};
    }
    case 14:
      return {
          p() + fmt::format(
                    "LOG:  checkpoint complete: wrote {} buffers (2.2%); 0 WAL file(s) added; write={}.321 "
                    "s, sync=0.031 s, total={}.361 s; sync files=59",
                    pick(999), pick(90), pick(90)),
          p() + "LOG:  checkpoint starting: time"};
    case 15:
      return {p() +
              fmt::format("LOG:  automatic vacuum of table \"prod.public.t{}\": index scans: 1\n\tpages: 0 "
                          "removed\n\tsystem usage: CPU: user: 0.00 s, elapsed: {}.02 s",
                          pick(4), pick(9))};
    case 16:
      return {p() + (pick(2) ? "FATAL:  remaining connection slots are reserved for superusers"
                             : "LOG:  database system is ready to accept connections")};
    default:
      return {p() + fmt::format("WARNING:  something odd \"{}\"", pick(9)),
              pick(2) ? std::string("a line of another program") : p() + "HINT:  look closer"};
  }
}

std::string RandomLog::make(int entries) {
  std::map<int, std::vector<std::string>> waiting;  // sections still to be written, by process
  std::string out;
  const std::string end = pick(4) == 0 ? "\r\n" : "\n";
  const auto write_waiting = [&](int pid) {
    for (const auto& section : waiting[pid]) out += section + end;
    waiting.erase(pid);
  };
  for (int i = 0; i < entries; ++i) {
    now_ms += static_cast<std::int64_t>(pick(4000));
    const int pid = pick(12) == 0 && prefix_kind == 0 ? 1 : 100 + static_cast<int>(pick(6));
    write_waiting(pid);
    auto lines = entry(pid);
    out += lines.front() + end;
    waiting[pid].assign(lines.begin() + 1, lines.end());
    // Without a process in the prefix, sections can only follow at once; so they do mostly elsewhere, too.
    if (prefix_kind == 3 || pick(3) != 0) write_waiting(pid);
  }
  while (!waiting.empty()) write_waiting(waiting.begin()->first);
  return out;
}

namespace {

std::string sketch(const QuantileSketch& s) {
  return fmt::format("n={} p50={} p95={} max={}", s.count(), s.quantile(0.5), s.quantile(0.95), s.max());
}

std::string counts(const SqlCounts& c) { return fmt::format("{}", fmt::join(c, ",")); }

std::string calls(const SqlCalls& c) { return fmt::format("{}/{}/{}", c.calls, c.total_us, c.max_us); }

std::string at(const std::optional<Time>& t) { return t ? format_utc(*t) : "-"; }

}  // namespace

std::string describe(const SqlTally& t) {
  std::vector<std::string> lines;
  for (const auto& s : t.statements()) {
    std::string line =
        fmt::format("{} {} calls {} {} lists {} {} counts {} wait {} temp {} prepare {} {} {} {} plan {} {}",
                    s.shape.fingerprint, s.shape.normalised, calls(s.calls), sketch(s.durations_ms),
                    sketch(s.lists), s.list_max, counts(s.counts), s.lock_wait_us, s.temp_bytes, s.prepare_us,
                    at(s.first), at(s.last), at(s.slowest_at), s.slowest_plan_us, s.slowest_plan);
    for (const auto& [period, c] : s.by_period) line += fmt::format(" [{} {}]", period, calls(c));
    lines.push_back(line);
  }
  std::ranges::sort(lines);
  for (const auto& [number, p] : t.periods())
    lines.push_back(fmt::format("period {} {} {} {} {}", number, calls(p.calls), sketch(p.durations_ms),
                                counts(p.counts), p.temp_bytes));
  for (const auto& [key, e] : t.errors())
    lines.push_back(fmt::format("error {} {} {} {} {} {}", key.first, key.second, e.count,
                                format_utc(e.first), format_utc(e.last), e.example));
  const auto& c = t.sessions();
  lines.push_back(fmt::format("sessions {} {} {} {} {} {}", c.received, c.authorized, c.disconnected,
                              c.refused, sketch(c.seconds), c.total_ms));
  for (const auto& [name, n] : c.authorized_by) lines.push_back(fmt::format("authorized {} {}", name, n));
  for (const auto& [name, n] : c.received_from) lines.push_back(fmt::format("from {} {}", name, n));
  const auto& k = t.checkpoints();
  lines.push_back(fmt::format("checkpoints {} {} {} {} {} {}", k.completed, k.buffers, k.write_ms, k.sync_ms,
                              k.longest_ms, at(k.longest_at)));
  for (const auto& [name, n] : k.started) lines.push_back(fmt::format("started {} {}", name, n));
  for (const auto& [table, m] : t.maintenance())
    lines.push_back(fmt::format("table {} {} {} {}", table, m.vacuums, m.analyzes, m.elapsed_ms));
  for (const auto& [key, n] : t.server_states())
    lines.push_back(fmt::format("state {} {} {}", format_utc(key.first), key.second, n));
  lines.push_back(fmt::format("all {} {} unnamed {} counts {} temp {} {} {} {} entries {}", calls(t.calls()),
                              sketch(t.durations_ms()), calls(t.unnamed()), counts(t.counts()),
                              t.temp_bytes(), t.temp_bytes_max(), at(t.first()), at(t.last()), t.entries()));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace culprit
