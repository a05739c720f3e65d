// `culprit logs sql`: the PostgreSQL report of a log, a folder, a store or a capsule.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "cli/render.h"
#include "logs/format.h"
#include "report/sql_tellers.h"
#include "sources/files/file_content.h"
#include "sources/files/input_files.h"
#include "sources/files/recognise.h"
#include "sql_report/read_sql_log.h"

namespace culprit {

namespace {

constexpr int kSampleEvents = 200;
constexpr std::size_t kSampleBytes = 64 * 1024;

struct Arguments {
  std::string path, input, store;
  WindowOptions window;
  std::string by = "1m";
  std::size_t top = 20;
  RenderOptions render;
  std::string out;
  bool quiet = false;
};

// A report being put together from several logs.
struct Gathered {
  SqlTally tally;
  std::vector<SqlReport::Source> sources;
  std::string zone;
};

Result<SqlTallyOptions> tally_options(const Arguments& arguments, const WindowChoice& choice) {
  SqlTallyOptions out;
  out.window = choice.window;
  const auto period = parse_duration(arguments.by);
  if (!period || *period < std::chrono::seconds(1) || *period > std::chrono::days(31))
    return fail(ErrorCode::kUsage,
                fmt::format("'{}' is no period from 1s to 31d", printable_text(arguments.by, 40)), "--by",
                "Write --by 1m, 10s, 5m, 1h.");
  out.period = *period;
  return out;
}

Result<void> read_file(const InputFile& file, const SqlTallyOptions& options, Progress& progress, bool alone,
                       Gathered& into) {
  if (!alone) {  // a folder holds other things too: only PostgreSQL's logs of it are read
    const auto content = FileContent::open(file.path);
    if (!content) return {};
    const auto recognised = recognise(content->sample());
    if (recognised.kind != FileKind::kLog || !is_postgres(recognised.log_format)) return {};
  }
  ReadSqlLogOptions read{options, 0, [&](std::uint64_t bytes) { progress.advance(bytes); }};
  auto log = read_sql_log(file.path, read);
  if (!log) return tl::unexpected(log.error());
  into.tally.merge(log->tally);
  into.sources.push_back({printable_text(file.name, 200), log->format, log->note});
  if (!log->note.empty()) progress.note("warning: " + into.sources.back().name + ": " + log->note);
  return {};
}

Result<Gathered> from_files(const std::string& path, const Arguments& arguments, Time now,
                            Progress& progress) {
  auto choice = arguments.window.resolve("UTC", now);
  if (!choice) return tl::unexpected(choice.error());
  for (const auto& w : choice->warnings) progress.note("warning: " + w);
  const auto options = tally_options(arguments, *choice);
  if (!options) return tl::unexpected(options.error());
  const auto listing = list_input(path);
  if (!listing) return tl::unexpected(listing.error());
  Gathered out{SqlTally(*options), {}, choice->zone.name()};
  std::uint64_t bytes = 0;
  for (const auto& file : listing->files) bytes += file.bytes;
  progress.start("Reading", bytes, ProgressUnit::kBytes);
  for (const auto& file : listing->files)
    if (const auto done = read_file(file, *options, progress, listing->files.size() == 1, out); !done)
      return tl::unexpected(done.error());
  if (out.sources.empty())
    return fail(ErrorCode::kInput, "no PostgreSQL log is here", path,
                "Give a server log: stderr with any log_line_prefix, csvlog or jsonlog; .gz and .zst too.");
  return out;
}

// Which groups of a store hold PostgreSQL's log, by their first events.
Result<std::optional<FormatGuess>> postgres_group(const Store& store, const std::string& group) {
  std::string sample;
  int events = 0;
  const auto scanned = store.scan_logs({{group}, std::nullopt}, [&](const LogEventView& e) {
    sample += e.message;
    sample += '\n';
    return ++events < kSampleEvents && sample.size() < kSampleBytes;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  auto guess = detect_format(sample);
  return is_postgres(guess.format) ? std::optional(std::move(guess)) : std::nullopt;
}

Result<Gathered> from_store(const std::string& path, const Arguments& arguments, Time now,
                            Progress& progress) {
  const auto evidence = open_evidence(path, {});
  if (!evidence) return tl::unexpected(evidence.error());
  auto choice = arguments.window.resolve(evidence->zone.name(), now);
  if (!choice) return tl::unexpected(choice.error());
  for (const auto& w : choice->warnings) progress.note("warning: " + w);
  const auto options = tally_options(arguments, *choice);
  if (!options) return tl::unexpected(options.error());
  Gathered out{SqlTally(*options), {}, choice->zone.name()};
  const auto groups = evidence->store().log_groups();
  if (!groups) return tl::unexpected(groups.error());
  for (const auto& group : *groups) {
    const auto guess = postgres_group(evidence->store(), group.group);
    if (!guess) return tl::unexpected(guess.error());
    if (!*guess) continue;
    progress.start("Reading " + group.group, group.events);
    SqlEventReader reader(*options);
    const auto scanned =
        evidence->store().scan_logs({{group.group}, std::nullopt}, [&](const LogEventView& e) {
          reader.event(e.number, e.time, e.message);
          progress.advance(1);
          return true;
        });
    if (!scanned) return tl::unexpected(scanned.error());
    out.tally.merge(reader.finish());
    out.sources.push_back(
        {group.group, fmt::format("{} ({})", to_string((*guess)->format), (*guess)->detail), {}});
  }
  if (out.sources.empty()) return fail(ErrorCode::kInput, "no log group here holds PostgreSQL's log", path);
  return out;
}

Result<std::string> render(const Arguments& arguments, const Gathered& gathered) {
  SqlReport report = make_sql_report(gathered.tally, arguments.top);
  report.sources = gathered.sources;
  report.zone = gathered.zone;
  if (arguments.render.no_redact)
    warn_not_redacted();
  else
    redact(report);
  if (arguments.render.format == "html") return render_sql_html(report);
  if (arguments.render.format == "json") return render_sql_json(report);
  return render_sql_text(report, terminal_style());
}

Result<std::string> run(const Arguments& arguments, Progress& progress) {
  const int given = !arguments.path.empty() + !arguments.input.empty() + !arguments.store.empty();
  if (given != 1)
    return fail(ErrorCode::kUsage, given == 0 ? "what should be read?" : "more than one input is given", {},
                "Give one of PATH, --input PATH or --store DIR.");
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const std::string& path = !arguments.path.empty()    ? arguments.path
                            : !arguments.input.empty() ? arguments.input
                                                       : arguments.store;
  const bool evidence = !arguments.store.empty() || (path != "-" && is_evidence_already(path));
  const auto gathered =
      evidence ? from_store(path, arguments, now, progress) : from_files(path, arguments, now, progress);
  if (!gathered) return tl::unexpected(gathered.error());
  return render(arguments, *gathered);
}

int run_command(const Arguments& arguments) {
  const auto progress = make_progress(arguments.quiet);
  const auto text = run(arguments, *progress);
  progress->finish();
  if (!text) return print_failure(text.error());
  if (arguments.out.empty()) {
    fmt::print("{}", *text);
    return 0;
  }
  const auto written = write_file_atomically(arguments.out, *text);
  return written ? 0 : print_failure(written.error());
}

}  // namespace

void add_logs_sql(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      app.add_subcommand("sql", "The PostgreSQL report: statements, time-outs, connections, by minute");
  command->add_option("PATH", arguments->path,
                      "Log file (.gz, .zst too), folder, capsule or store; - = standard input");
  command->add_option("--input", arguments->input, "The same");
  command->add_option("--store", arguments->store, "A store directory");
  arguments->window.add_to(*command);
  command->add_option("--top", arguments->top, "Rows of each list")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--by", arguments->by, "Length of a period")->capture_default_str();
  command->add_option("--format,--output", arguments->render.format, "text, html or json")
      ->check(CLI::IsMember({"text", "html", "json"}))
      ->capture_default_str();
  command->add_flag("--no-redact", arguments->render.no_redact,
                    "Show addresses and the literals of messages and plans as they are");
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  command->footer(R"(Examples:
  culprit logs sql postgresql.log.gz
  culprit logs sql --input logs/ --from "2025-08-21 17:00" --to 17:10 --tz America/Costa_Rica
  culprit logs sql incident.culprit --format html -o postgresql.html
  culprit logs sql postgresql.csv --format json | jq '.statements[0]')");
  command->callback([arguments, &exit] { exit = run_command(*arguments); });
}

}  // namespace culprit
