// How much the confidence of `culprit investigate` is worth, on incidents whose cause is known because they
// were put into quiet recordings (labelled_cases.h).
//
//   calibrate EXAMPLES [--cases N] [--seed N] [--write DOCS]
//
// One recording is for fitting, the other for reporting. --write puts the diagram into DOCS/images and the
// tables into DOCS/diagnosis.md, between their marks.
#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "base/file.h"
#include "document.h"
#include "sources/files/collect_files.h"
#include "store/embedded_store.h"
#include "system/load_system.h"

namespace culprit::bench {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path examples;
  fs::path docs;
  EvaluateOptions evaluate;
};

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--cases" && more)
      out.evaluate.cases = std::strtoull(argv[++i], nullptr, 10);
    else if (argument == "--seed" && more)
      out.evaluate.seed = static_cast<std::uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    else if (argument == "--write" && more)
      out.docs = argv[++i];
    else if (out.examples.empty() && !argument.starts_with("--"))
      out.examples = argument;
    else
      return false;
  }
  return !out.examples.empty() && out.evaluate.cases > 0;
}

struct Recording {
  std::unique_ptr<Store> store;
  QuietStretch quiet;
};

Result<Recording> read_recording(const fs::path& input, const fs::path& directory, const System& system,
                                 const Window& quiet) {
  {
    auto writer = create_store(directory, CommitBy::kSegments, Durability::kScratch);
    if (!writer) return tl::unexpected(writer.error());
    const auto progress = make_silent_progress();
    if (auto done = collect_files(input, system, {}, **writer, *progress); !done)
      return tl::unexpected(done.error());
    if (auto done = (*writer)->commit(); !done) return tl::unexpected(done.error());
  }
  auto store = open_store(directory);
  if (!store) return tl::unexpected(store.error());
  Recording out{std::move(*store), {nullptr, quiet}};
  out.quiet.store = out.store.get();
  return out;
}

Window between(const char* start, const char* end) { return {*parse_iso8601(start), *parse_iso8601(end)}; }

Result<void> run(const Arguments& arguments) {
  auto system = load_system("chatwoot");
  if (!system) return tl::unexpected(system.error());
  auto directory = TemporaryDirectory::create("culprit-calibrate");
  if (!directory) return tl::unexpected(directory.error());
  // Fitted on the quiet hour; reported on the half hour before the other recording's incident, which has
  // another load on another machine.
  const auto tuning = read_recording(arguments.examples / "quiet-hour", directory->path() / "tuning", *system,
                                     between("2026-11-24T05:46:00Z", "2026-11-24T06:46:00Z"));
  if (!tuning) return tl::unexpected(tuning.error());
  const auto test = read_recording(arguments.examples / "statement-timeouts", directory->path() / "test",
                                   *system, between("2026-11-24T05:46:00Z", "2026-11-24T06:14:00Z"));
  if (!test) return tl::unexpected(test.error());
  EvaluateOptions fit = arguments.evaluate;
  fit.variants = false;
  EvaluateOptions report = arguments.evaluate;
  report.seed += 1;
  const Calibration out{*system, fit, report, evaluate(*system, tuning->quiet, fit),
                        evaluate(*system, test->quiet, report)};
  if (arguments.docs.empty()) {
    fmt::print("{}", calibration_text(out));
    return {};
  }
  return write_calibration(out, arguments.docs);
}

}  // namespace
}  // namespace culprit::bench

int main(int argc, char** argv) {
  culprit::bench::Arguments arguments;
  if (!culprit::bench::parse(argc, argv, arguments)) {
    fmt::print(stderr, "usage: calibrate EXAMPLES [--cases N] [--seed N] [--write DOCS]\n");
    return 2;
  }
  const auto done = culprit::bench::run(arguments);
  if (!done) fmt::print(stderr, "calibrate: {}\n", done.error().message());
  return done ? 0 : 1;
}
