#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <system_error>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace culprit {

namespace {

int cannot_print(int error_number) {
  Error error = storage_error("cannot write", "standard output", error_number);
  if (error.hint.ends_with("with --out DIR.")) error.hint = "Send the output elsewhere.";
  return print_failure(error);
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
  int exit = 0;
  for (const auto& add : all_commands()) add(app, exit);
  const int done = parse_and_run(app, argc, argv, exit);
  // What is still buffered counts too: no 0 on a report that did not arrive.
  if (done == 0 && std::fflush(stdout) != 0) return cannot_print(errno);
  return done;
}

}  // namespace culprit
