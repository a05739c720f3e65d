#include <fmt/format.h>

#include "alarms/alarm_document.h"
#include "alarms/alarm_plan.h"
#include "alarms/export_alarms.h"
#include "base/shell_word.h"

namespace culprit {

namespace {

constexpr std::size_t kNamesPerCall = 100;  // DescribeAlarms takes no more

// "OKActions" -> "ok-actions", "filterName" -> "filter-name", as botocore names options.
std::string option_name(std::string_view name) {
  if (name == "OKActions") return "ok-actions";
  std::string out;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !out.empty()) out += '-';
    out += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string option(std::string_view key, const boost::json::value& value) {
  const std::string name = option_name(key);
  if (value.is_bool()) return fmt::format("--{}{}", value.get_bool() ? "" : "no-", name);
  if (value.is_string())
    return fmt::format("--{}={}", name, shell_word(std::string_view(value.get_string())));
  const auto* list = value.if_array();
  if (list != nullptr && !list->empty() && list->front().is_string()) {
    std::string out = "--" + name;
    for (const auto& item : *list) out += " " + shell_word(std::string_view(item.get_string()));
    return out;
  }
  if (value.is_number()) return fmt::format("--{}={:g}", name, value.to_number<double>());
  return fmt::format("--{}={}", name, shell_word(boost::json::serialize(value)));
}

std::string command(std::string_view verb, const boost::json::object& document, std::string_view system,
                    bool tagged) {
  std::string out = fmt::format("aws {}", verb);
  for (const auto& [key, value] : document) out += " \\\n  " + option(key, value);
  if (tagged) {
    out += " \\\n  --tags";
    for (const auto& [key, value] : owner_tags(system))
      out += " " + shell_word(fmt::format("Key={},Value={}", key, value));
  }
  return out + "\n";
}

std::string guard(const AlarmSet& set) {
  std::vector<std::string> names;
  for (const auto& alarm : set.alarms) names.push_back(alarm.name);
  for (const auto& alarm : set.composites) names.push_back(alarm.name);
  std::string out =
      "# put-metric-alarm overwrites whatever has the name: stop before anything is made when a name is "
      "taken.\n"
      "taken=''\n";
  const std::string query = fmt::format(
      "[MetricAlarms, CompositeAlarms][] | [?!contains(not_null(AlarmDescription, ''), "
      "'[culprit {}/')].AlarmName",
      set.system);
  for (std::size_t i = 0; i < names.size(); i += kNamesPerCall) {
    out +=
        "taken=\"$taken$(aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm --output "
        "text";
    out += " \\\n  --query " + shell_word(query) + " --alarm-names";
    for (std::size_t j = i; j < std::min(i + kNamesPerCall, names.size()); ++j)
      out += " \\\n  " + shell_word(names[j]);
    out += ")\"\n";
  }
  return out +
         "if [ -n \"$taken\" ] && [ \"$taken\" != None ]; then\n"
         "  echo \"these alarms are there already and are not Culprit's: $taken\" >&2\n"
         "  exit 1\n"
         "fi\n";
}

}  // namespace

std::string export_as_cli(const AlarmSet& set) {
  std::string out = fmt::format(
      "#!/bin/sh\n"
      "# Metric filters and alarms of the system {}, written by `culprit alarms export --as cli`.\n"
      "# Asks AWS as `aws` is set up: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL.\n"
      "set -eu\n\n",
      set.system);
  out += guard(set);
  for (const auto& filter : set.filters)
    out += "\n" + command("logs put-metric-filter", document_of(filter), set.system, false);
  for (const auto& alarm : set.alarms)
    out += "\n" + command("cloudwatch put-metric-alarm", document_of(alarm), set.system, true);
  for (const auto& alarm : set.composites)
    out += "\n" + command("cloudwatch put-composite-alarm", document_of(alarm), set.system, true);
  return out;
}

}  // namespace culprit
