// `culprit logs tail`: the last events of a store, and those that come.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <map>
#include <thread>

#include "base/interrupt.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_print.h"
#include "cli/logs_query.h"
#include "cli/stop_signal.h"

namespace culprit {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPauseMin = std::chrono::milliseconds(200);
constexpr int kPauseOfWork = 4;                    // pauses are so many times as long as looking took
constexpr std::size_t kSortedEventsMax = 100'000;  // more at once come group by group
constexpr std::size_t kSortedBytesMax = std::size_t{32} << 20;

struct Arguments {
  LogsQueryOptions query;
  FieldsOption fields;
  std::string pattern;
  std::size_t limit = 20;
  bool follow = false;
};

LogEvent kept(const LogEventView& e) {
  return {e.number, std::string(e.group), std::string(e.stream), e.time, e.ingestion, std::string(e.message)};
}

// The last by time, of all groups together.
Result<void> print_last(const OpenLogs& logs, const LogSearch& what, std::size_t limit, EventPrinter& out) {
  std::multimap<std::pair<Time, EventNumber>, LogEvent> last;
  auto found = logs.store().scan_matches(logs.query, what, 0, [&](const LogEventView& e) {
    const std::pair key(e.time, e.number);
    if (last.size() == limit && key < last.begin()->first) return true;
    last.emplace(key, kept(e));
    if (last.size() > limit) last.erase(last.begin());
    return true;
  });
  if (!found) return found;
  for (const auto& [key, event] : last) out.print(event.view());
  out.flush();
  return {};
}

// Those with a higher number, in the order in which they came.
Result<void> print_new(const OpenLogs& logs, const LogSearch& what, EventPrinter& out) {
  std::map<EventNumber, LogEvent> events;
  std::size_t bytes = 0;
  const auto print_all = [&] {
    for (const auto& [number, event] : events) out.print(event.view());
    events.clear();
    bytes = 0;
  };
  auto found = logs.store().scan_matches(logs.query, what, 0, [&](const LogEventView& e) {
    events.emplace(e.number, kept(e));
    bytes += e.message.size();
    if (events.size() >= kSortedEventsMax || bytes >= kSortedBytesMax) print_all();
    return !stop_asked();
  });
  print_all();
  out.flush();
  return found;
}

Result<EventNumber> last_number(const Store& store) {
  const auto groups = store.log_groups();
  if (!groups) return tl::unexpected(groups.error());
  EventNumber last = 0;
  for (const auto& g : *groups) last = std::max(last, g.last_number);
  return last;
}

// Changes whenever a writer makes something visible: each commit writes to the log or to the catalogue.
std::string state_of(const std::filesystem::path& store) {
  std::string out;
  const auto add = [&](const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return;
    out += fmt::format("{} {} {} {}.{} ", path.filename().string(), info.st_ino, info.st_size,
                       info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  };
  std::error_code ec;
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::directory_iterator(store / "wal", ec))
    logs.push_back(entry.path());
  std::sort(logs.begin(), logs.end());
  for (const auto& path : logs) add(path);
  for (const char* name : {"catalogue.sqlite", "catalogue.sqlite-wal"}) add(store / name);
  return out;
}

Result<void> follow(const Arguments& arguments, LogQuery query, std::string state, const LogSearch& what,
                    EventPrinter& out) {
  Clock::duration pause = kPauseMin;
  while (!stop_asked()) {
    std::this_thread::sleep_for(pause);
    std::string now = state_of(arguments.query.store);
    if (now == state) continue;
    state = std::move(now);
    const auto started = Clock::now();
    auto logs = open_logs(arguments.query);
    if (!logs) return tl::unexpected(logs.error());
    logs->query = query;
    const auto last = last_number(logs->store());
    if (!last) return tl::unexpected(last.error());
    if (auto printed = print_new(*logs, what, out); !printed) return printed;
    query.after = std::max(query.after, *last);
    pause = std::max<Clock::duration>(kPauseMin, (Clock::now() - started) * kPauseOfWork);
  }
  return {};
}

Result<void> tail(const Arguments& arguments) {
  const auto pattern = arguments.query.pattern(arguments.pattern);
  if (!pattern) return tl::unexpected(pattern.error());
  if (arguments.follow) {
    if (!arguments.query.window.to.empty())
      return fail(ErrorCode::kUsage, "--follow has no end, --to gives one", "--to", "Leave one of them out.");
    std::error_code ignored;
    if (std::filesystem::is_regular_file(arguments.query.store, ignored))
      return fail(ErrorCode::kUsage, "a capsule does not grow", arguments.query.store,
                  "Follow the store that is being written, or leave --follow out.");
    catch_stop_signals();
  }
  std::string state = state_of(arguments.query.store);  // before the look: what comes meanwhile is seen next
  auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  EventPrinter out(arguments.fields, *pattern, logs->zone, arguments.query.json());
  const LogSearch what({*pattern});
  if (auto printed = print_last(*logs, what, arguments.limit, out); !printed || !arguments.follow)
    return printed;
  LogQuery query = logs->query;
  if (query.window) query.window->end = Time::max();
  const auto last = last_number(logs->store());
  if (!last) return tl::unexpected(last.error());
  query.after = *last;
  return follow(arguments, std::move(query), std::move(state), what, out);
}

}  // namespace

void add_logs_tail(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("tail", "The last events, of all groups together");
  command->add_option("pattern", arguments->pattern, "Only events that match");
  arguments->query.add_to(*command);
  arguments->query.add_pattern_kinds(*command);
  command->add_option("-n,--lines", arguments->limit, "So many events")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  command->add_flag(
      "-f,--follow", arguments->follow,
      "Go on with what a writer adds to the store (culprit ingest --follow), until interrupted");
  arguments->fields.add_to(*command);
  command->footer(
      R"(With --follow, new events come in the order in which they were added. Interrupted, it ends with 130.

Examples:
  culprit logs tail
  culprit logs tail ERROR -n 50 --group worker
  culprit logs tail --follow --group web --fields @timestamp,status,path)");
  command->callback([arguments, &exit] {
    const auto done = tail(*arguments);
    exit = !done ? print_failure(done.error()) : stop_asked() ? kInterruptedExitCode : 0;
  });
}

}  // namespace culprit
