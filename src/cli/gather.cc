#include "cli/gather.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>

#include "sources/files/collect_files.h"
#include "store/embedded_store.h"
#include "system/load_system.h"

namespace culprit {

namespace {

constexpr const char* kDefaultSystem = "chatwoot";
constexpr auto kTail = std::chrono::minutes(30);
constexpr std::uint64_t kLiveLogBytesMax = 512'000'000;

Result<System> chosen_system(const SystemOptions& options) {
  SystemOptions named = options;
  if (named.system.empty()) named.system = kDefaultSystem;
  return load_system(named);
}

// What will be asked of AWS; also resolves the window.
struct LivePlan {
  System system;
  WindowChoice choice;
  CollectAwsOptions collect;
};

Result<Duration> baseline_length(const GatherOptions& options) {
  auto length = parse_duration(options.baseline);
  if (!length) return fail(ErrorCode::kUsage, length.error().what, "--baseline", length.error().hint);
  return length;
}

Result<std::uint64_t> log_bytes_max(const GatherOptions& options) {
  if (options.max_log_bytes.empty()) return kLiveLogBytesMax;
  auto bytes = parse_size(options.max_log_bytes);
  if (!bytes) return fail(ErrorCode::kUsage, bytes.error().what, "--max-log-bytes", bytes.error().hint);
  return bytes;
}

Result<LivePlan> plan_live(const GatherOptions& options, Time now) {
  auto system = chosen_system(options.system);
  if (!system) return tl::unexpected(system.error());
  auto choice = options.window.resolve(system->zone, now);
  if (!choice) return tl::unexpected(choice.error());
  if (!choice->window)
    return fail(ErrorCode::kUsage, "no incident window was given", {},
                "Say when it happened: --from \"2025-08-21 17:00\" --to 17:10 --tz America/Costa_Rica, or "
                "--from -30m. Or give recorded files with --input DIR.");
  const auto baseline = baseline_length(options);
  if (!baseline) return tl::unexpected(baseline.error());
  const auto bytes = log_bytes_max(options);
  if (!bytes) return tl::unexpected(bytes.error());
  LivePlan plan{std::move(*system), std::move(*choice), {}};
  auto& c = plan.collect;
  c.aws = options.aws;
  c.window = *plan.choice.window;
  c.baseline = {c.window.start - *baseline, c.window.start};
  c.tail = std::max(Duration{0}, std::min<Duration>(kTail, now - c.window.end));
  c.max_log_bytes = *bytes;
  c.max_cost_usd = options.max_cost_usd;
  return plan;
}

Result<void> write_notes(StoreWriter& store, const System& system, const std::optional<Window>& window,
                         const std::optional<Window>& baseline, const Zone& zone) {
  std::vector<std::pair<std::string, std::string>> notes{{"system", system.name}, {"zone", zone.name()}};
  if (window) {
    notes.emplace_back("window.start", format_utc(window->start));
    notes.emplace_back("window.end", format_utc(window->end));
  }
  if (baseline) {
    notes.emplace_back("baseline.start", format_utc(baseline->start));
    notes.emplace_back("baseline.end", format_utc(baseline->end));
  }
  for (const auto& [key, value] : notes)
    if (auto put = store.put_note(key, value); !put) return put;
  return {};
}

Result<std::optional<Window>> noted_window(const Store& store, const std::string& name) {
  const auto start = store.note(name + ".start");
  if (!start) return tl::unexpected(start.error());
  const auto end = store.note(name + ".end");
  if (!end) return tl::unexpected(end.error());
  if (!*start || !*end) return std::nullopt;
  const auto from = parse_iso8601(**start);
  const auto to = parse_iso8601(**end);
  if (!from || !to || *to <= *from)
    return fail(ErrorCode::kDamaged, fmt::format("unreadable note '{}'", name));
  return Window{*from, *to};
}

void print_files(const FilesReport& report) {
  for (const auto& f : report.files) {
    if (f.format == "document") continue;
    fmt::print(stderr, "  {}: {}{}{}\n", f.path, f.format, f.target.empty() ? "" : " -> " + f.target,
               f.note.empty() ? "" : " (" + f.note + ")");
    if (!f.first_line.empty() && f.format != "aws answer")
      fmt::print(stderr, "      first line: {}\n", f.first_line);
  }
}

}  // namespace

void GatherOptions::add_to(CLI::App& app) {
  app.add_option("--input", input,
                 "Folder of logs, metrics and saved `aws` answers, one file, or a capsule; "
                 "without it live AWS is asked");
  window.add_to(app);
  system.system.clear();
  add_system_options(app, system);
  app.add_option("--baseline", baseline, "How long before the window counts as normal")
      ->capture_default_str();
  app.add_option("--profile", aws.profile, "AWS profile (as the AWS CLI)");
  app.add_option("--region", aws.region, "AWS region (as the AWS CLI)");
  app.add_option("--endpoint-url", aws.endpoint_url, "Ask this endpoint instead of AWS");
  app.add_flag("--debug", aws.debug, "Show each request on stderr (secrets masked)");
  app.add_flag("!--no-verify-ssl", aws.verify_tls, "Do not check TLS certificates");
  app.add_option(
      "--max-log-bytes", max_log_bytes,
      "Collect no more log than this; the cut is shown (default: 512MB from AWS, no limit for files)");
  app.add_option("--max-cost", max_cost_usd, "Dollars; ask nothing that would cost more");
  app.add_flag("--dry-run", dry_run, "Show what would be asked, and its price, then stop");
  app.add_option("--sign", sign_key, "Sign the capsule with this Ed25519 or SSH private key");
  app.add_flag("-q,--quiet", quiet, "No progress");
}

Result<std::uint64_t> parse_size(std::string_view text) {
  double amount = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), amount);
  std::string unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (auto& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static const std::map<std::string, double> kUnits = {
      {"", 1},    {"b", 1},    {"k", 1e3},     {"kb", 1e3},       {"m", 1e6},          {"mb", 1e6},
      {"g", 1e9}, {"gb", 1e9}, {"kib", 1024.}, {"mib", 1048576.}, {"gib", 1073741824.}};
  const auto scale = kUnits.find(unit);
  if (ec != std::errc{} || scale == kUnits.end() || !(amount > 0) || amount * scale->second > 1e15)
    return fail(ErrorCode::kUsage, fmt::format("'{}' is not a size", text), {},
                "Write it like 512MB or 2GiB.");
  return static_cast<std::uint64_t>(amount * scale->second);
}

