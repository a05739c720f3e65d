// `culprit ingest`: logs, metrics and saved answers into a store, at once or as they are written.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/hold_interrupts.h"
#include "base/interrupt.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/ingest_follow.h"
#include "cli/store_options.h"
#include "cli/system_options.h"
#include "sources/files/collect_files.h"

namespace culprit {

namespace {

constexpr std::size_t kNameBytesMax = 200;

struct Arguments {
  std::vector<std::string> paths;
  StoreOptions store;
  std::string group;
  std::string tz;
  SystemOptions system;
  bool follow = false;
  bool quiet = false;
};

struct Ingested {
  FilesReport files;
  bool created = false;
  Duration took{0};

  std::uint64_t events() const {
    std::uint64_t sum = 0;
    for (const auto& f : files.files) sum += f.events;
    return sum;
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& f : files.files)
      if (f.events > 0) sum += f.bytes;
    return sum;
  }
  double bytes_per_s() const {
    const double seconds = std::max(1e-3, static_cast<double>(took.count()) / 1000);
    return static_cast<double>(bytes()) / seconds;
  }
};

// A store that this command made and could not fill is no store.
void forget(const std::string& directory, bool created) {
  std::error_code ignored;
  if (created) std::filesystem::remove_all(directory, ignored);
}

Result<Ingested> load(const Arguments& arguments, const System& system, const std::optional<Zone>& zone,
                      Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  Ingested out;
  std::optional<HoldInterrupts> hold(std::in_place);
  auto store = open_or_create_store(arguments.store.directory, CommitBy::kSegments, out.created);
  if (!store) return tl::unexpected(store.error());
  const RemovedOnInterrupt guard(arguments.store.directory,
                                 out.created ? "" : "nothing was added to " + arguments.store.directory);
  hold.reset();
  const auto fill = [&]() -> Result<void> {
    if (out.created)
      if (auto noted = note_origin(**store, system, zone); !noted) return noted;
    CollectFilesOptions options;
    options.group = arguments.group;
    options.zone = zone;
    options.tell_absences = false;  // the next call may bring it
    const std::vector<std::filesystem::path> inputs(arguments.paths.begin(), arguments.paths.end());
    auto files = collect_files(inputs, system, options, **store, progress);
    if (!files) return tl::unexpected(files.error());
    out.files = std::move(*files);
    progress.start("Writing the last segments", 0);
    return (*store)->commit();
  };
  if (const auto filled = fill(); !filled) {
    store->reset();
    forget(arguments.store.directory, out.created);
    return tl::unexpected(filled.error());
  }
  store->reset();
  out.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
  return out;
}

void print_text(const Arguments& arguments, const Ingested& ingested) {
  for (const auto& f : ingested.files.files) {
    if (f.format == "document") continue;
    fmt::print("{}: {}{}", f.path, f.format, f.target.empty() ? "" : " -> " + f.target);
    if (f.events > 0) fmt::print(", {} from {}", grouped(f.events), size_text(f.bytes));
    fmt::print("{}\n", f.note.empty() ? "" : " (" + f.note + ")");
  }
  fmt::print("{} {} into {}: {} in {}, {}/s\n", grouped(ingested.events()),
             ingested.events() == 1 ? "event or datapoint" : "events and datapoints",
             arguments.store.directory, size_text(ingested.bytes()), format_duration(ingested.took),
             size_text(static_cast<std::uint64_t>(ingested.bytes_per_s())));
}

boost::json::object file_json(const DetectedFile& f) {
  boost::json::object out{{"path", f.path}, {"format", f.format}, {"bytes", f.bytes}, {"kept", f.events}};
  if (!f.group.empty()) {
    out["group"] = printable_text(f.group, kNameBytesMax);
    out["stream"] = printable_text(f.stream, kNameBytesMax);
  }
  if (!f.note.empty()) out["note"] = f.note;
  return out;
}

void print_json(const Arguments& arguments, const Ingested& ingested) {
  boost::json::array files;
  for (const auto& f : ingested.files.files) files.push_back(file_json(f));
  const boost::json::object out{{"command", "ingest"},
                                {"store", printable_text(arguments.store.directory, kNameBytesMax)},
                                {"created", ingested.created},
                                {"kept", ingested.events()},
                                {"bytes", ingested.bytes()},
                                {"seconds", static_cast<double>(ingested.took.count()) / 1000},
                                {"bytes_per_second", ingested.bytes_per_s()},
                                {"files", std::move(files)}};
  fmt::print("{}\n", boost::json::serialize(out));
}

Result<void> run(const Arguments& arguments, Progress& progress) {
  const auto system = load_system(arguments.system);
  if (!system) return tl::unexpected(system.error());
  std::optional<Zone> zone;
  if (!arguments.tz.empty()) {
    const auto found = Zone::find(arguments.tz);
    if (!found) return tl::unexpected(found.error());
    zone = *found;
  }
  if (arguments.follow) {
    IngestFollow follow{arguments.paths, arguments.store, arguments.group, zone, arguments.quiet};
    return ingest_follow(follow, *system, progress);
  }
  const auto ingested = load(arguments, *system, zone, progress);
  progress.finish();
  if (!ingested) return tl::unexpected(ingested.error());
  if (arguments.store.json())
    print_json(arguments, *ingested);
  else if (!arguments.quiet)
    print_text(arguments, *ingested);
  return {};
}

}  // namespace

void add_ingest(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("ingest", "Put logs, metrics and saved answers into a store");
  command->add_option("PATH", arguments->paths, "Files and folders (.gz and .zst too); - = standard input")
      ->required();
  arguments->store.add_as_option(*command);
  command->add_option("--group", arguments->group,
                      "The log group of every log (default: found by the system file, path and format)");
  command->add_option("--tz", arguments->tz, "Zone of time stamps that name none (default: UTC)")
      ->type_name("ZONE");
  add_system_options(*command, arguments->system);
  command->add_flag("-f,--follow", arguments->follow,
                    "Go on with what is appended, through rotation, until interrupted");
  command->add_flag("-q,--quiet", arguments->quiet, "No progress and no summary");
  command->footer(
      R"(The store is --store, else $CULPRIT_STORE, else ./culprit-store. It is created when it is missing, and
added to when it is there. When the command ends with 0, everything is on disk; when it does not, a load has
added nothing and can be repeated. docs/store.md says more, also about --follow.

Examples:
  culprit ingest /var/log/app
  culprit ingest postgresql.log.gz --store incident --tz America/Costa_Rica
  kubectl logs web-0 | culprit ingest - --group /k8s/web
  culprit ingest --follow /var/log/app --store flight-recorder)");
  command->callback([arguments, &exit] {
    const auto progress = make_progress(arguments->quiet);
    const auto done = run(*arguments, *progress);
    progress->finish();
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
