#include "system/draft_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "system/draft_inventory.h"
#include "system/yaml_tree.h"

namespace culprit {

namespace {

// A text as a YAML value.
std::string value(const std::string& text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = text;
  std::string out = emit_yaml(node);
  out.pop_back();
  return out;
}

std::string header(const DraftInput& input, const DraftInventory& inventory, const std::string& use) {
  std::string out = fmt::format(
      "# A start, written by `culprit system new` from answers of the AWS CLI. Read it through, correct what "
      "is\n"
      "# guessed, and run `culprit system check` on it. docs/system-file.md explains every key.\n"
      "\n"
      "system: {}\n"
      "title: {}\n"
      "zone: {}  # the team's clock: a name of the tz database\n",
      value(inventory.name), value(inventory.name), value(input.zone));
  if (!use.empty()) {
    out += fmt::format(
        "\n# Metrics, patterns, severity rules and known issues come from the built-in system '{0}', which "
        "looks\n"
        "# alike; see them with `culprit system show {0}`. `--use none` writes a file without it.\n"
        "use: {0}\n",
        value(use));
    if (!inventory.has_component("worker") && use == "rails")
      out += "without: [worker]  # no service looks like Sidekiq\n";
  }
  if (!inventory.region.empty()) out += fmt::format("\naws:\n  region: {}\n", value(inventory.region));
  return out;
}

std::string component_text(const DraftComponent& component, const DraftInventory& inventory) {
  std::string out = fmt::format("  - id: {}\n    title: {}\n", value(component.id), value(component.name));
  if (component.is_database) {
    out += "    kind: rds-instance\n";
  } else {
    out += fmt::format("    kind: ecs-service\n    cluster: {}\n", value(component.cluster));
  }
  out += fmt::format("    name: {}\n", value(component.name));
  if (!component.log_group.empty())
    out += fmt::format("    log_group: {}{}\n", value(component.log_group),
                       component.is_guess ? "  # a guess by its name: check it" : "");
  if (component.is_postgres) out += "    log_format: postgres\n";
  std::vector<std::string> databases;
  for (const auto& other : inventory.components)
    if (other.is_database && !component.is_database) databases.push_back(value(other.id));
  if (!databases.empty())
    out += fmt::format("    depends_on: [{}]  # assumed: list what it calls\n", fmt::join(databases, ", "));
  const bool is_critical = component.is_database || component.id == "web";
  out += fmt::format("    critical: {}  # is its failure a failure of a major feature?\n", is_critical);
  return out;
}

std::string components(const DraftInventory& inventory) {
  std::string out = "\ncomponents:\n";
  for (const auto& component : inventory.components) out += component_text(component, inventory);
  return out;
}

struct MetricLine {
  std::string_view name, title, metric, unit, ranges;
};

std::string metrics(const DraftInventory& inventory, const std::string& use) {
  static const std::vector<MetricLine> of_services = {
      {"cpu", "CPU", "CPUUtilization", "percent", "    normal: {below: 20}\n    high: {above: 70}\n"},
      {"memory", "memory", "MemoryUtilization", "percent",
       "    normal: {below: 60}\n    long_view: 2h\n    long_period: 300s\n"}};
  static const std::vector<MetricLine> of_databases = {
      {"cpu", "CPU", "CPUUtilization", "percent", "    normal: {below: 30}\n    high: {above: 70}\n"},
      {"connections", "connections", "DatabaseConnections", "count",
       "    normal: {below: 50}\n    high: {above: 80}  # set it below max_connections\n"},
      {"read_latency", "read latency", "ReadLatency", "seconds",
       "    over_baseline: {elevated: 2, high: 4}\n"},
      {"write_latency", "write latency", "WriteLatency", "seconds",
       "    over_baseline: {elevated: 2, high: 4}\n"}};
  std::string out;
  for (const auto& component : inventory.components) {
    if (use == "rails" && is_component_of_rails(component.id)) continue;
    for (const auto& line : component.is_database ? of_databases : of_services)
      out += fmt::format("  - id: {}\n    title: {}\n    metric: {}\n    unit: {}\n{}",
                         value(component.id + "." + std::string(line.name)),
                         value(component.id + " " + std::string(line.title)), line.metric, line.unit,
                         line.ranges);
  }
  if (out.empty()) return out;
  return "\n# Ranges are a common start: compare them with your own quiet weeks.\nmetrics:\n" + out;
}

std::string patterns(const DraftInventory& inventory, const std::string& use) {
  std::string out;
  for (const auto& component : inventory.components) {
    if (component.log_group.empty() || (use == "rails" && is_component_of_rails(component.id))) continue;
    out += fmt::format("  - id: {}\n    title: Errors\n    any_of: [ERROR]\n    filter: ERROR\n",
                       value(component.id + ".error"));
  }
  return out.empty() ? out : "\npatterns:\n" + out;
}

// A file without `use` gets rules of its own; one known issue shows how they are written.
std::string rules(const DraftInventory& inventory, const std::string& use) {
  if (!use.empty())
    return "\n# Issues of your own are added here; one with an inherited id changes that issue key by key.\n"
           "# known_issues:\n#   - {id: traffic-surge, prior: -4}\n";
  const std::string first = inventory.components.front().id;
  return fmt::format(
      "\n# The first level with a rule that holds decides; none means P3.\n"
      "severity:\n"
      "  - level: P1\n"
      "    says: many errors in the log\n"
      "    all:\n"
      "      - {{signal: {0}.errors, aggregate: max, above_baseline: 10, min_value: 20}}\n"
      "\n"
      "# What is known to go wrong, and how one sees it. Weights are log-odds.\n"
      "known_issues:\n"
      "  - id: {0}-errors\n"
      "    family: application\n"
      "    title: Errors rise in {0}\n"
      "    component: {0}\n"
      "    summary: The log of {0} holds many more errors than usual.\n"
      "    symptoms:\n"
      "      - when: {{signal: {0}.errors, aggregate: max, above_baseline: 5, min_value: 10}}\n"
      "        says: at least five times the usual errors a minute\n"
      "        weight: 3\n"
      "        absent: -3\n"
      "        required: true\n"
      "    refute:\n"
      "      text: If the same errors stand in the log of a quiet day, they are not the cause.\n",
      first);
}

std::string people() {
  return "\ncontacts:\n"
         "  - role: On-call\n"
         "    reach: not set yet  # phone, channel or e-mail\n"
         "    severities: [P0, P1, P2]\n"
         "  - role: Database\n"
         "    reach: not set yet\n"
         "    severities: [P0, P1]\n";
}

std::string chosen_use(const DraftInput& input, const DraftInventory& inventory) {
  if (input.use == "none") return {};
  if (!input.use.empty()) return input.use;
  const auto db = std::ranges::find(inventory.components, "db", &DraftComponent::id);
  const bool is_alike = inventory.has_component("web") && db != inventory.components.end() && db->is_postgres;
  return is_alike ? "rails" : "";
}

}  // namespace

Result<std::string> draft_system(const DraftInput& input) {
  const auto inventory = take_inventory(input);
  if (!inventory) return tl::unexpected(inventory.error());
  const std::string use = chosen_use(input, *inventory);
  return header(input, *inventory, use) + components(*inventory) + metrics(*inventory, use) +
         patterns(*inventory, use) + rules(*inventory, use) + people();
}

}  // namespace culprit
