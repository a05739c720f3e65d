// `culprit review`: the weekly performance review and the monthly capacity plan.
#include "reviews/review.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "cli/render.h"
#include "conduct/incident_book.h"
#include "report/reviews/review_tellers.h"

namespace culprit {

namespace {

constexpr int kWeekDays = 7;
constexpr int kWeeklyBefore = 28;   // four weeks before the week
constexpr int kMonthlyBefore = 56;  // CloudWatch keeps datapoints of five minutes for 63 days

struct Arguments {
  std::string kind;
  GatherOptions gather;
  std::string from, until;
  std::string book;
  std::string format = "md";
  std::string out;
  bool no_redact = false;

  bool weekly() const { return kind == "weekly"; }
  bool live() const { return gather.input.empty(); }
};

Result<std::optional<Time>> time_of(const std::string& text, std::string_view option, const Zone& zone,
                                    Time now) {
  if (text.empty()) return std::nullopt;
  const auto parsed = parse_time(text, zone, now);
  if (!parsed)
    return fail(parsed.error().code, parsed.error().what, std::string(option), parsed.error().hint);
  return parsed->time;
}

// Of a live account: the week and the weeks before it, up to this morning. A plan needs no logs.
Result<void> ask_for_weeks(Arguments& a, Time now) {
  SystemOptions named = a.gather.system;
  if (named.system.empty()) named.system = "chatwoot";
  const auto system = load_system(named);
  if (!system) return tl::unexpected(system.error());
  const auto zone = Zone::find(a.gather.window.tz.empty() ? system->zone : a.gather.window.tz);
  if (!zone) return tl::unexpected(zone.error());
  const auto until = time_of(a.until, "--until", *zone, now);
  if (!until) return tl::unexpected(until.error());
  const auto from = time_of(a.from, "--from", *zone, now);
  if (!from) return tl::unexpected(from.error());
  Time end = now;
  if (*until) {
    end = **until;
  } else if (const auto midnight = parse_time(zone->format_minute(now).substr(0, 10), *zone, now); midnight) {
    end = midnight->time;
  }
  const Time start = end - std::chrono::days(kWeekDays);
  const Time before = *from ? **from : start - std::chrono::days(a.weekly() ? kWeeklyBefore : kMonthlyBefore);
  if (before >= start)
    return fail(ErrorCode::kUsage, "a review looks at the last seven days and what came before", "--from",
                "Start it at least eight days before its end.");
  a.gather.window.from = format_utc(start);
  a.gather.window.to = format_utc(end);
  a.gather.baseline = fmt::format("{}s", (start - before) / std::chrono::seconds(1));
  if (!a.weekly() && a.gather.max_log_bytes.empty()) a.gather.max_log_bytes = "1";
  return {};
}

Result<void> add_incidents(const Arguments& a, Review& out) {
  if (a.book.empty()) return {};
  const auto all = IncidentBook(a.book).all();
  if (!all) return tl::unexpected(all.error());
  out.has_book = true;
  for (const auto& i : *all)
    if (i.system == out.system && out.week.contains(i.opened))
      out.incidents.push_back({i.id, i.severity, i.title, i.opened, i.acknowledged, i.resolved});
  return {};
}

std::string rendered(const Review& made, const std::string& format) {
  if (format == "json") return render_review_json(made);
  return format == "html" ? render_review_html(made) : render_review_markdown(made);
}

Result<void> run_review(Arguments& a) {
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  if (a.live())
    if (auto asked = ask_for_weeks(a, now); !asked) return asked;
  if (a.gather.dry_run) {
    const auto text = preflight_text(a.gather, now);
    if (!text) return tl::unexpected(text.error());
    fmt::print("{}\n", *text);
    return {};
  }
  const auto directory = TemporaryDirectory::create("culprit-review");
  if (!directory) return tl::unexpected(directory.error());
  const auto progress = make_progress(a.gather.quiet || a.format == "json");
  a.gather.quiet = true;
  const auto evidence = gather(a.gather, now, directory->path() / "store", *progress);
  progress->finish();
  if (!evidence) return tl::unexpected(evidence.error());
  const auto from = time_of(a.from, "--from", evidence->zone, now);
  if (!from) return tl::unexpected(from.error());
  const auto until = time_of(a.until, "--until", evidence->zone, now);
  if (!until) return tl::unexpected(until.error());
  if (*from && *until && **from >= **until)
    return fail(ErrorCode::kUsage, "the review ends before it begins", "--until");
  auto made = review(evidence->store(), evidence->system, evidence->zone,
                     {a.weekly() ? Review::Kind::kWeekly : Review::Kind::kMonthly, *from, *until});
  if (!made) return tl::unexpected(made.error());
  if (auto added = add_incidents(a, *made); !added) return added;
  if (a.no_redact)
    warn_not_redacted();
  else
    redact(*made);
  const std::string text = rendered(*made, a.format);
  if (!a.out.empty()) return write_file_atomically(a.out, text);
  fmt::print("{}", text);
  return {};
}

void add_live_options(CLI::App& command, GatherOptions& options) {
  command.add_option("--tz", options.window.tz, "Time zone of the days (default: the system's)");
  command.add_option("--profile", options.aws.profile, "AWS profile (as the AWS CLI)");
  command.add_option("--region", options.aws.region, "AWS region (as the AWS CLI)");
  command.add_option("--endpoint-url", options.aws.endpoint_url, "Ask this endpoint instead of AWS");
  command.add_flag("--debug", options.aws.debug, "Show each request on stderr (secrets masked)");
  command.add_flag("!--no-verify-ssl", options.aws.verify_tls, "Do not check TLS certificates");
  command.add_option(
      "--max-log-bytes", options.max_log_bytes,
      "Collect no more log than this; the cut is shown (default: 512MB from AWS weekly, none monthly)");
  command.add_option("--max-cost", options.max_cost_usd, "Dollars; ask nothing that would cost more");
  command.add_flag("--dry-run", options.dry_run, "Show what would be asked, and its price, then stop");
  command.add_flag("-q,--quiet", options.quiet, "No progress");
}

}  // namespace

void add_review(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("review", "Weekly performance review, monthly capacity plan");
  command->add_option("kind", arguments->kind, "weekly or monthly")
      ->check(CLI::IsMember({"weekly", "monthly"}))
      ->required();
  command->add_option("input", arguments->gather.input,
                      "Weeks of metrics and logs: a folder, store or capsule; without it live AWS is asked");
  arguments->gather.system.system.clear();
  add_system_options(*command, arguments->gather.system);
  command->add_option("--from", arguments->from, "Look at nothing before this time (default: all there is)");
  command->add_option("--until,--to", arguments->until,
                      "Look at the days before this time (default: all there are)");
  add_live_options(*command, arguments->gather);
  command->add_option("--book", arguments->book, "Folder of incidents; those of the week are listed")
      ->envname("CULPRIT_INCIDENTS");
  command->add_option("--format", arguments->format, "md, html or json")
      ->check(CLI::IsMember({"md", "html", "json"}))
      ->capture_default_str();
  command->add_flag("--no-redact", arguments->no_redact,
                    "Show e-mails, addresses and tokens in messages as they are");
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->footer(R"(Examples:
  culprit review weekly ./weeks
  culprit review weekly store --format html -o week.html
  culprit review monthly --profile chatscomm --format html -o plan.html

Fifteen days are the least for a trend; with fewer it says so (docs/conduct.md).)");
  command->callback([arguments, &exit] {
    const auto done = run_review(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
