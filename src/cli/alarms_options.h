// What `culprit alarms` commands have in common: the system, the account, the form of the answer.
#pragma once

#include <memory>
#include <string>

#include "alarms/alarm_set.h"
#include "alarms/aws/alarm_account.h"
#include "cli/system_options.h"
#include "sources/aws/wire.h"

namespace CLI {
class App;
}

namespace culprit {

struct AlarmsOptions {
  SystemOptions system;
  AwsOptions aws;
  std::string format = "text";  // or json

  void add_system_to(CLI::App& command);
  void add_account_to(CLI::App& command);
  void add_format_to(CLI::App& command);
  bool json() const { return format == "json"; }
};

// A live account that stays open as long as this.
class OpenAccount {
 public:
  static Result<OpenAccount> open(const AwsOptions& options, const System& system);
  aws::AlarmAccount& alarms() { return *alarms_; }
  // "account region" for people: where things are about to be changed.
  std::string place() const;

 private:
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<aws::HttpTransport> transport_;
  std::unique_ptr<aws::Client> client_;
  std::unique_ptr<aws::AlarmAccount> alarms_;
};

// The system, the alarms it wants, and the plan against the account.
struct PlannedAlarms {
  System system;
  AlarmSet wanted;
  AlarmPlan plan;
};
Result<PlannedAlarms> plan_against(OpenAccount& account, const System& system,
                                   const std::vector<std::string>& adopt = {});

// Whether standard output takes colours.
bool colours_wanted();

}  // namespace culprit
