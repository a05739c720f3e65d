#include <fmt/format.h>

#include "base/zone.h"
#include "system/read_alarms.h"
#include "system/read_contacts.h"
#include "system/read_known_issues.h"
#include "system/read_observed.h"

namespace culprit {

namespace {

struct AwsPart {
  std::string profile;
  std::string region;
};

const Fields<AwsPart>& aws_fields() {
  static const Fields<AwsPart> fields{"aws",
                                      {text("profile", &AwsPart::profile), text("region", &AwsPart::region)}};
  return fields;
}

Field<System> zone() {
  return {"zone", [](Reading& reading, const YamlNode& node, System& system) {
            auto name = read_text(reading, node, "zone");
            if (!name) return;
            if (const auto found = Zone::find(*name))
              system.zone = found->name();
            else
              reading.problem(node, found.error().what, found.error().hint);
          }};
}

// A part that needs more than a table.
Field<System> part(std::string_view key, void (*read)(Reading&, const YamlNode&, System&)) {
  return {key, read};
}

// Keys that are resolved before this table is used; named here so that a misspelt one finds them.
Field<System> resolved(std::string_view key) {
  return {key, [](Reading&, const YamlNode&, System&) {}};
}

const Fields<System>& system_fields() {
  static const Fields<System> fields{
      "the system file",
      {text("system", &System::name).required(),
       text("title", &System::title),
       resolved("use"),
       resolved("without"),
       resolved("variables"),
       zone(),
       Field<System>{"aws",
                     [](Reading& reading, const YamlNode& node, System& system) {
                       AwsPart aws;
                       read_map(reading, node, aws_fields(), aws);
                       system.aws_profile = std::move(aws.profile);
                       system.aws_region = std::move(aws.region);
                     }},
       part("components", read_components).required(),
       part("metrics", read_metrics),
       part("patterns", read_patterns),
       list("log_alerts", &System::log_alerts, log_alert_fields()),
       part("alarms", read_alarms),
       part("objectives", read_objectives),
       texts("alarm_actions", &System::alarm_actions),
       list("known_issues", &System::known_issues, known_issue_fields()),
       list("severity", &System::severity_rules, severity_fields()),
       list("prevention", &System::prevention, prevention_fields()),
       part("channels", read_channels),
       list("contacts", &System::contacts, contact_fields()),
       list("stakeholders", &System::stakeholders, stakeholder_fields())}};
  return fields;
}

}  // namespace

void read_system(Reading& reading, const YamlNode& root, System& system) {
  read_map(reading, root, system_fields(), system);
  if (system.title.empty()) system.title = system.name;
}

}  // namespace culprit
