#include "system/read_observed.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "system/nearest.h"

namespace culprit {

namespace {

// A metric as the file writes it.
struct MetricEntry {
  SystemMetric metric;
  std::string name_space;
  std::string name;
  std::vector<Dimension> dimensions;
  bool has_dimensions = false;
};

Field<MetricEntry> into_metric(Field<SystemMetric> field) {
  return {field.key, [read = field.read](Reading& reading, const YamlNode& node, MetricEntry& entry) {
            read(reading, node, entry.metric);
          }};
}

Field<MetricEntry> range_part(std::string_view key, std::vector<Field<MetricRange>> parts) {
  return {key, [fields = Fields<MetricRange>{key, std::move(parts)}](Reading& reading, const YamlNode& node,
                                                                     MetricEntry& entry) {
            read_map(reading, node, fields, entry.metric.range);
          }};
}

Field<MetricEntry> statistics(std::string_view key, std::vector<std::string> SystemMetric::*member) {
  return {
      key, [=](Reading& reading, const YamlNode& node, MetricEntry& entry) {
        static const RE2 valid(
            R"(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|p100|(PR|TM|TC|TS|WM)\([\d.%:]{1,40}\))");
        for_each_item(reading, node, key, [&](const YamlNode& item) {
          auto name = read_text(reading, item, key);
          if (name && !RE2::FullMatch(*name, valid))
            reading.problem(
                item, fmt::format("{} is no statistic of CloudWatch", describe(item)),
                suggest(*name, {"Average", "Maximum", "Minimum", "Sum", "SampleCount", "p90", "p99"},
                        "For example:"));
          else if (name)
            (entry.metric.*member).push_back(std::move(*name));
        });
      }};
}

Field<MetricEntry> dimensions() {
  return {"dimensions", [](Reading& reading, const YamlNode& node, MetricEntry& entry) {
            entry.has_dimensions = true;
            if (node.kind != YamlNode::Kind::kMap) {
              reading.problem(
                  node, fmt::format("dimensions must be a map of names and values, not {}", describe(node)));
              return;
            }
            for (const auto& member : node.members)
              if (auto value = read_text(reading, member.value, member.key.text))
                entry.dimensions.push_back({member.key.text, std::move(*value)});
            std::ranges::sort(entry.dimensions);
          }};
}

Field<MetricEntry> period(std::string_view key, Field<SystemMetric> field) {
  return {key, [=, read = field.read](Reading& reading, const YamlNode& node, MetricEntry& entry) {
            const std::size_t before = reading.problems().size();
            read(reading, node, entry.metric);
            if (reading.problems().size() != before) return;
            const auto seconds = key == "period" ? entry.metric.period : *entry.metric.long_period;
            if (seconds.count() % 60 != 0 && seconds.count() != 10 && seconds.count() != 20 &&
                seconds.count() != 30)
              reading.problem(
                  node, fmt::format("{} must be 10s, 20s, 30s or whole minutes, as CloudWatch has it", key));
          }};
}

const Fields<MetricEntry>& metric_fields() {
  static const Fields<MetricEntry> fields{
      "metric",
      {into_metric(id("id", &SystemMetric::id, NameKind::kSignal)),
       into_metric(reference("signal", &SystemMetric::signal, NameKind::kSignal)),
       into_metric(text("title", &SystemMetric::title)).required(),
       text("namespace", &MetricEntry::name_space), text("metric", &MetricEntry::name), dimensions(),
       statistics("statistics", &SystemMetric::statistics),
       statistics("extra_statistics", &SystemMetric::extra_statistics),
       period("period", duration("period", &SystemMetric::period)),
       into_metric(word("unit", &SystemMetric::unit, {"percent", "seconds", "count", "bytes", "per-second"}))
           .required(),
       range_part("normal",
                  {number("below", &MetricRange::normal_below), number("above", &MetricRange::normal_above)}),
       range_part("high",
                  {number("above", &MetricRange::high_above), number("below", &MetricRange::high_below)}),
       range_part("over_baseline", {number("elevated", &MetricRange::elevated_over_baseline),
                                    number("high", &MetricRange::high_over_baseline)}),
       into_metric(text("row", &SystemMetric::row)),
       into_metric(duration("long_view", &SystemMetric::long_view)),
       period("long_period", duration("long_period", &SystemMetric::long_period))}};
  return fields;
}

// The component that a signal's id begins with; reports when there is none.
const Component* owner(Reading& reading, const YamlNode& at, const std::string& signal,
                       const System& system) {
  const std::size_t dot = signal.find('.');
  if (dot == std::string::npos || dot + 1 == signal.size() ||
      signal.find('.', dot + 1) != std::string::npos) {
    reading.problem(at, fmt::format("the signal '{}' must be written component.name", signal),
                    "For example web.cpu.");
    return nullptr;
  }
  const std::string id = signal.substr(0, dot);
  if (const Component* component = system.component(id)) return component;
  std::vector<std::string_view> ids;
  for (const auto& component : system.components) ids.push_back(component.id);
  reading.problem(at, fmt::format("there is no component '{}' that '{}' could belong to", id, signal),
                  suggest(id, ids, "The components are"));
  return nullptr;
}

// Namespace and dimensions that AWS gives to a component's own metrics.
void complete_from(const Component& component, MetricEntry& entry) {
  MetricId& metric = entry.metric.metric;
  metric.name = entry.name;
  metric.name_space = entry.name_space;
  metric.dimensions = entry.dimensions;
  if (component.kind == ComponentKind::kEcsService) {
    if (metric.name_space.empty()) metric.name_space = "AWS/ECS";
    if (!entry.has_dimensions)
      metric.dimensions = {{"ClusterName", component.cluster}, {"ServiceName", component.name}};
  } else if (component.kind == ComponentKind::kRdsInstance) {
    if (metric.name_space.empty()) metric.name_space = "AWS/RDS";
    if (!entry.has_dimensions) metric.dimensions = {{"DBInstanceIdentifier", component.name}};
  }
}

std::string metric_name(const SystemMetric& metric) {
  return metric.id.empty() ? "metric" : fmt::format("metric '{}'", metric.id);
}

void check_metric(Reading& reading, const YamlNode& node, const MetricEntry& entry) {
  const SystemMetric& metric = entry.metric;
  if (node.kind != YamlNode::Kind::kMap) return;
  if (metric.signal.empty()) {
    if (node.find("id") == nullptr) reading.problem(node, "the key 'id' is missing in metric");
    if (node.find("metric") == nullptr)
      reading.problem(node, fmt::format("the key 'metric' is missing in {}", metric_name(metric)),
                      "Name a CloudWatch metric, or write `signal:` for a row computed from logs.");
    else if (metric.metric.name_space.empty() && !metric.component.empty())
      reading.problem(node, fmt::format("the key 'namespace' is missing in {}", metric_name(metric)),
                      "It is known only for components of kind ecs-service and rds-instance.");
  } else {
    for (const std::string_view key :
         {"id", "metric", "namespace", "dimensions", "statistics", "extra_statistics"})
      if (const YamlNode* extra = node.find(key))
        reading.problem(*extra, fmt::format("'{}' does not go together with 'signal'", key),
                        "A row with `signal` is computed from logs or AWS answers.");
  }
  if (metric.long_view.has_value() != metric.long_period.has_value())
    reading.problem(node, fmt::format("{} has only one of long_view and long_period", metric_name(metric)));
}

const Fields<LogPattern>& pattern_fields() {
  static const Fields<LogPattern> fields{
      "pattern",
      {id("id", &LogPattern::id, NameKind::kSignal).required(), text("title", &LogPattern::title).required(),
       texts("any_of", &LogPattern::any_of), flag("ignore_case", &LogPattern::ignore_case),
       regexes("all_regex", &LogPattern::all_regex), text("runbook", &LogPattern::runbook),
       filter("filter", &LogPattern::filter).required(), text("note", &LogPattern::note),
       text("row", &LogPattern::row)}};
  return fields;
}

const Fields<Component>& component_fields() {
  static const Fields<Component> keys{
      "component",
      {id("id", &Component::id, NameKind::kComponent).required(), text("title", &Component::title),
       choice("kind", &Component::kind,
              {{"ecs-service", ComponentKind::kEcsService},
               {"rds-instance", ComponentKind::kRdsInstance},
               {"other", ComponentKind::kOther}})
           .required(),
       text("cluster", &Component::cluster), text("name", &Component::name),
       text("log_group", &Component::log_group),
       word("log_format", &Component::log_format, {"rails", "lograge", "sidekiq", "postgres", "json"}),
       dependencies("depends_on", &Component::depends_on, NameKind::kComponent, &Component::id),
       flag("critical", &Component::critical)}};
  return keys;
}

void check_component(Reading& reading, const YamlNode& node, const Component& component) {
  if (node.kind != YamlNode::Kind::kMap) return;
  const auto need = [&](const std::string& value, std::string_view key, std::string_view why) {
    if (value.empty() && node.find(key) == nullptr)
      reading.problem(node, fmt::format("the key '{}' is missing in component '{}'", key, component.id),
                      std::string(why));
  };
  if (component.kind == ComponentKind::kEcsService) {
    need(component.cluster, "cluster", "An ecs-service needs the name of its ECS cluster.");
    need(component.name, "name", "An ecs-service needs the name of the ECS service.");
  }
  if (component.kind == ComponentKind::kRdsInstance)
    need(component.name, "name", "An rds-instance needs its DB instance identifier.");
  if (component.id.find('.') != std::string::npos)
    reading.problem(*node.find("id"), fmt::format("a component's id has no dot: '{}'", component.id));
}

}  // namespace

void read_components(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "components", [&](const YamlNode& item) {
    Component& component = system.components.emplace_back();
    read_map(reading, item, component_fields(), component);
    check_component(reading, item, component);
    if (component.title.empty()) component.title = component.id;
  });
}

