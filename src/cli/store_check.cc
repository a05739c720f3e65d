// `culprit store check`: is every byte of a store as it was written?
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/store_damage.h"
#include "cli/store_options.h"

namespace culprit {

namespace {

void print_json(const StoreOptions& options, const std::vector<StoreDamage>& damage) {
  const boost::json::object out{{"command", "check"},
                                {"store", shown_path(options.directory)},
                                {"whole", damage.empty()},
                                {"damage", damage_json(options.directory, damage)}};
  fmt::print("{}\n", boost::json::serialize(out));
}

int run(const StoreOptions& options) {
  const auto damage = check_store(options.directory);
  if (!damage) return print_failure(damage.error());
  if (options.json()) {
    print_json(options, *damage);
  } else {
    print_damage(options.directory, *damage);
    if (damage->empty())
      fmt::print("{}: whole\n", options.directory);
    else
      fmt::print("{}: DAMAGED\n", options.directory);
  }
  if (damage->empty()) return 0;
  fmt::print(stderr, "Next: culprit store repair {}\n", options.directory);
  return exit_code(ErrorCode::kDamaged);
}

}  // namespace

void add_store_check(CLI::App& app, int& exit) {
  auto options = std::make_shared<StoreOptions>();
  auto* command = app.add_subcommand("check", "Read every byte and name each file and range that is damaged");
  options->add_as_argument(*command);
  command->footer(R"(Ends with 0 when the store is whole, 8 when it is damaged.
Examples:
  culprit store check
  culprit store check incident --format json | jq '.damage')");
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace culprit
