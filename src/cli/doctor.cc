// culprit doctor: can a collection work from here, and if not, what is missing?
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "base/progress.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/system_options.h"
#include "sources/aws/collect_aws.h"

namespace culprit {

namespace {

struct Options {
  SystemOptions system;
  AwsOptions aws;
  std::string format = "text";
};

std::string_view mark(DoctorStatus status) {
  switch (status) {
    case DoctorStatus::kOk:
      return "✓";
    case DoctorStatus::kWarning:
      return "⚠";
    case DoctorStatus::kFailed:
      return "✗";
    default:
      return "–";
  }
}

std::string_view name(DoctorStatus status) {
  switch (status) {
    case DoctorStatus::kOk:
      return "ok";
    case DoctorStatus::kWarning:
      return "warning";
    case DoctorStatus::kFailed:
      return "failed";
    default:
      return "skipped";
  }
}

bool coloured() {
  const char* term = std::getenv("TERM");
  if (const char* force = std::getenv("CLICOLOR_FORCE"); force != nullptr && *force != '\0' && *force != '0')
    return true;
  if (const char* off = std::getenv("NO_COLOR"); off != nullptr && *off != '\0') return false;
  return isatty(STDOUT_FILENO) != 0 && (term == nullptr || std::string_view(term) != "dumb");
}

std::string painted(DoctorStatus status, bool colour) {
  if (!colour) return std::string(mark(status));
  const int code = status == DoctorStatus::kOk        ? 32
                   : status == DoctorStatus::kWarning ? 33
                   : status == DoctorStatus::kFailed  ? 31
                                                      : 90;
  return fmt::format("\x1b[{}m{}\x1b[0m", code, mark(status));
}

void print_text(const DoctorReport& report) {
  const bool colour = coloured();
  std::size_t failed = 0, warnings = 0;
  for (const auto& line : report.lines) {
    fmt::print("{} {}: {}\n", painted(line.status, colour), line.check, line.detail);
    if (!line.hint.empty() && line.status != DoctorStatus::kOk) fmt::print("    {}\n", line.hint);
    failed += line.status == DoctorStatus::kFailed ? 1 : 0;
    warnings += line.status == DoctorStatus::kWarning ? 1 : 0;
  }
  if (!report.missing_policy.empty())
    fmt::print("\nThe least IAM policy that is missing:\n{}", report.missing_policy);
  fmt::print("\n{} checks, {} failed, {} warnings\n", report.lines.size(), failed, warnings);
}

void print_json(const DoctorReport& report) {
  boost::json::array lines;
  for (const auto& line : report.lines)
    lines.push_back(
        {{"status", name(line.status)}, {"check", line.check}, {"detail", line.detail}, {"hint", line.hint}});
  boost::json::object out{{"ok", report.ok()}, {"checks", lines}};
  if (!report.missing_policy.empty()) out["missing_policy"] = boost::json::parse(report.missing_policy);
  fmt::print("{}\n", boost::json::serialize(out));
}

int run_doctor(const Options& options) {
  const auto system = load_system(options.system);
  if (!system) return print_failure(system.error());
  const auto progress = make_progress(false);
  const DoctorReport report =
      doctor(*system, options.aws, [&progress](std::string_view line) { progress->note(line); });
  if (options.format == "json")
    print_json(report);
  else
    print_text(report);
  return report.exit_code();
}

}  // namespace

void add_doctor(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Check credentials, permissions, clock, log groups and metrics one by one");
  add_system_options(*command, options->system);
  command->add_option("--profile", options->aws.profile, "AWS profile (as the AWS CLI)");
  command->add_option("--region", options->aws.region, "AWS region (as the AWS CLI)");
  command->add_option("--endpoint-url", options->aws.endpoint_url, "Ask this endpoint instead of AWS");
  command->add_flag("!--no-verify-ssl", options->aws.verify_tls, "Do not check TLS certificates");
  command->add_flag("--debug", options->aws.debug, "Show each request on stderr (secrets masked)");
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &exit] { exit = run_doctor(*options); });
}

}  // namespace culprit