const Fields<LogAlert>& log_alert_fields() {
  static const Fields<LogAlert> fields{
      "log alert",
      {id("id", &LogAlert::id, NameKind::kLogAlert).required(), text("title", &LogAlert::title).required(),
       reference("signal", &LogAlert::signal, NameKind::kSignal).required(),
       number("above", &LogAlert::above).required(),
       duration<std::chrono::minutes>("per", &LogAlert::per).required(), text("row", &LogAlert::row),
       filter("filter", &LogAlert::filter), text("alarm", &LogAlert::alarm),
       word("severity", &LogAlert::severity, {"P0", "P1", "P2", "P3"})}};
  return fields;
}

void read_metrics(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "metrics", [&](const YamlNode& item) {
    MetricEntry entry;
    read_map(reading, item, metric_fields(), entry);
    SystemMetric& metric = entry.metric;
    if (!metric.signal.empty()) metric.id = metric.signal;
    if (!metric.id.empty()) {
      if (const Component* component = owner(reading, item, metric.id, system)) {
        metric.component = component->id;
        if (metric.signal.empty()) complete_from(*component, entry);
      }
    }
    if (metric.signal.empty() && metric.statistics.empty()) metric.statistics = {"Average", "Maximum"};
    check_metric(reading, item, entry);
    system.metrics.push_back(std::move(metric));
  });
}

void read_patterns(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "patterns", [&](const YamlNode& item) {
    LogPattern pattern;
    read_map(reading, item, pattern_fields(), pattern);
    if (!pattern.id.empty())
      if (const Component* component = owner(reading, item, pattern.id, system))
        pattern.component = component->id;
    if (item.kind == YamlNode::Kind::kMap && item.find("any_of") == nullptr &&
        item.find("all_regex") == nullptr)
      reading.problem(item, fmt::format("pattern '{}' looks for nothing", pattern.id),
                      "Add any_of or all_regex.");
    system.patterns.push_back(std::move(pattern));
  });
}

}  // namespace culprit
