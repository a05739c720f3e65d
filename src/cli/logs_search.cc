// `culprit logs search`: events of a store that match.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_print.h"
#include "cli/logs_query.h"

namespace culprit {

namespace {

struct Arguments {
  LogsQueryOptions query;
  std::string pattern;
  std::size_t limit = 100;
  FieldsOption fields;
};

Result<void> search(const Arguments& arguments) {
  const auto pattern = arguments.query.pattern(arguments.pattern);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  const LogSearch what({*pattern});
  EventPrinter out(arguments.fields, *pattern, logs->zone, arguments.query.json());
  std::size_t shown = 0;
  auto found = logs->store().scan_matches(logs->query, what, 0, [&](const LogEventView& event) {
    out.print(event);
    return ++shown < arguments.limit;
  });
  out.flush();
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
  arguments->fields.add_to(*command);
  command->footer(R"(Examples:
  culprit logs search 'ERROR -healthcheck' --from -2h
  culprit logs search '{ $.status = 5* }' --group web --format json
  culprit logs search -E 'duration: \d{5,}\.' --group postgresql
  culprit logs search '{ $.ctx.elapsed > 5 }' --fields @timestamp,ctx.class,ctx.elapsed
  culprit logs search -F 'IN (' -n 20 --store incident.culprit

Exit codes: 0 done, also when nothing matched; 2 usage, a refused pattern; 4 no such store or group; 8 damaged.)");
  command->callback([arguments, &exit] {
    const auto done = search(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
