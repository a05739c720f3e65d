// `culprit store repair`: saves what can be read of a damaged store.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/store_damage.h"
#include "cli/store_options.h"

namespace culprit {

namespace {

void print_text(const StoreOptions& options, const RepairReport& report) {
  if (report.damage.empty()) {
    fmt::print("{}: whole; nothing was changed\n", options.directory);
    return;
  }
  print_damage(options.directory, report.damage);
  fmt::print("Saved: {} events of the damaged segments\n", grouped(report.events_saved));
  fmt::print("Lost:  {} events{}\n", grouped(report.events_lost),
             report.events_lost > 0 ? ", recorded as gaps of their log groups" : "");
  if (!report.aside.empty()) fmt::print("The damaged files lie in {}\n", shown_path(report.aside));
}

void print_json(const StoreOptions& options, const RepairReport& report) {
  boost::json::object out{{"command", "repair"},
                          {"store", shown_path(options.directory)},
                          {"damage", damage_json(options.directory, report.damage)},
                          {"events_saved", report.events_saved},
                          {"events_lost", report.events_lost}};
  if (!report.aside.empty()) out["aside"] = shown_path(report.aside);
  fmt::print("{}\n", boost::json::serialize(out));
}

int run(const StoreOptions& options) {
  const auto report = repair_store(options.directory);
  if (!report) return print_failure(report.error());
  if (options.json())
    print_json(options, *report);
  else
    print_text(options, *report);
  return 0;
}

}  // namespace

void add_store_repair(CLI::App& app, int& exit) {
  auto options = std::make_shared<StoreOptions>();
  auto* command =
      app.add_subcommand("repair", "Save what can be read of damaged segments; keep the originals");
  options->add_as_argument(*command);
  command->footer(
      R"(Whatever is damaged is kept in damaged/ of the store; what was lost becomes a gap, which later analyses show.
Examples:
  culprit store check incident || culprit store repair incident)");
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace culprit
