// `culprit store compact`: fewer and larger segments, and the retention of a store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "cli/store_damage.h"
#include "cli/store_options.h"

namespace culprit {

namespace {

struct Arguments {
  StoreOptions store;
  std::string keep_age;
  std::string keep_bytes;
};

Result<CompactOptions> options_of(const Arguments& arguments, Time now) {
  CompactOptions out;
  if (!arguments.keep_age.empty()) {
    const auto age = parse_duration(arguments.keep_age);
    if (!age || *age <= Duration{0})
      return fail(ErrorCode::kUsage, fmt::format("'{}' is no length of time", arguments.keep_age),
                  "--keep-age", "Write it like 14d or 36h.");
    out.keep_from = now - *age;
  }
  if (!arguments.keep_bytes.empty()) {
    const auto bytes = parse_size(arguments.keep_bytes);
    if (!bytes) return fail(ErrorCode::kUsage, bytes.error().what, "--keep-bytes", bytes.error().hint);
    out.keep_bytes = *bytes;
  }
  return out;
}

void print_text(const Arguments& arguments, const CompactReport& report) {
  fmt::print("{}: {} in {} segments, before {} in {}\n", arguments.store.directory,
             size_text(report.bytes_after), grouped(report.segments_after), size_text(report.bytes_before),
             grouped(report.segments_before));
  if (report.segments_retired > 0)
    fmt::print("Retired {} events of {} segments, recorded as gaps of their log groups\n",
               grouped(report.events_retired), grouped(report.segments_retired));
}

void print_json(const Arguments& arguments, const CompactReport& report) {
  const boost::json::object out{{"command", "compact"},
                                {"store", shown_path(arguments.store.directory)},
                                {"segments_before", report.segments_before},
                                {"segments_after", report.segments_after},
                                {"bytes_before", report.bytes_before},
                                {"bytes_after", report.bytes_after},
                                {"segments_retired", report.segments_retired},
                                {"events_retired", report.events_retired}};
  fmt::print("{}\n", boost::json::serialize(out));
}

int run(const Arguments& arguments) {
  const auto options = options_of(arguments, std::chrono::floor<Duration>(std::chrono::system_clock::now()));
  if (!options) return print_failure(options.error());
  const auto report = compact_store(arguments.store.directory, *options);
  if (!report) return print_failure(report.error());
  if (arguments.store.json())
    print_json(arguments, *report);
  else
    print_text(arguments, *report);
  return 0;
}

}  // namespace

void add_store_compact(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("compact", "Merge small segments; retire what is too old or too much");
  arguments->store.add_as_argument(*command);
  command
      ->add_option("--keep-age", arguments->keep_age,
                   "Retire segments whose last event is older than this (default: keep all)")
      ->type_name("AGE");
  command
      ->add_option("--keep-bytes", arguments->keep_bytes,
                   "Retire the oldest segments until this much is left (default: keep all)")
      ->type_name("SIZE");
  command->footer(R"(Readers go on with what they opened. Without --keep-… no event goes away.
Examples:
  culprit store compact
  culprit store compact flight-recorder --keep-age 14d --keep-bytes 10GB)");
  command->callback([arguments, &exit] { exit = run(*arguments); });
}

}  // namespace culprit
