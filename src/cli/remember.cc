// `culprit remember`: a confirmed cause becomes a case, by which the next incident like it is recognised.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cmath>

#include "base/printable.h"
#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/memory_options.h"
#include "conduct/case_document.h"
#include "conduct/case_memory.h"
#include "redaction/redactor.h"

namespace culprit {

namespace {

namespace json = boost::json;

struct Arguments {
  GatherOptions gather;
  MemoryOptions memory;
  std::string cause, forget;
  std::string format = "text";
  bool list = false, no_redact = false;

  bool json() const { return format == "json"; }
};

std::string shown(std::string_view text) { return printable_text(text, 400); }

std::string date_of(const PastCase& c) {
  return format_utc(floor_minute(c.onset.value_or(c.window.start))).substr(0, 16) + "Z";
}

json::value json_of(const PastCase& c) {
  boost::system::error_code never;
  auto value = json::parse(write_case(c), never);
  if (!c.digest.empty()) value.as_object()["digest"] = c.digest;
  return value;
}

std::size_t moved(const PastCase& c) {
  return static_cast<std::size_t>(std::ranges::count_if(
      c.signature.signals, [](const auto& s) { return std::abs(s.spreads) >= kMovedSpreads; }));
}

Result<std::string> cause_to_keep(const Arguments& a) {
  std::string cause = one_line(a.cause);
  const auto first = cause.find_first_not_of(' ');
  if (first == std::string::npos)
    return fail(ErrorCode::kUsage, "what was the cause?", "--cause",
                "Say it in words that will help next time: --cause \"an index was dropped\".");
  constexpr std::size_t kCauseBytesMax = 2000;
  if (cause.size() > kCauseBytesMax)
    return fail(ErrorCode::kUsage, fmt::format("a cause of more than {} bytes", kCauseBytesMax), "--cause");
  if (a.no_redact) return cause;
  Redactor redactor;
  auto redacted = redactor.redact(cause);
  if (redacted != cause)
    fmt::print(stderr, "culprit: replaced in the cause: {}. --no-redact keeps it as it was said.\n",
               redactor.note());
  return redacted;
}

Result<void> run_remember(Arguments& a, const CaseMemory& memory) {
  const auto cause = cause_to_keep(a);
  if (!cause) return tl::unexpected(cause.error());
  const auto progress = make_progress(true);
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto evidence = open_for_analysis(a.gather, now, *progress);
  if (!evidence) return tl::unexpected(evidence.error());
  auto options = options_for(*evidence, *progress);
  if (!options) return tl::unexpected(options.error());
  options->capsule = a.gather.input;
  const auto findings = investigate(evidence->store(), evidence->system, *options);
  if (!findings) return tl::unexpected(findings.error());
  const auto past = case_of(*findings, *cause);
  if (!past) return tl::unexpected(past.error());
  const auto replaced = memory.remember(*past);
  if (!replaced) return tl::unexpected(replaced.error());
  if (a.json()) {
    fmt::print("{}\n", json::serialize(json_of(*past)));
    return {};
  }
  fmt::print("{}: remembered\n  cause    {}\n", past->id, shown(past->cause));
  if (!past->hypothesis.empty()) fmt::print("  analysis {}\n", past->hypothesis);
  fmt::print("  shape    {} of {} signals moved\n  file     {}\n", moved(*past),
             past->signature.signals.size(), (memory.folder() / (past->id + ".json")).string());
  for (const auto& former : *replaced) fmt::print("  replaces {}: {}\n", former.id, shown(former.cause));
  if (findings->verdict != Verdict::kIncident)
    fmt::print(stderr, "culprit: the analysis itself finds no incident in this window ({}).\n",
               to_string(findings->verdict));
  return {};
}

Result<void> run_list(const Arguments& a, const CaseMemory& memory) {
  const auto known = memory.all();
  if (!known) return tl::unexpected(known.error());
  if (a.json()) {
    json::array cases, unreadable(known->unreadable.begin(), known->unreadable.end());
    for (const auto& c : known->cases) cases.push_back(json_of(c));
    fmt::print("{}\n", json::serialize(json::object{{"digest", digest_of(*known)},
                                                    {"cases", std::move(cases)},
                                                    {"unreadable", std::move(unreadable)}}));
    return {};
  }
  for (const auto& c : known->cases) fmt::print("{:<40} {:<3} {}\n", c.id, c.severity, shown(c.cause));
  if (known->cases.empty()) fmt::print("Nothing is remembered in {}.\n", memory.folder().string());
  for (const auto& name : known->unreadable)
    fmt::print(stderr, "culprit: {}: is no case that can be read\n", (memory.folder() / name).string());
  return {};
}

Result<void> run_forget(const Arguments& a, const CaseMemory& memory) {
  const auto gone = memory.forget(a.forget);
  if (!gone) return tl::unexpected(gone.error());
  if (a.json())
    fmt::print("{}\n", json::serialize(json_of(*gone)));
  else
    fmt::print("{}: forgotten ({}, {})\n", gone->id, date_of(*gone), shown(gone->cause));
  return {};
}

Result<void> run(Arguments& a) {
  const int asked = (a.gather.input.empty() ? 0 : 1) + (a.list ? 1 : 0) + (a.forget.empty() ? 0 : 1);
  if (asked != 1)
    return fail(ErrorCode::kUsage, "one thing at a time: a capsule to remember, --list, or --forget", "",
                "culprit remember incident.culprit --cause \"an index was dropped\"");
  const auto folder = a.memory.path();
  if (!folder) return tl::unexpected(folder.error());
  const CaseMemory memory(*folder);
  if (a.list) return run_list(a, memory);
  return a.forget.empty() ? run_remember(a, memory) : run_forget(a, memory);
}

}  // namespace

void add_remember(CLI::App& app, int& exit) {
  auto a = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("remember", "Keep a confirmed cause, to recognise the next like it");
  command->add_option("CAPSULE", a->gather.input, "Capsule or store directory of the incident");
  command->add_option("--cause", a->cause, "What it was, as people confirmed it");
  command->add_flag("--list", a->list, "What is remembered");
  command->add_option("--forget", a->forget, "Forget the case with this id, or a part of it");
  a->memory.add_folder_to(*command);
  a->gather.window.add_to(*command);
  a->gather.system.system.clear();
  add_system_options(*command, a->gather.system);
  command->add_option("--baseline", a->gather.baseline, "How long before --from counts as normal")
      ->capture_default_str();
  command->add_option("--format,--output", a->format, "text or json (schemas/case.schema.json)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_flag("--no-redact", a->no_redact, "Keep names, addresses and secrets in the cause");
  command->footer(R"(Examples:
  culprit remember incident.culprit --cause "index on messages was dropped by a migration"
  culprit remember --list
  culprit remember --forget 2025-08-21T2303Z-chatwoot

A case holds which signals moved, how far and in which order, and the words of --cause; nothing of the logs
(docs/memory.md). `culprit investigate` and `report` compare with what is remembered.)");
  command->callback([a, &exit] {
    const auto done = run(*a);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
