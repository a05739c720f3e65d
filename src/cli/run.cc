#include "cli/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <system_error>

#include "base/file.h"
#include "base/printable.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "system/nearest.h"

namespace culprit {

namespace {

int cannot_print(int error_number) {
  Error error = storage_error("cannot write", "standard output", error_number);
  if (error.hint.ends_with("with --out DIR.")) error.hint = "Send the output elsewhere.";
  return print_failure(error);
}

// The parser would only say that a command is required.
std::optional<Error> unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  std::string said = "culprit";
  for (int i = 1; i < argc && at->get_require_subcommand_min() > 0 && argv[i][0] != '-'; ++i) {
    const std::string word = printable(argv[i]);
    const CLI::App* next = nullptr;
    std::vector<std::string_view> names;
    for (const auto* command : at->get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
      if (command->check_name(argv[i])) next = command;
    }
    if (next == nullptr)
      return Error{ErrorCode::kUsage, fmt::format("there is no command '{} {}'", said, word), "",
                   fmt::format("{} `{} --help` lists them.", suggest(word, names, "There are"), said)};
    at = next;
    said += " " + next->get_name();
  }
  return std::nullopt;
}

int parse_and_run(CLI::App& app, int argc, char** argv, int& exit) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::system_error& e) {  // fmt::print, when a full disk or a closed pipe takes no more
    return cannot_print(e.code().value());
  }
  return exit;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Culprit: from an incident window to a proven report."};
  app.name("culprit");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("culprit {}", version()));
  int exit = 0;
  for (const auto& add : all_commands()) add(app, exit);
  if (const auto slip = unknown_command(app, argc, argv)) return print_failure(*slip);
  const int done = parse_and_run(app, argc, argv, exit);
  // What is still buffered counts too: no 0 on a report that did not arrive.
  if (done == 0 && std::fflush(stdout) != 0) return cannot_print(errno);
  return done;
}

}  // namespace culprit
