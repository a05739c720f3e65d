#include "sources/aws/xml_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <pugixml.hpp>

#include "base/time.h"

namespace culprit::aws {

namespace {

constexpr int kMaxDepth = 32;

// XML does not say what is a list, a number or a time; the API's description does. Names of
// DescribeDBInstances, DescribeEvents (RDS), GetMetricData, ListMetrics, DescribeAlarms (CloudWatch) and STS;
// no name has two meanings.
constexpr std::string_view kLists[] = {"AdditionalStorageVolumes",
                                       "AlarmActions",
                                       "AssociatedRoles",
                                       "CompositeAlarms",
                                       "DBInstanceAutomatedBackupsReplications",
                                       "DBInstances",
                                       "DBParameterGroups",
                                       "DBSecurityGroups",
                                       "Dimensions",
                                       "DnsIps",
                                       "DomainMemberships",
                                       "EnabledCloudwatchLogsExports",
                                       "EventCategories",
                                       "Events",
                                       "InsufficientDataActions",
                                       "LogTypesToDisable",
                                       "LogTypesToEnable",
                                       "Messages",
                                       "MetricAlarms",
                                       "MetricDataResults",
                                       "Metrics",
                                       "OKActions",
                                       "OptionGroupMemberships",
                                       "OwningAccounts",
                                       "ProcessorFeatures",
                                       "ReadReplicaDBClusterIdentifiers",
                                       "ReadReplicaDBInstanceIdentifiers",
                                       "StatusInfos",
                                       "Subnets",
                                       "SupportedNetworkTypes",
                                       "TagList",
                                       "Timestamps",
                                       "Values",
                                       "VpcSecurityGroups"};

constexpr std::string_view kIntegers[] = {"ActionsSuppressorExtensionPeriod",
                                          "ActionsSuppressorWaitPeriod",
                                          "AllocatedStorage",
                                          "BackupRetentionPeriod",
                                          "DatapointsToAlarm",
                                          "DbInstancePort",
                                          "EvaluationInterval",
                                          "EvaluationPeriods",
                                          "IOPS",
                                          "Iops",
                                          "MaxAllocatedStorage",
                                          "MonitoringInterval",
                                          "PackedPolicySize",
                                          "PendingPeriod",
                                          "PerformanceInsightsRetentionPeriod",
                                          "Period",
                                          "Port",
                                          "PromotionTier",
                                          "RecoveryPeriod",
                                          "StorageThroughput"};

constexpr std::string_view kBooleans[] = {"ActionsEnabled",
                                          "ActivityStreamEngineNativeAuditFieldsIncluded",
                                          "AutoMinorVersionUpgrade",
                                          "CopyTagsToSnapshot",
                                          "CustomerOwnedIpEnabled",
                                          "DedicatedLogVolume",
                                          "DeletionProtection",
                                          "IAMDatabaseAuthenticationEnabled",
                                          "IsStorageConfigUpgradeAvailable",
                                          "MultiAZ",
                                          "MultiTenant",
                                          "Normal",
                                          "PerformanceInsightsEnabled",
                                          "PubliclyAccessible",
                                          "ReturnData",
                                          "StorageEncrypted"};

constexpr std::string_view kTimes[] = {"AlarmConfigurationUpdatedTimestamp",
                                       "AutomaticRestartTime",
                                       "Date",
                                       "Expiration",
                                       "InstanceCreateTime",
                                       "LatestRestorableTime",
                                       "ResumeFullAutomationModeTime",
                                       "StateTransitionedTimestamp",
                                       "StateUpdatedTimestamp",
                                       "ValidTill"};

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view name) {
  return std::binary_search(std::begin(names), std::end(names), name);
}

boost::json::value number_or_text(std::string_view text) {
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, integer); error == std::errc{} && at == end)
    return integer;
  return boost::json::string(text);
}

boost::json::value real_or_text(std::string_view text) {
  double real = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, real);
      error == std::errc{} && at == end && std::isfinite(real))
    return real;
  return boost::json::string(text);
}

boost::json::value scalar(std::string_view name, std::string_view text) {
  if (holds(kIntegers, name)) return number_or_text(text);
  if (name == "Threshold") return real_or_text(text);
  if (holds(kBooleans, name) && (text == "true" || text == "false")) return text == "true";
  if (holds(kTimes, name)) return boost::json::string(cli_time(text));
  return boost::json::string(text);
}

bool has_elements(pugi::xml_node node) {
  for (const auto child : node.children())
    if (child.type() == pugi::node_element) return true;
  return false;
}

boost::json::value convert(pugi::xml_node node, std::string_view name, int depth);

boost::json::array convert_list(pugi::xml_node node, std::string_view name, int depth) {
  boost::json::array out;
  for (const auto child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (name == "Values")
      out.push_back(real_or_text(child.text().get()));
    else if (name == "Timestamps")
      out.push_back(boost::json::string(cli_time(child.text().get())));
    else
      out.push_back(convert(child, child.name(), depth + 1));
  }
  return out;
}

boost::json::value convert(pugi::xml_node node, std::string_view name, int depth) {
  if (depth > kMaxDepth) return nullptr;
  if (holds(kLists, name)) return convert_list(node, name, depth);
  if (!has_elements(node)) return scalar(name, node.text().get());
  boost::json::object out;
  for (const auto child : node.children())
    if (child.type() == pugi::node_element)
      out.insert_or_assign(child.name(), convert(child, child.name(), depth + 1));
  return out;
}

bool load(pugi::xml_document& document, std::string_view xml) {
  // No DTD, no entities of its own: pugixml expands only the five of XML.
  return static_cast<bool>(
      document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8));
}

}  // namespace

Result<boost::json::object> xml_to_json(std::string_view xml) {
  pugi::xml_document document;
  if (!load(document, xml)) return fail(ErrorCode::kInput, "the answer is not well-formed XML");
  const pugi::xml_node root = document.document_element();
  for (const auto child : root.children()) {
    if (child.type() != pugi::node_element || !std::string_view(child.name()).ends_with("Result")) continue;
    boost::json::value value = convert(child, "", 0);
    if (auto* object = value.if_object()) return std::move(*object);
    return boost::json::object{};
  }
  if (!std::string_view(root.name()).ends_with("Response"))
    return fail(ErrorCode::kInput, fmt::format("the answer is XML of another kind (<{}>)", root.name()));
  return boost::json::object{};
}

XmlError parse_xml_error(std::string_view xml) {
  pugi::xml_document document;
  if (!load(document, xml)) return {};
  const pugi::xml_node root = document.document_element();
  pugi::xml_node error = root.child("Error");
  if (!error) error = root.child("Errors").child("Error");
  if (!error && std::string_view(root.name()) == "Error") error = root;
  return {error.child_value("Code"), error.child_value("Message")};
}

std::string cli_time(std::string_view iso) {
  const auto time = parse_iso8601(iso);
  if (!time) return std::string(iso);
  return cli_time(static_cast<double>(to_epoch_ms(*time)) / 1000.0);
}

std::string cli_time(double epoch_seconds) {
  constexpr double kYear9999 = 253402300799.0;
  if (!std::isfinite(epoch_seconds) || std::abs(epoch_seconds) > kYear9999)
    return fmt::format("{}", epoch_seconds);
  const auto ms = static_cast<std::int64_t>(std::llround(epoch_seconds * 1000.0));
  const Time time = from_epoch_ms(ms);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = (time - seconds).count();
  const std::string whole =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
  return rest == 0 ? whole + "+00:00" : fmt::format("{}.{:03}000+00:00", whole, rest);
}

}  // namespace culprit::aws
