// `culprit rca`: which component brought it about, from a metrics table and a graph of calls.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/expectation.h"
#include "cli/failure.h"
#include "cli/window_options.h"
#include "report/causes_tellers.h"
#include "sources/tables/nezha_table.h"
#include "sources/tables/petshop_table.h"
#include "sources/tables/plain_table.h"

namespace culprit {

namespace {

struct Arguments {
  std::string dataset, format = "csv", graph, baseline_file, target, symptom, output = "text";
  WindowOptions window;
  bool incident = false;
  std::size_t top = 10;
};

Result<ImportedTable> import(const Arguments& arguments) {
  if (arguments.format == "petshop")
    return import_petshop(arguments.dataset, arguments.baseline_file, arguments.graph);
  if (!arguments.baseline_file.empty())
    return fail(ErrorCode::kUsage, "only petshop has a baseline in a file of its own", "--baseline-file",
                "Elsewhere all rows outside the window are the baseline.");
  if (arguments.format == "csv") return import_plain(arguments.dataset, arguments.graph);
  if (!arguments.graph.empty())
    return fail(ErrorCode::kUsage, "nezha has its graph in the day's folder", "--graph");
  return import_nezha(arguments.dataset);
}

Result<CauseQuestion> question_of(const Arguments& arguments, const ImportedTable& imported,
                                  const WindowChoice& choice) {
  CauseQuestion out;
  const auto window = choice.window ? choice.window : imported.window;
  if (!window)
    return fail(ErrorCode::kUsage, "which window is it about?", "--from",
                "Add --from and --to, the time of the incident; the rest of the table is the baseline.");
  out.window = *window;
  out.target = arguments.target.empty() ? imported.target : arguments.target;
  out.symptom = imported.symptom;
  if (arguments.symptom == "waiting") out.symptom = CauseVoice::kWaiting;
  if (arguments.symptom == "failures") out.symptom = CauseVoice::kFailures;
  if (arguments.symptom == "any") out.symptom.reset();
  out.incident_known = arguments.incident;
  return out;
}

Result<int> rank(const Arguments& arguments) {
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const auto choice = arguments.window.resolve("UTC", now);
  if (!choice) return tl::unexpected(choice.error());
  const auto imported = import(arguments);
  if (!imported) return tl::unexpected(imported.error());
  const auto question = question_of(arguments, *imported, *choice);
  if (!question) return tl::unexpected(question.error());
  const auto table = align_table(imported->table);
  if (!table) return fail(table.error().code, table.error().what, arguments.dataset, table.error().hint);
  const auto ranking = rank_causes(*table, *question);
  if (!ranking) return fail(ranking.error().code, ranking.error().what, "--target", ranking.error().hint);
  const CausesTelling telling{arguments.dataset, question->window, arguments.top};
  const auto text = arguments.output == "json" ? tell_causes_json(*ranking, telling)
                                               : tell_causes_text(*ranking, telling, choice->zone);
  fmt::print("{}", text);
  return ranking->verdict == CauseVerdict::kCannotTell && ranking->causes.empty() ? kExitCannotTell : 0;
}

}  // namespace

void add_rca(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      app.add_subcommand("rca", "Rank the components of a metrics table by what they brought about");
  command->add_option("dataset", arguments->dataset, "A CSV file, or the folder of an issue or a day")
      ->required();
  command->add_option("--format", arguments->format, "csv (component.metric columns), petshop or nezha")
      ->check(CLI::IsMember({"csv", "petshop", "nezha"}))
      ->capture_default_str();
  command->add_option("--graph", arguments->graph,
                      "Who calls whom: CSV of caller,callee, or a matrix (row calls column)");
  command->add_option("--baseline-file", arguments->baseline_file,
                      "Normal times, when they are in another file (petshop)");
  arguments->window.add_to(*command);
  command->add_option("--target", arguments->target,
                      "Component that alarmed (default: the only entry of the graph)");
  command->add_option("--symptom", arguments->symptom, "What alarmed: waiting, failures or any")
      ->check(CLI::IsMember({"waiting", "failures", "any"}));
  command->add_flag("--incident", arguments->incident,
                    "It is known that there was one: rank however weak the evidence");
  command->add_option("--top", arguments->top, "Show so many causes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--output", arguments->output, "text or json (schemas/causes.schema.json)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(R"(Examples:
  culprit rca metrics.csv --graph calls.csv --from "2025-08-21 23:00" --to 23:10
  culprit rca metrics.csv --from 1755817200 --to +10m --target checkout --symptom failures --output json

Times without an offset are UTC, unless --tz says otherwise. docs/rca.md describes tables, evidence and confidence.)");
  command->callback([arguments, &exit] {
    const auto done = rank(*arguments);
    exit = done ? *done : print_failure(done.error());
  });
}

}  // namespace culprit