Result<Window> extent_of(const Store& store) {
  const auto groups = store.log_groups();
  if (!groups) return tl::unexpected(groups.error());
  std::optional<Window> out;
  const auto widen = [&](Time first, Time last) {
    if (!out) out = Window{first, last + Duration(1)};
    out->start = std::min(out->start, first);
    out->end = std::max(out->end, last + Duration(1));
  };
  for (const auto& g : *groups) widen(g.first, g.last);
  if (out) return *out;
  const auto ids = store.metrics();
  if (!ids) return tl::unexpected(ids.error());
  for (const auto& id : *ids) {
    const auto all = store.series(id, {from_epoch_ms(0), from_epoch_ms(253'402'300'799'000)});
    if (!all) return tl::unexpected(all.error());
    for (const auto& s : *all)
      if (!s.points.empty()) widen(s.points.front().time, s.points.back().time + s.period);
  }
  if (out) return *out;
  return fail(ErrorCode::kInput, "the evidence holds neither log events nor datapoints");
}

Result<std::string> preflight_text(const GatherOptions& options, Time now) {
  if (!options.input.empty())
    return fail(ErrorCode::kUsage, "--dry-run is about live AWS; files cost nothing", {},
                "Leave out --input or --dry-run.");
  const auto plan = plan_live(options, now);
  if (!plan) return tl::unexpected(plan.error());
  const auto preflight = plan_collection(plan->system, plan->collect);
  if (!preflight) return tl::unexpected(preflight.error());
  return preflight->text();
}

Result<OpenEvidence> open_evidence(const std::filesystem::path& path, const SystemOptions& system,
                                   std::optional<System> known) {
  OpenEvidence out;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    auto store = open_store(path);
    if (!store) return tl::unexpected(store.error());
    out.store_ = std::move(*store);
  } else {
    auto capsule = open_capsule(path);
    if (!capsule) return tl::unexpected(capsule.error());
    out.capsule_ = std::move(*capsule);
    out.capsule_file = path;
  }
  if (known) {
    out.system = std::move(*known);
  } else if (system.system.empty() && out.capsule_) {
    const auto yaml = out.capsule_->part("system.yaml");
    if (!yaml) return tl::unexpected(yaml.error());
    auto parsed = parse_system(*yaml, path.string() + ":system.yaml");
    if (!parsed) return tl::unexpected(parsed.error());
    out.system = std::move(*parsed);
  } else {
    auto chosen = chosen_system(system);
    if (!chosen) return tl::unexpected(chosen.error());
    out.system = std::move(*chosen);
  }
  const auto zone_name = out.store().note("zone");
  if (!zone_name) return tl::unexpected(zone_name.error());
  auto zone = Zone::find(zone_name->value_or(out.system.zone));
  if (!zone) return tl::unexpected(zone.error());
  out.zone = *zone;
  for (auto [name, slot] : {std::pair{"window", &out.window}, {"baseline", &out.baseline}}) {
    auto noted = noted_window(out.store(), name);
    if (!noted) return tl::unexpected(noted.error());
    *slot = *noted;
  }
  out.noted_window = out.window;
  return out;
}

