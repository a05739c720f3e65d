#include "system/draft_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace culprit {

namespace {

constexpr std::size_t kComponentsMax = 100;
constexpr std::size_t kNameBytesMax = 255;  // ECS and RDS allow less

using Objects = std::vector<boost::json::object>;

// The list `key` of an answer. Names and text come from the outside: only objects are kept.
Result<Objects> read_answer(const std::string& text, std::string_view key, std::string_view command) {
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = 64;
  const auto answer = boost::json::parse(text, error, {}, options);
  if (error)
    return fail(ErrorCode::kInput,
                fmt::format("the answer of `{}` is not JSON: {}", command, error.message()), {},
                fmt::format("Save it with: {} --output json > FILE", command));
  const auto* object = answer.if_object();
  const auto* list = object != nullptr ? object->if_contains(key) : nullptr;
  if (list == nullptr || !list->is_array())
    return fail(ErrorCode::kInput,
                fmt::format("there is no list '{}' in what should be the answer of `{}`", key, command), {},
                fmt::format("Save it with: {} --output json > FILE", command));
  Objects objects;
  for (const auto& item : list->get_array())
    if (item.is_object()) objects.push_back(item.get_object());
  return objects;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string() || value->get_string().size() > kNameBytesMax) return {};
  const std::string text(value->get_string());
  const bool is_plain = std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  return is_plain ? text : std::string();
}

// The last part of an ARN or path.
std::string tail_of(const std::string& path) { return path.substr(path.find_last_of("/:") + 1); }

bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != text.npos; });
}

// A name reduced to what an id may hold.
std::string as_id(std::string_view name) {
  std::string id;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_good = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (is_good)
      id += lower;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  if (id.ends_with("-service")) id.resize(id.size() - 8);
  while (id.ends_with('-')) id.pop_back();
  constexpr std::size_t kIdBytesMax = 40;
  return id.empty() ? "component" : id.substr(0, kIdBytesMax);
}

// "web" and "worker" where the name says so, else the name itself.
std::string service_id(const std::string& name) {
  const std::string id = as_id(name);
  if (holds_any(id, {"worker", "sidekiq", "jobs"})) return "worker";
  if (holds_any(id, {"web", "puma", "rails"})) return "web";
  return id;
}

std::string unique_id(std::string id, const std::vector<DraftComponent>& components) {
  const auto is_taken = [&](const std::string& candidate) {
    return std::ranges::find(components, candidate, &DraftComponent::id) != components.end();
  };
  const std::string base = id;
  for (int n = 2; is_taken(id); ++n) id = fmt::format("{}-{}", base, n);
  return id;
}

// The log group whose last part shares most with the service's name; a name made up like it otherwise.
void choose_log_group(DraftComponent& component, const std::vector<std::string>& groups) {
  std::size_t best = 0;
  for (const auto& group : groups) {
    const std::string tail = tail_of(group);
    const bool is_alike =
        !tail.empty() && (component.name.starts_with(tail) || tail.starts_with(component.name));
    if (is_alike && std::min(tail.size(), component.name.size()) > best) {
      best = std::min(tail.size(), component.name.size());
      component.log_group = group;
    }
  }
  component.is_guess = true;
  if (component.log_group.empty() && groups.empty()) component.log_group = "/aws/ecs/" + component.name;
}

void add_services(const Objects& services, const std::vector<std::string>& groups,
                  DraftInventory& inventory) {
  for (const auto& service : services) {
    DraftComponent component;
    component.name = text_of(service, "serviceName");
    component.cluster = tail_of(text_of(service, "clusterArn"));
    if (component.name.empty() || inventory.components.size() >= kComponentsMax) continue;
    if (component.cluster.empty()) component.cluster = "default";
    component.id = unique_id(service_id(component.name), inventory.components);
    choose_log_group(component, groups);
    const std::string arn = text_of(service, "clusterArn");  // arn:aws:ecs:REGION:ACCOUNT:cluster/NAME
    const std::size_t start = arn.find("ecs:");
    if (inventory.region.empty() && start != arn.npos)
      inventory.region = arn.substr(start + 4, arn.find(':', start + 4) - start - 4);
    inventory.components.push_back(std::move(component));
  }
}

void add_databases(const Objects& databases, const std::vector<std::string>& groups,
                   DraftInventory& inventory) {
  for (const auto& database : databases) {
    DraftComponent component;
    component.name = text_of(database, "DBInstanceIdentifier");
    if (component.name.empty() || inventory.components.size() >= kComponentsMax) continue;
    const std::string engine = text_of(database, "Engine");
    component.is_database = true;
    component.is_postgres = engine.find("postgres") != engine.npos;
    component.id = unique_id(databases.size() == 1 ? "db" : as_id(component.name), inventory.components);
    const std::string prefix = fmt::format("/aws/rds/instance/{}/", component.name);
    for (const auto& group : groups)
      if (group.starts_with(prefix)) component.log_group = group;
    if (groups.empty()) {
      component.log_group = prefix + (component.is_postgres ? "postgresql" : "error");
      component.is_guess = true;
    }
    inventory.components.push_back(std::move(component));
  }
}

// What all names begin with, up to a '-'.
std::string common_name(const std::vector<DraftComponent>& components) {
  std::string common = components.front().name;
  for (const auto& component : components) {
    const auto end = std::ranges::mismatch(common, component.name).in1;
    common.erase(end, common.end());
  }
  if (components.size() > 1)
    common = common.substr(0, common.find_last_of('-') == common.npos ? 0 : common.find_last_of('-'));
  return common.empty() ? "my-system" : as_id(common);
}

}  // namespace

bool DraftInventory::has_component(std::string_view id) const {
  return std::ranges::find(components, id, &DraftComponent::id) != components.end();
}

bool is_component_of_rails(std::string_view id) { return id == "web" || id == "worker" || id == "db"; }

Result<DraftInventory> take_inventory(const DraftInput& input) {
  Objects services, databases, log_groups;
  const auto read = [](const std::optional<std::string>& text, std::string_view key, std::string_view command,
                       Objects& into) -> Result<void> {
    if (!text) return {};
    auto objects = read_answer(*text, key, command);
    if (!objects) return tl::unexpected(objects.error());
    into = std::move(*objects);
    return {};
  };
  if (auto done = read(input.services, "services", "aws ecs describe-services", services); !done)
    return tl::unexpected(done.error());
  if (auto done = read(input.databases, "DBInstances", "aws rds describe-db-instances", databases); !done)
    return tl::unexpected(done.error());
  if (auto done = read(input.log_groups, "logGroups", "aws logs describe-log-groups", log_groups); !done)
    return tl::unexpected(done.error());

  std::vector<std::string> groups;
  for (const auto& group : log_groups)
    if (auto name = text_of(group, "logGroupName"); !name.empty()) groups.push_back(std::move(name));
  DraftInventory inventory;
  add_services(services, groups, inventory);
  add_databases(databases, groups, inventory);
  if (inventory.components.empty())
    return fail(ErrorCode::kInput, "the answers name neither a service nor a database", {},
                "Look into them: `aws ecs describe-services` needs the names of the services.");
  inventory.name = input.name.empty() ? common_name(inventory.components) : as_id(input.name);
  return inventory;
}

}  // namespace culprit
