// `culprit investigate`: collect, keep, analyse, tell.
#include "diagnosis/investigate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

#include "base/hold_interrupts.h"
#include "base/interrupt.h"
#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/expectation.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "cli/memory_options.h"
#include "cli/render.h"
#include "report/redact.h"
#include "report/report.h"
#include "sources/aws/cli_command.h"
#include "store/embedded_store.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

struct Arguments {
  GatherOptions gather;
  RenderOptions render;
  MemoryOptions memory;
  std::string out;
  bool force = false;
  std::string expect;
};

// Asked before anything is collected: a name that is taken must not cost the user a collection.
Result<void> check_out_is_free(const Arguments& arguments) {
  std::error_code ignored;
  const fs::path out = arguments.out;
  if (out.empty() || arguments.force || !fs::exists(out, ignored)) return {};
  if (fs::is_directory(out, ignored) && fs::is_empty(out, ignored)) return {};
  return fail(ErrorCode::kUsage, "already exists and is not empty", out.string(),
              "Results are never overwritten unasked: give another --out, or --force.");
}

// The folder the results will have: --out, or incident-<UTC minute of the window>, numbered when taken.
fs::path final_directory(const Arguments& arguments, const Window& window) {
  std::error_code ignored;
  if (!arguments.out.empty()) return arguments.out;
  std::string name = "incident-" + format_utc(floor_minute(window.start)).substr(0, 16) + "Z";
  std::erase(name, ':');
  fs::path out = name;
  for (int n = 2; fs::exists(out, ignored); ++n) out = fmt::format("{}-{}", name, n);
  return out;
}

// A folder beside the final one that becomes it by one rename, or goes away.
class PartialDirectory {
 public:
  static Result<PartialDirectory> create(const std::string& out, bool costly) {
    fs::path base = out.empty() ? fs::path("incident") : fs::path(out);
    if (!base.has_filename()) base = base.parent_path();
    const fs::path path = base.string() + fmt::format(".partial-{}", ::getpid());
    std::error_code ec;
    const HoldInterrupts hold;
    fs::create_directories(path, ec);
    if (ec) return tl::unexpected(storage_error("cannot create", path, ec.value()));
    return PartialDirectory(path, costly);
  }
  PartialDirectory(PartialDirectory&& other) noexcept
      : path_(std::exchange(other.path_, {})), guard_(std::move(other.guard_)) {}
  PartialDirectory& operator=(PartialDirectory&&) = delete;
  ~PartialDirectory() {
    std::error_code ignored;
    if (!path_.empty() && !kept_) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

  Result<void> become(const fs::path& final) {
    std::error_code ec;
    if (fs::exists(final, ec)) fs::remove_all(final, ec);
    if (final.has_parent_path()) fs::create_directories(final.parent_path(), ec);
    fs::rename(path_, final, ec);
    if (ec) return tl::unexpected(storage_error("cannot rename the results to", final, ec.value()));
    path_.clear();
    guard_ = {};
    return {};
  }

 private:
  // What AWS answered may not be there to be asked again: an interrupt leaves it, and says where.
  PartialDirectory(fs::path path, bool costly)
      : path_(std::move(path)),
        guard_(path_, costly ? fmt::format("what came in so far is in {}; rm -r takes it away",
                                           aws::shell_quoted(path_.string()))
                             : "") {}
  fs::path path_;
  bool kept_ = false;
  RemovedOnInterrupt guard_;
};

Result<void> write_results(const Findings& shown, const fs::path& directory) {
  for (const auto& [name, text] : {std::pair{"report.md", render_markdown(shown)},
                                   {"report.html", render_html(shown)},
                                   {"findings.json", render_json(shown)}})
    if (auto written = write_file_atomically(directory / name, text); !written) return written;
  return {};
}

Result<void> keep_capsule(const OpenEvidence& evidence, const Arguments& arguments, const fs::path& store,
                          const fs::path& capsule) {
  std::error_code ec;
  if (evidence.capsule_file) {
    fs::copy_file(*evidence.capsule_file, capsule, ec);
    if (ec) return tl::unexpected(storage_error("cannot copy the capsule to", capsule, ec.value()));
    return {};
  }
  SealOptions options;
  options.extra_parts.emplace_back("system.yaml", evidence.system.source_text);
  if (!arguments.gather.sign_key.empty()) options.signing_key = arguments.gather.sign_key;
  options.made_here = fs::exists(store / "FORMAT", ec);
  return seal(options.made_here ? store : fs::path(arguments.gather.input), capsule, options);
}

// The capsule, written on a thread of its own while the evidence in it is analysed.
class CapsuleInTheMaking {
 public:
  CapsuleInTheMaking(const OpenEvidence& evidence, const Arguments& arguments, const fs::path& directory)
      : thread_([&, directory] {
          done_ = keep_capsule(evidence, arguments, directory / "store", directory / "incident.culprit");
        }) {}
  CapsuleInTheMaking(const CapsuleInTheMaking&) = delete;
  CapsuleInTheMaking& operator=(const CapsuleInTheMaking&) = delete;
  ~CapsuleInTheMaking() {
    if (thread_.joinable()) thread_.join();
  }
  Result<void> wait() {
    thread_.join();
    return done_;
  }

