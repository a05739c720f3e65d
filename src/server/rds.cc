// RDS: which operations there are, DescribeDBInstances and DescribeEvents.
#include <fmt/format.h>

#include <algorithm>

#include "server/page_token.h"
#include "server/rds_operations.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr Range kRecords{20, 100};
constexpr std::chrono::hours kEventsKept{14 * 24};
constexpr std::int64_t kMinutesDefault = 60;

constexpr Operation kOperations[] = {
    {"DescribeDBInstances", Access::kRead, describe_db_instances},
    {"DescribeDBLogFiles", Access::kRead, describe_db_log_files},
    {"DescribeEvents", Access::kRead, describe_db_events},
    {"DownloadDBLogFilePortion", Access::kRead, download_db_log_file_portion},
};

bool same_identifier(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Values of a filter such as db-instance-id; ARNs name an instance by their last part.
bool passes(const boost::json::object& instance, const Parameters& filter) {
  const std::string name = filter.need_text("Name");
  const auto values = filter.texts("Values");
  const auto any = [&](std::string_view member) {
    return std::ranges::any_of(values, [&](const std::string& value) {
      return same_identifier(text_of(instance, member), value.substr(value.rfind(':') + 1));
    });
  };
  if (name == "db-instance-id") return any("DBInstanceIdentifier");
  if (name == "db-cluster-id") return any("DBClusterIdentifier");
  if (name == "dbi-resource-id") return any("DbiResourceId");
  if (name == "engine") return any("Engine");
  throw ApiFault{"InvalidParameterValue", "Unrecognized filter name: " + name};
}

boost::json::object paged(const Parameters& p, std::string_view member, boost::json::array items,
                          const std::string& question) {
  const auto records = static_cast<std::size_t>(p.integer_or("MaxRecords", 100, kRecords));
  std::size_t start = 0;
  if (const auto marker = p.text("Marker"); marker && !marker->empty()) {
    const auto numbers = read_token(*marker, question, 1);
    if (!numbers || numbers->front() < 0) throw ApiFault{"InvalidParameterValue", "The marker is invalid."};
    start = static_cast<std::size_t>(numbers->front());
  }
  boost::json::array page;
  for (std::size_t i = start; i < std::min(items.size(), start + records); ++i)
    page.push_back(std::move(items[i]));
  boost::json::object out;
  if (start + records < items.size())
    out["Marker"] = make_token(question, {static_cast<std::int64_t>(start + records)});
  out[member] = std::move(page);
  return out;
}

}  // namespace

std::span<const Operation> rds_operations() { return kOperations; }

boost::json::object need_db_instance(const Account& account, const std::string& identifier) {
  for (auto& instance : states_at(account, *account.evidence(), "rds:db-instance"))
    if (same_identifier(text_of(instance, "DBInstanceIdentifier"),
                        identifier.substr(identifier.rfind(':') + 1)))
      return std::move(instance);
  throw ApiFault{"DBInstanceNotFound", fmt::format("DBInstance {} not found.", identifier), 404};
}

boost::json::object describe_db_instances(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  boost::json::array instances;
  const std::string identifier = p.text_or("DBInstanceIdentifier", "");
  const auto filters = p.objects("Filters");
  if (!identifier.empty()) {
    instances.push_back(need_db_instance(account, identifier));
  } else {
    for (auto& instance : states_at(account, *account.evidence(), "rds:db-instance"))
      if (std::ranges::all_of(filters, [&](const Parameters& filter) { return passes(instance, filter); }))
        instances.push_back(std::move(instance));
  }
  return paged(p, "DBInstances", std::move(instances), question_digest({"instances", identifier}));
}

boost::json::object describe_db_events(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string source = p.text_or("SourceIdentifier", "");
  const std::string type = p.text_or("SourceType", "");
  if (!source.empty() && type.empty())
    throw ApiFault{"InvalidParameterCombination", "SourceType must be given with SourceIdentifier."};
  const auto categories = p.texts("EventCategories");
  const Time now = account.now();
  const Time end = p.time("EndTime").value_or(now);
  const auto minutes = std::chrono::minutes{p.integer_or("Duration", kMinutesDefault, {1, 14 * 24 * 60})};
  const Time start = std::max(p.time("StartTime").value_or(end - minutes), now - kEventsKept);
  if (start > end)
    throw ApiFault{"InvalidParameterCombination", "The start time must be before the end time."};
  std::vector<std::pair<Time, boost::json::object>> found;
  for (auto& event : states_at(account, *account.evidence(), "rds:event")) {
    const auto date = time_in(event.if_contains("Date"));
    if (!date || *date < start || *date > end || *date >= account.horizon()) continue;
    if (!source.empty() && !same_identifier(text_of(event, "SourceIdentifier"), source)) continue;
    if (!type.empty() && text_of(event, "SourceType") != type) continue;
    const auto* own = event.if_contains("EventCategories");
    const bool fits =
        categories.empty() ||
        (own != nullptr && own->is_array() &&
         std::ranges::any_of(own->get_array(), [&](const boost::json::value& category) {
           return category.is_string() &&
                  std::ranges::find(categories, std::string(category.get_string())) != categories.end();
         }));
    if (fits) found.emplace_back(*date, std::move(event));
  }
  std::ranges::stable_sort(found, {}, [](const auto& item) { return item.first; });
  boost::json::array events;
  for (auto& [date, event] : found) events.push_back(std::move(event));
  return paged(p, "Events", std::move(events), question_digest({"events", source, type}));
}

}  // namespace culprit::server
