// `culprit compare`: what is alike and what is different between incidents.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/expectation.h"
#include "cli/failure.h"
#include "cli/render.h"
#include "report/comparison_tellers.h"
#include "report/redact.h"

namespace culprit {

namespace {

struct Arguments {
  std::vector<std::string> capsules;
  SystemOptions system;
  std::string format = "text";
  bool no_redact = false;
};

Result<Findings> findings_of(const std::string& capsule, const Arguments& a, Progress& progress) {
  GatherOptions gather;
  gather.input = capsule;
  gather.system = a.system;
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto evidence = open_for_analysis(gather, now, progress);
  if (!evidence) return tl::unexpected(evidence.error());
  auto options = options_for(*evidence, progress);
  if (!options) return tl::unexpected(options.error());
  options->capsule = capsule;
  options->excerpts = 0;
  return investigate(evidence->store(), evidence->system, *options);
}

Result<int> run(const Arguments& a) {
  if (a.capsules.size() < 2)
    return fail(ErrorCode::kUsage, "there is one incident only", a.capsules.empty() ? "" : a.capsules[0],
                "Name two capsules or more.");
  const auto progress = make_progress(true);
  std::vector<Findings> findings;
  bool told = true;
  for (const auto& capsule : a.capsules) {
    auto found = findings_of(capsule, a, *progress);
    if (!found) return tl::unexpected(found.error());
    told = told && found->verdict != Verdict::kCannotTell;
    if (!a.no_redact) redact(*found);
    findings.push_back(std::move(*found));
  }
  if (a.no_redact) warn_not_redacted();
  const auto comparison = compare_incidents(findings, a.capsules);
  fmt::print("{}", a.format == "json" ? render_comparison_json(comparison)
                   : a.format == "md" ? render_comparison_markdown(comparison)
                                      : render_comparison_text(comparison, terminal_style()));
  return told ? 0 : kExitCannotTell;
}

}  // namespace

void add_compare(CLI::App& app, int& exit) {
  auto a = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("compare", "What is alike and different between incidents");
  command->add_option("CAPSULE", a->capsules, "Two capsules or store directories, or more")->required();
  a->system.system.clear();
  add_system_options(*command, a->system);
  command->add_option("--format,--output", a->format, "text, md or json (schemas/comparison.schema.json)")
      ->check(CLI::IsMember({"text", "md", "json"}))
      ->capture_default_str();
  command->add_flag("--no-redact", a->no_redact, "Show e-mails, addresses, tokens and literals as they are");
  command->footer(R"(Examples:
  culprit compare monday.culprit thursday.culprit
  culprit compare incidents/*/incident.culprit --format md

Each is analysed in the window it was collected for. Exit code 11: one of them cannot be told.)");
  command->callback([a, &exit] {
    const auto done = run(*a);
    exit = done ? *done : print_failure(done.error());
  });
}

}  // namespace culprit
