// PutDashboard, GetDashboard, ListDashboards and DeleteDashboards.
#include <fmt/format.h>

#include <algorithm>

#include "server/answer_page.h"
#include "server/cloudwatch_operations.h"
#include "server/live.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::size_t kNameMax = 255;
constexpr std::size_t kPageMax = 1000;

std::string need_name(const Parameters& p) {
  std::string name = p.need_text("DashboardName");
  const bool valid = name.size() <= kNameMax && std::ranges::all_of(name, [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '-' || c == '_';
                     });
  if (!valid)
    throw ApiFault{
        "InvalidParameterValue",
        fmt::format("The value {} for field DashboardName contains invalid characters. It can only "
                    "contain alphanumerics, dash (-) and underscore (_).",
                    name.substr(0, 300))};
  return name;
}

ApiFault bad_body(const std::string& message, const std::string& path) {
  return {"InvalidParameterInput", "The dashboard body is invalid, there are 1 validation errors.", 400,
          boost::json::object{{"dashboardValidationMessages",
                               {boost::json::object{{"DataPath", path}, {"Message", message}}}}}};
}

// What the service refuses to keep. Widgets of an unknown type or without their properties are named in
// warnings.
boost::json::array check_body(const std::string& body) {
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  const auto value = boost::json::parse(body, error, {}, options);
  if (error) throw bad_body("The field DashboardBody must be a valid JSON object", "");
  const auto* object = value.if_object();
  if (object == nullptr) throw bad_body("The field DashboardBody must be a valid JSON object", "");
  boost::json::array warnings;
  const auto* widgets = object->if_contains("widgets");
  if (widgets == nullptr) return warnings;
  if (!widgets->is_array()) throw bad_body("Should be an array", "/widgets");
  for (std::size_t i = 0; i < widgets->get_array().size(); ++i) {
    const auto* widget = widgets->get_array()[i].if_object();
    const std::string path = fmt::format("/widgets/{}", i);
    if (widget == nullptr) throw bad_body("Should be an object", path);
    if (!widget->contains("type"))
      warnings.push_back(boost::json::object{{"DataPath", path}, {"Message", "Missing widget type"}});
    if (!widget->contains("properties"))
      warnings.push_back(
          boost::json::object{{"DataPath", path}, {"Message", "Should have required property 'properties'"}});
  }
  return warnings;
}

std::string arn_of(const Account& account, const std::string& name) {
  return fmt::format("arn:aws:cloudwatch::{}:dashboard/{}", account.name().id, name);
}

ApiFault no_dashboard(const std::string& name) {
  return {"ResourceNotFound", fmt::format("Dashboard {} does not exist", name), 404};
}

std::optional<boost::json::object> find(const Account& account, const std::string& name) {
  for (auto& dashboard : documents_of(account, kinds::kDashboard))
    if (text_of(dashboard, "DashboardName") == name) return std::move(dashboard);
  return std::nullopt;
}

}  // namespace

boost::json::object put_dashboard(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = need_name(p);
  const std::string body = p.need_text("DashboardBody");
  auto warnings = check_body(body);
  account.live().documents.put(
      kinds::kDashboard, name,
      {{"DashboardName", name}, {"DashboardBody", body}, {"LastModified", seconds_of(account.now())}},
      account.now());
  return {{"DashboardValidationMessages", std::move(warnings)}};
}

boost::json::object get_dashboard(Account& account, const ApiRequest& request) {
  const std::string name = request.parameters.need_text("DashboardName");
  const auto found = find(account, name);
  if (!found) throw no_dashboard(name);
  return {{"DashboardArn", arn_of(account, name)},
          {"DashboardBody", text_of(*found, "DashboardBody")},
          {"DashboardName", name}};
}

boost::json::object list_dashboards(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string prefix = p.text_or("DashboardNamePrefix", "");
  std::vector<boost::json::object> entries;
  for (const auto& dashboard : documents_of(account, kinds::kDashboard)) {
    const std::string name = text_of(dashboard, "DashboardName");
    if (!name.starts_with(prefix)) continue;
    boost::json::object entry{{"DashboardName", name},
                              {"DashboardArn", arn_of(account, name)},
                              {"Size", text_of(dashboard, "DashboardBody").size()}};
    if (const auto time = time_in(dashboard.if_contains("LastModified")))
      entry["LastModified"] = seconds_of(*time);
    entries.push_back(std::move(entry));
  }
  return answer_page(p, std::move(entries), {"DashboardEntries", "NextToken", "", kPageMax, kPageMax},
                     question_digest({"dashboards", prefix}));
}

boost::json::object delete_dashboards(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto names = p.texts("DashboardNames");
  if (names.empty()) p.missing("DashboardNames");
  for (const auto& name : names)
    if (!find(account, name)) throw no_dashboard(name);
  account.live().documents.remove(kinds::kDashboard, names, account.now());
  return {};
}

}  // namespace culprit::server
