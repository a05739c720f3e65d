// `culprit alarms export`: the alarms in other tools' words.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alarms/export_alarms.h"
#include "base/file.h"
#include "cli/alarms_options.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace culprit {

namespace {

struct Arguments {
  AlarmsOptions options;
  std::string as;
  std::string out;
};

Result<void> run_export(const Arguments& arguments) {
  const auto system = load_system(arguments.options.system);
  if (!system) return tl::unexpected(system.error());
  const auto set = alarms_of(*system);
  if (!set) return tl::unexpected(set.error());
  const std::string text = arguments.as == "cli"              ? export_as_cli(*set)
                           : arguments.as == "cloudformation" ? export_as_cloudformation(*set)
                                                              : export_as_terraform(*set);
  if (!arguments.out.empty()) return write_file_atomically(arguments.out, text);
  fmt::print("{}", text);
  return {};
}

}  // namespace

void add_alarms_export(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      app.add_subcommand("export", "The alarms as an AWS CLI script, CloudFormation or Terraform");
  arguments->options.add_system_to(*command);
  command->add_option("--as", arguments->as, "cli, cloudformation or terraform")
      ->check(CLI::IsMember({"cli", "cloudformation", "terraform"}))
      ->required();
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->footer(R"(Examples:
  culprit alarms export --as cli | AWS_PROFILE=chatscomm sh
  culprit alarms export --as cloudformation -o alarms.json
  culprit alarms export --as terraform -o alarms.tf

No account is asked.)");
  command->callback([arguments, &exit] {
    const auto done = run_export(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