 private:
  Result<void> done_;
  std::thread thread_;
};

// Where the results lie, and what is printed: the findings as they are shown.
struct Outcome {
  Findings findings;
  fs::path directory;
};

Result<Outcome> analyse_and_write(const Arguments& arguments, const OpenEvidence& evidence,
                                  PartialDirectory& partial, Progress& progress) {
  auto options = options_for(evidence, progress);
  if (!options) return tl::unexpected(options.error());
  auto memory = arguments.memory.read(progress);
  if (!memory) return tl::unexpected(memory.error());
  options->memory = std::move(*memory);
  CapsuleInTheMaking capsule(evidence, arguments, partial.path());
  progress.start("Analysing", 0);
  auto findings = investigate(evidence.store(), evidence.system, *options);
  progress.finish();
  if (!findings) return tl::unexpected(findings.error());
  if (!arguments.render.no_redact) redact(*findings);
  if (auto done = write_results(*findings, partial.path()); !done) return tl::unexpected(done.error());
  if (auto done = capsule.wait(); !done) return tl::unexpected(done.error());
  std::error_code ignored;
  fs::remove_all(partial.path() / "store", ignored);
  const fs::path directory = final_directory(arguments, options->window);
  if (auto done = partial.become(directory); !done) return tl::unexpected(done.error());
  return Outcome{std::move(*findings), directory};
}

// What AWS answered may not be there to be asked again: it stays after a failure, and the user hears where.
// A store without an event or datapoint is not worth that.
Error keep_collected(PartialDirectory& partial, const SystemOptions& system, Error error) {
  const fs::path store = partial.path() / "store";
  const auto opened = open_store(store);
  if (!opened || !extent_of(**opened)) return error;
  partial.keep();
  std::string command = "culprit investigate --input " + aws::shell_quoted(store.string());
  if (!system.system.empty()) command += " --system " + aws::shell_quoted(system.system);
  for (const auto& variable : system.set) command += " --set " + aws::shell_quoted(variable);
  error.hint += fmt::format("{}What came in before is kept: {}", error.hint.empty() ? "" : "\n  ", command);
  return error;
}

Result<Outcome> run_investigation(const Arguments& arguments, Progress& progress) {
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  if (auto free = check_out_is_free(arguments); !free) return tl::unexpected(free.error());
  auto partial = PartialDirectory::create(arguments.out, arguments.gather.input.empty());
  if (!partial) return tl::unexpected(partial.error());
  const fs::path store = partial->path() / "store";
  auto evidence = gather(arguments.gather, now, store, progress);
  const bool live = arguments.gather.input.empty();
  const auto kept = [&](const Error& error) {
    return live ? keep_collected(*partial, arguments.gather.system, error) : error;
  };
  if (!evidence) return tl::unexpected(kept(evidence.error()));
  auto outcome = analyse_and_write(arguments, *evidence, *partial, progress);
  if (!outcome) return tl::unexpected(kept(outcome.error()));
  return outcome;
}

int run_command(const Arguments& arguments) {
  if (arguments.gather.dry_run) {
    const auto text =
        preflight_text(arguments.gather, std::chrono::floor<Duration>(std::chrono::system_clock::now()));
    if (!text) return print_failure(text.error());
    fmt::print("{}\n", *text);
    return 0;
  }
  const auto expected = parse_expectation(arguments.expect);
  if (!expected) return print_failure(expected.error());
  const auto progress = make_progress(arguments.gather.quiet);
  auto outcome = run_investigation(arguments, *progress);
  progress->finish();
  if (!outcome) return print_failure(outcome.error());
  if (arguments.render.format == "text")
    name_capsule(outcome->findings, (outcome->directory / "incident.culprit").lexically_normal().string());
  fmt::print("{}", render(outcome->findings, arguments.render));
  if (!arguments.gather.quiet)
    fmt::print(stderr, "\nWritten to {}: report.html, report.md, findings.json, incident.culprit\n",
               (outcome->directory / "").string());
  if (const auto differs = expected->difference(outcome->findings); !differs.empty())
    return print_failure({ErrorCode::kExpectation, differs, "--expect", ""});
  return outcome->findings.verdict == Verdict::kCannotTell ? kExitCannotTell : 0;
}

}  // namespace

void add_investigate(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("investigate", "From an incident window to a proven report");
  arguments->gather.add_to(*command);
  arguments->render.add_to(*command);
  arguments->memory.add_to(*command);
  command->add_option("-o,--out", arguments->out, "Folder for the results (default incident-<time>)");
  command->add_flag("--force", arguments->force, "Replace an existing --out");
  command->add_option("--expect", arguments->expect,
                      "Exit 1 unless the diagnosis is this: cause=…,severity=…,verdict=…");
  command->footer(R"(Examples:
  culprit investigate --from "2025-08-21 17:00" --to 17:10 --tz America/Costa_Rica
  culprit investigate --from -30m --dry-run
  culprit investigate --input ./logs --from 2025-08-21T23:00Z --to 2025-08-21T23:10Z
  culprit investigate --input incident.culprit --expect cause=statement-timeouts,severity=P1
Exit codes: 0 done, 1 --expect differs, 11 cannot tell, others by class of failure (docs/exit-codes.md).)");
  command->callback([arguments, &exit] { exit = run_command(*arguments); });
}

}  // namespace culprit
