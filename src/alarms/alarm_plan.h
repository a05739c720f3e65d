// The difference between what a system file wants and what an account has, as Terraform shows one.
#pragma once

#include <boost/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "alarms/alarm_set.h"

namespace culprit {

enum class AlarmKind { kFilter, kAlarm, kComposite };
std::string_view to_string(AlarmKind kind);  // "metric-filter", "alarm", "composite-alarm"

// What the account has of what is asked about: everything ours, and whatever bears a name that is wanted.
struct FoundItem {
  AlarmKind kind = AlarmKind::kAlarm;
  std::string name;
  std::string log_group;         // of a filter
  bool ours = false;             // by its tags; a filter by its name and namespace
  boost::json::object document;  // document_of(), or the raw answer when it could not be understood
  std::string state;             // StateValue of an alarm
  std::string arn;
};
struct FoundAlarms {
  std::vector<FoundItem> items;
  std::set<std::string> missing_log_groups;
  std::uint64_t alarms_seen = 0;  // in the whole account
};

struct FieldChange {
  std::string field;          // "Threshold", "Metrics[0].MetricStat.Period"
  std::string before, after;  // JSON; empty = not there
  bool operator==(const FieldChange&) const = default;
};

struct PlannedItem {
  enum class Action { kSame, kCreate, kUpdate, kDelete, kBlocked };
  AlarmKind kind = AlarmKind::kAlarm;
  Action action = Action::kSame;
  std::string name;
  std::string log_group;         // of a filter
  boost::json::object document;  // wanted; of a deletion what is there
  std::vector<FieldChange> changes;
  std::string why;   // of kBlocked: what is in the way; of kDelete
  std::string hint;  // what to do about it
  bool adopted = false;
};

struct AlarmPlan {
  std::string system;
  std::vector<PlannedItem> items;  // in the order in which they can be made

  std::size_t count(PlannedItem::Action action) const;
  bool changes_anything() const;
};

// `adopt`: names of alarms that are somebody else's and shall become ours. Everything else that is not ours
// is left alone: a wanted name that is taken is blocked.
AlarmPlan plan_alarms(const AlarmSet& wanted, const FoundAlarms& found,
                      const std::set<std::string>& adopt = {});

// The tags that say whose an alarm is: managed-by=culprit, culprit-system=<name>.
std::vector<std::pair<std::string, std::string>> owner_tags(std::string_view system);
// Whether an alarm's description says that it may be the system's; its tags decide.
bool description_names(std::string_view description, std::string_view system);

// The plan as text: "+ create", "~ update" with each field before and after, "- delete", "! blocked".
std::string plan_text(const AlarmPlan& plan, bool colour);
boost::json::object plan_json(const AlarmPlan& plan);

}  // namespace culprit
