// `culprit logs search` and `culprit logs tail`: events of a store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_query.h"
#include "store/valid_utf8.h"

namespace culprit {

namespace {

struct Arguments {
  LogsQueryOptions query;
  std::string pattern;
  std::size_t limit = 100;
};

void print_event(const LogEventView& event, const Zone& zone, bool json) {
  if (!json) {
    fmt::print("{} {} {} #{}  {}\n", format_local(zone.to_local(event.time)),
               printable_text(event.group, 200), printable_text(event.stream, 200), event.number,
               printable(event.message));
    return;
  }
  boost::json::object line;
  line["number"] = event.number;
  line["timestamp"] = to_epoch_ms(event.time);
  line["time"] = format_utc(event.time);
  line["logGroup"] = valid_utf8(event.group);
  line["logStream"] = valid_utf8(event.stream);
  line["message"] = valid_utf8(event.message);
  fmt::print("{}\n", boost::json::serialize(line));
}

Result<void> search(const Arguments& arguments) {
  const auto pattern = arguments.query.pattern(arguments.pattern);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  const LogSearch what({*pattern});
  std::size_t shown = 0;
  auto found = logs->store().scan_matches(logs->query, what, 0, [&](const LogEventView& event) {
    print_event(event, logs->zone, arguments.query.json());
    return ++shown < arguments.limit;
  });
  if (!found) return found;
  if (shown < arguments.limit) {
    fmt::print(stderr, "{} {}\n", shown, shown == 1 ? "event" : "events");
    return {};
  }
  const auto counts = logs->store().count_matches(logs->query, what, std::chrono::minutes(1));
  if (!counts) return tl::unexpected(counts.error());
  fmt::print(stderr, "the first {} of {} events (--limit shows more)\n", shown, counts->front().total);
  return {};
}

Result<void> tail(const Arguments& arguments) {
  const auto pattern = arguments.query.pattern(arguments.pattern);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  // The last by time, of all groups together.
  std::multimap<std::pair<Time, EventNumber>, LogEvent> last;
  auto found = logs->store().scan_matches(logs->query, LogSearch({*pattern}), 0, [&](const LogEventView& e) {
    const std::pair key(e.time, e.number);
    if (last.size() == arguments.limit && key < last.begin()->first) return true;
    last.emplace(key, LogEvent{e.number, std::string(e.group), std::string(e.stream), e.time, e.ingestion,
                               std::string(e.message)});
    if (last.size() > arguments.limit) last.erase(last.begin());
    return true;
  });
  if (!found) return found;
  for (const auto& [key, event] : last) print_event(event.view(), logs->zone, arguments.query.json());
  return {};
}

}  // namespace

void add_logs_search(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("search", "Events that match a pattern");
  command
      ->add_option("pattern", arguments->pattern,
                   "CloudWatch filter pattern, or with -F plain text, with -E a regular expression")
      ->required();
  arguments->query.add_to(*command);
  arguments->query.add_pattern_kinds(*command);
  command->add_option("--limit,-n", arguments->limit, "Show at most so many events")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}))
      ->capture_default_str();
  command->footer(R"(Examples:
  culprit logs search 'ERROR -healthcheck' --from -2h
  culprit logs search '{ $.status = 5* }' --group web --format json
  culprit logs search -E 'duration: \d{5,}\.' --group postgresql
  culprit logs search -F 'IN (' -n 20 --store incident.culprit

Exit codes: 0 done, also when nothing matched; 2 usage, a refused pattern; 4 no such store or group; 8 damaged.)");
  command->callback([arguments, &exit] {
    const auto done = search(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

void add_logs_tail(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  arguments->limit = 20;
  auto* command = app.add_subcommand("tail", "The last events, of all groups together");
  command->add_option("pattern", arguments->pattern, "Only events that match");
  arguments->query.add_to(*command);
  arguments->query.add_pattern_kinds(*command);
  command->add_option("-n,--lines", arguments->limit, "So many events")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  command->footer(R"(Examples:
  culprit logs tail
  culprit logs tail ERROR -n 50 --group worker)");
  command->callback([arguments, &exit] {
    const auto done = tail(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
