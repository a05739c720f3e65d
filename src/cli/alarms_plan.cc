// `culprit alarms plan`, `apply` and `drift`: the system file against the account.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/alarms_options.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace culprit {

namespace {

using Action = PlannedItem::Action;

constexpr int kExitNotDone = 1;
constexpr int kExitDrift = 2;

struct Arguments {
  AlarmsOptions options;
  std::vector<std::string> adopt;
  bool yes = false;
};

struct Opened {
  OpenAccount account;
  PlannedAlarms planned;
};

Result<Opened> open_and_plan(const Arguments& arguments) {
  const auto system = load_system(arguments.options.system);
  if (!system) return tl::unexpected(system.error());
  auto account = OpenAccount::open(arguments.options.aws, *system);
  if (!account) return tl::unexpected(account.error());
  auto planned = plan_against(*account, *system, arguments.adopt);
  if (!planned) return tl::unexpected(planned.error());
  return Opened{std::move(*account), std::move(*planned)};
}

void print_plan(const Arguments& arguments, const AlarmPlan& plan) {
  if (arguments.options.json())
    fmt::print("{}\n", boost::json::serialize(plan_json(plan)));
  else
    fmt::print("{}", plan_text(plan, colours_wanted()));
}

int run_plan(const Arguments& arguments) {
  const auto opened = open_and_plan(arguments);
  if (!opened) return print_failure(opened.error());
  print_plan(arguments, opened->planned.plan);
  return 0;
}

int run_drift(const Arguments& arguments) {
  const auto opened = open_and_plan(arguments);
  if (!opened) return print_failure(opened.error());
  const AlarmPlan& plan = opened->planned.plan;
  print_plan(arguments, plan);
  return plan.changes_anything() || plan.count(Action::kBlocked) > 0 ? kExitDrift : 0;
}

// A yes on the terminal. Without one nobody can be asked.
bool is_confirmed(const Opened& opened) {
  if (isatty(STDIN_FILENO) == 0) {
    fmt::print(stderr, "Nothing was changed. Add --yes to apply without being asked.\n");
    return false;
  }
  fmt::print(stderr, "Apply this to {}? Only 'yes' will do: ", opened.account.place());
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return true;
  fmt::print(stderr, "Nothing was changed.\n");
  return false;
}

// Applies item by item. What fails stops the rest, and says how far it came.
Result<std::size_t> apply_items(Opened& opened) {
  std::size_t done = 0;
  for (const auto& item : opened.planned.plan.items) {
    if (item.action == Action::kSame || item.action == Action::kBlocked) continue;
    if (auto applied = opened.account.alarms().apply(item, opened.planned.system.name); !applied) {
      Error error = applied.error();
      error.hint += fmt::format("{}{} changes were made before; `culprit alarms plan` shows what is left.",
                                error.hint.empty() ? "" : "\n  ", done);
      return tl::unexpected(std::move(error));
    }
    ++done;
  }
  return done;
}

int run_apply(const Arguments& arguments) {
  auto opened = open_and_plan(arguments);
  if (!opened) return print_failure(opened.error());
  print_plan(arguments, opened->planned.plan);
  const auto blocked = opened->planned.plan.count(Action::kBlocked);
  if (opened->planned.plan.changes_anything()) {
    if (!arguments.yes && !is_confirmed(*opened)) return kExitNotDone;
    // The account may have changed while the plan was read.
    if (!arguments.yes) {
      auto again = plan_against(opened->account, opened->planned.system, arguments.adopt);
      if (!again) return print_failure(again.error());
      if (plan_json(again->plan) != plan_json(opened->planned.plan))
        return print_failure({ErrorCode::kExpectation, "the account changed while you were asked", "",
                              "Nothing was changed. Look at the plan again."});
    }
    const auto done = apply_items(*opened);
    if (!done) return print_failure(done.error());
    if (!arguments.options.json()) fmt::print("\n{} changes were made.\n", *done);
  } else if (!arguments.options.json()) {
    fmt::print("Nothing to change.\n");
  }
  if (blocked == 0) return 0;
  fmt::print(stderr, "{} of the alarms were left alone: see '!' above.\n", blocked);
  return kExitNotDone;
}

void add_common(CLI::App& command, Arguments& arguments) {
  arguments.options.add_system_to(command);
  arguments.options.add_account_to(command);
  arguments.options.add_format_to(command);
}

void add_adopt(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--adopt", arguments.adopt,
                  "Take over the alarm of this name, which somebody else made; may be repeated")
      ->allow_extra_args(false);
}

}  // namespace

void add_alarms_plan(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("plan", "What apply would change in the account; changes nothing");
  add_common(*command, *arguments);
  add_adopt(*command, *arguments);
  command->footer(R"(Examples:
  culprit alarms plan
  culprit alarms plan --system shop.yaml --profile staging --format json

  + create, ~ update, - delete (ours, no longer in the system file), ! left alone (the name is somebody else's).
Exit codes: 0 done, others by class of failure (docs/exit-codes.md).)");
  command->callback([arguments, &exit] { exit = run_plan(*arguments); });
}

void add_alarms_apply(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("apply", "Make the account as the system file says, after asking");
  add_common(*command, *arguments);
  add_adopt(*command, *arguments);
  command->add_flag("--yes", arguments->yes, "Do not ask");
  command->footer(R"(Examples:
  culprit alarms apply
  culprit alarms apply --yes --profile staging
  culprit alarms apply --adopt ECS-HighCPU-chatwoot-prod

Only alarms with the tags managed-by=culprit and culprit-system=<system>, and metric filters named
culprit-<system>-…, are changed or deleted. A name that is somebody else's is left alone and told.
Exit codes: 0 done, 1 something was left alone or not confirmed, others by class of failure.)");
  command->callback([arguments, &exit] { exit = run_apply(*arguments); });
}

void add_alarms_drift(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("drift", "Does the account differ from the system file?");
  add_common(*command, *arguments);
  command->footer(R"(Example, for cron or CI:
  culprit alarms drift || echo "somebody changed an alarm by hand"
Exit codes: 0 as the system file says, 2 the account differs, others by class of failure.)");
  command->callback([arguments, &exit] { exit = run_drift(*arguments); });
}

}  // namespace culprit
