// PutQueryDefinition, DescribeQueryDefinitions and DeleteQueryDefinition: saved queries, kept as states
// "logs:query-definition".
#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "server/live.h"
#include "server/logs_operations.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::string_view kKind = "logs:query-definition";
constexpr std::size_t kNameMax = 255;
constexpr std::size_t kTextMax = 10'000;

bool is_deleted(const boost::json::object& definition) { return definition.contains("Deleted"); }

std::optional<boost::json::object> definition_of(const Account& account, const std::string& id) {
  for (auto& definition : states_at(account, *account.evidence(), kKind))
    if (text_of(definition, "queryDefinitionId") == id && !is_deleted(definition))
      return std::move(definition);
  return std::nullopt;
}

void keep(Account& account, const std::string& id, boost::json::object definition) {
  const auto written = account.live().store->write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kKind), id, account.now(), definition});
  });
  if (!written) throw ApiFault{"ServiceUnavailableException", written.error().message(), 500};
}

std::string need_bounded(const Parameters& p, const char* name, std::size_t most) {
  std::string text = p.need_text(name);
  if (text.empty() || text.size() > most)
    throw constraint_fault("InvalidParameterException", text.substr(0, 40), name,
                           text.empty()
                               ? "Member must have length greater than or equal to 1"
                               : fmt::format("Member must have length less than or equal to {}", most));
  return text;
}

// Of the name and the moment, in the form of a UUID.
std::string new_id(const std::string& name, const std::string& request_id, Time now) {
  const std::string hex = to_hex(sha256(fmt::format("{}\n{}\n{}", name, request_id, to_epoch_ms(now))));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

}  // namespace

boost::json::object put_query_definition(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  boost::json::object definition{{"name", need_bounded(p, "name", kNameMax)},
                                 {"queryString", need_bounded(p, "queryString", kTextMax)},
                                 {"queryLanguage", p.text_or("queryLanguage", "CWLI")},
                                 {"lastModified", to_epoch_ms(account.now())}};
  const auto id = p.text("queryDefinitionId");
  if (id && !definition_of(account, *id))
    throw ApiFault{"ResourceNotFoundException", "The specified query definition does not exist."};
  boost::json::array groups;
  for (const auto& group : p.texts("logGroupNames")) groups.emplace_back(group);
  if (!groups.empty()) definition["logGroupNames"] = std::move(groups);
  if (const auto* parameters = p.object().if_contains("parameters")) definition["parameters"] = *parameters;
  const std::string name(definition.at("name").get_string());
  const std::string used =
      id ? *id : new_id(name, p.text_or("clientToken", request.request_id), account.now());
  definition["queryDefinitionId"] = used;
  keep(account, used, std::move(definition));
  return {{"queryDefinitionId", used}};
}

boost::json::object delete_query_definition(Account& account, const ApiRequest& request) {
  const std::string id = request.parameters.need_text("queryDefinitionId");
  if (!definition_of(account, id))
    throw ApiFault{"ResourceNotFoundException", "The specified query definition does not exist."};
  keep(account, id, {{"queryDefinitionId", id}, {"Deleted", true}});
  return {{"success", true}};
}

boost::json::object describe_query_definitions(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string prefix = p.text_or("queryDefinitionNamePrefix", "");
  const auto most = static_cast<std::size_t>(p.integer_or("maxResults", 1000, {1, 1000}));
  const std::string question = question_digest({"query definitions", prefix});
  std::size_t first = 0;
  if (const auto token = p.text("nextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0) p.refuse("The specified nextToken is invalid.");
    first = static_cast<std::size_t>(numbers->front());
  }
  auto all = states_at(account, *account.evidence(), kKind);
  std::erase_if(
      all, [&](const auto& each) { return is_deleted(each) || !text_of(each, "name").starts_with(prefix); });
  std::ranges::sort(all, {}, [](const auto& each) { return text_of(each, "name"); });
  boost::json::array definitions;
  for (std::size_t i = first; i < all.size() && definitions.size() < most; ++i)
    definitions.push_back(std::move(all[i]));
  const std::size_t next = first + definitions.size();
  boost::json::object out{{"queryDefinitions", std::move(definitions)}};
  if (next < all.size()) out["nextToken"] = make_token(question, {static_cast<std::int64_t>(next)});
  return out;
}

}  // namespace culprit::server
