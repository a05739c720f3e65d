#include "cli/alarms_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/render.h"

namespace culprit {

void AlarmsOptions::add_system_to(CLI::App& command) { add_system_options(command, system); }

void AlarmsOptions::add_account_to(CLI::App& command) {
  command.add_option("--profile", aws.profile, "AWS profile (as the AWS CLI)");
  command.add_option("--region", aws.region, "AWS region (as the AWS CLI)");
  command.add_option("--endpoint-url", aws.endpoint_url, "Ask this endpoint instead of AWS");
  command.add_flag("!--no-verify-ssl", aws.verify_tls, "Do not check TLS certificates");
  command.add_flag("--debug", aws.debug, "Show each request on stderr (secrets masked)");
}

void AlarmsOptions::add_format_to(CLI::App& command) {
  command.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

Result<OpenAccount> OpenAccount::open(const AwsOptions& options, const System& system) {
  auto session = aws::open_session(aws::Environment::of_process(), options, system);
  if (!session) return tl::unexpected(session.error());
  OpenAccount out;
  out.session_ = std::make_unique<aws::Session>(std::move(*session));
  out.transport_ = aws::open_transport(*out.session_);
  out.client_ = std::make_unique<aws::Client>(
      *out.session_, *out.transport_, aws::system_clock(), aws::Client::Journal{},
      [](std::string_view line) { fmt::print(stderr, "{}\n", line); });
  out.alarms_ = std::make_unique<aws::AlarmAccount>(*out.client_);
  return out;
}

std::string OpenAccount::place() const {
  return fmt::format("{} ({})", aws::endpoint_url(*session_, aws::Service::kCloudWatch), session_->region);
}

Result<PlannedAlarms> plan_against(OpenAccount& account, const System& system,
                                   const std::vector<std::string>& adopt) {
  auto wanted = alarms_of(system);
  if (!wanted) return tl::unexpected(wanted.error());
  const auto found = account.alarms().read(*wanted);
  if (!found) return tl::unexpected(found.error());
  auto plan = plan_alarms(*wanted, *found, {adopt.begin(), adopt.end()});
  return PlannedAlarms{system, std::move(*wanted), std::move(plan)};
}

bool colours_wanted() { return terminal_style().colour; }

}  // namespace culprit