bool is_evidence_already(const std::filesystem::path& input) {
  std::error_code ignored;
  return looks_like_capsule(input) || std::filesystem::is_regular_file(input / "FORMAT", ignored);
}

namespace {

Result<void> collect_live(const LivePlan& plan, const std::filesystem::path& directory, Progress& progress) {
  auto preflight = plan_collection(plan.system, plan.collect);
  if (!preflight) return tl::unexpected(preflight.error());
  progress.note(preflight->text());
  auto writer = create_store(directory);
  if (!writer) return tl::unexpected(writer.error());
  auto noted =
      write_notes(**writer, plan.system, plan.choice.window, plan.collect.baseline, plan.choice.zone);
  if (!noted) return noted;
  auto collected = collect_aws(plan.system, plan.collect, **writer, progress);
  // What has come in is kept even when the rest failed.
  auto committed = (*writer)->commit();
  return collected ? committed : collected;
}

Result<void> collect_input(const GatherOptions& options, const System& system, const WindowChoice& choice,
                           const std::optional<Window>& baseline, const std::filesystem::path& directory,
                           Progress& progress) {
  CollectFilesOptions files;
  if (choice.window) files.keep = Window{baseline->start, choice.window->end + kTail};
  files.first = choice.window;
  if (!options.max_log_bytes.empty()) {
    const auto bytes = log_bytes_max(options);
    if (!bytes) return tl::unexpected(bytes.error());
    files.max_log_bytes = *bytes;
  }
  auto writer = create_store(directory, CommitBy::kSegments, Durability::kScratch);
  if (!writer) return tl::unexpected(writer.error());
  auto noted = write_notes(**writer, system, choice.window, baseline, choice.zone);
  if (!noted) return noted;
  auto report = collect_files(options.input, system, files, **writer, progress);
  if (!report) return tl::unexpected(report.error());
  if (!options.quiet) print_files(*report);
  return (*writer)->commit();
}

}  // namespace

Result<OpenEvidence> open_for_analysis(const GatherOptions& options, Time now, Progress& progress) {
  auto evidence = open_evidence(options.input, options.system);
  if (!evidence) return evidence;
  auto choice = options.window.resolve(evidence->zone.name(), now);
  if (!choice) return tl::unexpected(choice.error());
  for (const auto& w : choice->warnings) progress.note("warning: " + w);
  const auto length = baseline_length(options);
  if (!length) return tl::unexpected(length.error());
  if (choice->window) {
    evidence->window = choice->window;
    evidence->baseline = Window{choice->window->start - *length, choice->window->start};
  }
  if (!options.window.tz.empty()) evidence->zone = choice->zone;
  return evidence;
}

Result<OpenEvidence> gather(const GatherOptions& options, Time now,
                            const std::filesystem::path& store_directory, Progress& progress) {
  std::error_code ignored;
  // A slip on the command line is told whatever the input is, not only where the value is needed.
  if (const auto bytes = log_bytes_max(options); !bytes) return tl::unexpected(bytes.error());
  if (!options.input.empty() && !std::filesystem::exists(options.input, ignored) && options.input != "-")
    return fail(ErrorCode::kNotFound, "no such file or folder", options.input,
                "Give a folder of logs and saved answers, or a capsule.");
  if (!options.input.empty() && is_evidence_already(options.input))
    return open_for_analysis(options, now, progress);
  if (options.input.empty()) {
    const auto plan = plan_live(options, now);
    if (!plan) return tl::unexpected(plan.error());
    for (const auto& w : plan->choice.warnings) progress.note("warning: " + w);
    if (auto done = collect_live(*plan, store_directory, progress); !done)
      return tl::unexpected(done.error());
    return open_evidence(store_directory, options.system, plan->system);
  }
  auto system = chosen_system(options.system);
  if (!system) return tl::unexpected(system.error());
  auto choice = options.window.resolve(system->zone, now);
  if (!choice) return tl::unexpected(choice.error());
  for (const auto& w : choice->warnings) progress.note("warning: " + w);
  const auto length = baseline_length(options);
  if (!length) return tl::unexpected(length.error());
  std::optional<Window> baseline;
  if (choice->window) baseline = Window{choice->window->start - *length, choice->window->start};
  if (auto done = collect_input(options, *system, *choice, baseline, store_directory, progress); !done)
    return tl::unexpected(done.error());
  return open_evidence(store_directory, options.system, std::move(*system));
}

}  // namespace culprit
