// The alarms of a live account: read, and written where they are ours.
#pragma once

#include <functional>

#include "alarms/alarm_plan.h"
#include "sources/aws/client.h"

namespace culprit::aws {

class AlarmAccount {
 public:
  explicit AlarmAccount(Client& client) : client_(client) {}

  // Everything that the plan has to know: alarms that bear a wanted name or are the system's by their tags,
  // and the system's metric filters in its log groups.
  Result<FoundAlarms> read(const AlarmSet& wanted);
  // Every alarm of the account, ours or not, for the linter.
  Result<AlarmSet> read_all();

  // Makes, changes or removes one item. Nothing is asked for kSame and kBlocked.
  Result<void> apply(const PlannedItem& item, std::string_view system);

 private:
  Result<void> read_alarms(const AlarmSet& wanted, FoundAlarms& found);
  Result<void> read_filters(const AlarmSet& wanted, FoundAlarms& found);
  Result<bool> is_tagged(const std::string& arn, std::string_view system);
  Result<void> ask(Service service, std::string_view operation, const boost::json::object& parameters,
                   std::string_view what);

  Client& client_;
};

// An ApiError as a command's error, with the class that its exit code tells.
Error error_of(const ApiError& error, std::string_view what);

}  // namespace culprit::aws
