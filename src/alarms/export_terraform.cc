#include <fmt/format.h>

#include <map>

#include "alarms/alarm_document.h"
#include "alarms/alarm_plan.h"
#include "alarms/composite_rule.h"
#include "alarms/export_alarms.h"

namespace culprit {

namespace {

// A quoted template of HCL: https://developer.hashicorp.com/terraform/language/expressions/strings
std::string hcl_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool opens = (c == '$' || c == '%') && i + 1 < text.size() && text[i + 1] == '{';
    if (opens) out += c;  // "$${" and "%%{" stand for themselves
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
  return out + "\"";
}

std::string hcl_list(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const auto& text : list) out += (out.size() > 1 ? ", " : "") + hcl_string(text);
  return out + "]";
}

// Writes blocks with their attributes aligned, as `terraform fmt` does.
class Block {
 public:
  Block(std::string head, int depth)
      : head_(std::move(head)), indent_(static_cast<std::size_t>(depth) * 2, ' ') {}

  void attribute(std::string_view name, std::string value) {
    attributes_.emplace_back(name, std::move(value));
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) attribute(name, hcl_string(value));
  }
  void texts(std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) attribute(name, hcl_list(list));
  }
  void number(std::string_view name, double value) { attribute(name, fmt::format("{:g}", value)); }
  void add(const Block& inner) { inner_ += "\n" + inner.str(); }
  void add(std::string lines) { inner_ += "\n" + std::move(lines); }

  std::string str() const {
    std::size_t width = 0;
    for (const auto& [name, value] : attributes_) width = std::max(width, name.size());
    std::string out = indent_ + head_ + " {\n";
    for (const auto& [name, value] : attributes_)
      out += fmt::format("{}  {:<{}} = {}\n", indent_, name, width, value);
    return out + inner_ + indent_ + "}\n";
  }

 private:
  std::string head_, indent_, inner_;
  std::vector<std::pair<std::string, std::string>> attributes_;
};

std::string map_of(std::string_view name, const std::vector<std::pair<std::string, std::string>>& entries,
                   int depth) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  std::size_t width = 0;
  for (const auto& [key, value] : entries) width = std::max(width, hcl_string(key).size());
  std::string out = fmt::format("{}{} = {{\n", indent, name);
  for (const auto& [key, value] : entries)
    out += fmt::format("{}  {:<{}} = {}\n", indent, hcl_string(key), width, hcl_string(value));
  return out + indent + "}\n";
}

std::vector<std::pair<std::string, std::string>> pairs(const std::vector<Dimension>& dimensions) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& d : dimensions) out.emplace_back(d.name, d.value);
  return out;
}

class Names {
 public:
  std::string of(std::string_view name) {
    std::string out;
    for (const char c : name) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      const bool capital = c >= 'A' && c <= 'Z';
      out += plain ? c : capital ? static_cast<char>(c - 'A' + 'a') : '_';
    }
    if (out.empty() || (out[0] >= '0' && out[0] <= '9')) out = "a_" + out;
    const int n = ++used_[out];
    return n == 1 ? out : fmt::format("{}_{}", out, n);
  }

 private:
  std::map<std::string, int> used_;
};

void add_actions(Block& block, const AlarmActions& actions) {
  if (!actions.enabled) block.attribute("actions_enabled", "false");
  block.texts("alarm_actions", actions.alarm);
  block.texts("ok_actions", actions.ok);
  block.texts("insufficient_data_actions", actions.insufficient_data);
}

std::string filter_block(const MetricFilter& filter, const std::string& name) {
  Block block(fmt::format("resource \"aws_cloudwatch_log_metric_filter\" \"{}\"", name), 0);
  block.text("name", filter.name);
  block.text("log_group_name", filter.log_group);
  block.attribute("pattern", hcl_string(filter.pattern));
  Block transformation("metric_transformation", 1);
  transformation.text("name", filter.metric.name);
  transformation.text("namespace", filter.metric.name_space);
  transformation.text("value", filter.value);
  if (filter.default_value)
    transformation.attribute("default_value", fmt::format("\"{:g}\"", *filter.default_value));
  block.add(transformation);
  return block.str();
}

Block query_block(const AlarmQuery& query) {
  Block block("metric_query", 1);
  block.text("id", query.id);
  block.text("expression", query.expression);
  block.text("label", query.label);
  if (!query.stat && query.period.count() > 0)
    block.number("period", static_cast<double>(query.period.count()));
  block.attribute("return_data", query.return_data ? "true" : "false");
  if (!query.stat) return block;
  Block metric("metric", 2);
  metric.text("metric_name", query.stat->metric.name);
  metric.text("namespace", query.stat->metric.name_space);
  metric.number("period", static_cast<double>(query.stat->period.count()));
  metric.text("stat", query.stat->statistic);
  metric.text("unit", query.stat->unit);
  if (!query.stat->metric.dimensions.empty())
    metric.add(map_of("dimensions", pairs(query.stat->metric.dimensions), 3));
  block.add(metric);
  return block;
}

std::string alarm_block(const MetricAlarm& alarm, std::string_view system, const std::string& name) {
  Block block(fmt::format("resource \"aws_cloudwatch_metric_alarm\" \"{}\"", name), 0);
  block.text("alarm_name", alarm.name);
  block.text("alarm_description", alarm.description);
  block.text("comparison_operator", to_string(alarm.comparison));
  block.number("evaluation_periods", alarm.evaluation_periods);
  block.number("datapoints_to_alarm", alarm.needed());
  if (alarm.watches_band())
    block.text("threshold_metric_id", alarm.band_id);
  else
    block.number("threshold", alarm.threshold);
  block.text("treat_missing_data", to_string(alarm.missing));
  if (alarm.ignore_low_samples) block.text("evaluate_low_sample_count_percentiles", "ignore");
  if (alarm.queries.empty()) {
    block.text("namespace", alarm.stat.metric.name_space);
    block.text("metric_name", alarm.stat.metric.name);
    const auto document = document_of(alarm);
    block.text(document.contains("Statistic") ? "statistic" : "extended_statistic", alarm.stat.statistic);
    block.number("period", static_cast<double>(alarm.stat.period.count()));
    block.text("unit", alarm.stat.unit);
  }
  add_actions(block, alarm.actions);
  if (alarm.queries.empty() && !alarm.stat.metric.dimensions.empty())
    block.add(map_of("dimensions", pairs(alarm.stat.metric.dimensions), 1));
  for (const auto& query : alarm.queries) block.add(query_block(query));
  block.add(map_of("tags", owner_tags(system), 1));
  return block.str();
}

std::string composite_block(const CompositeAlarm& alarm, std::string_view system, const std::string& name,
                            const std::map<std::string, std::string>& by_name) {
  Block block(fmt::format("resource \"aws_cloudwatch_composite_alarm\" \"{}\"", name), 0);
  block.text("alarm_name", alarm.name);
  block.text("alarm_description", alarm.description);
  block.text("alarm_rule", alarm.rule);
  add_actions(block, alarm.actions);
  std::string after;
  if (const auto rule = CompositeRule::parse(alarm.rule))
    for (const auto& child : rule->children())
      if (const auto found = by_name.find(child); found != by_name.end())
        after += fmt::format("{}aws_cloudwatch_metric_alarm.{}", after.empty() ? "" : ", ", found->second);
  if (!after.empty()) block.attribute("depends_on", "[" + after + "]");
  if (!alarm.suppressor.empty()) {
    Block suppressor("actions_suppressor", 1);
    suppressor.text("alarm", alarm.suppressor);
    suppressor.number("wait_period", static_cast<double>(alarm.suppressor_wait.count()));
    suppressor.number("extension_period", static_cast<double>(alarm.suppressor_extension.count()));
    block.add(suppressor);
  }
  block.add(map_of("tags", owner_tags(system), 1));
  return block.str();
}

}  // namespace

std::string export_as_terraform(const AlarmSet& set) {
  std::string out = fmt::format(
      "# Metric filters and alarms of the system {}, written by `culprit alarms export --as terraform`.\n",
      set.system);
  Names filters, alarms, composites;
  std::map<std::string, std::string> by_name;
  for (const auto& filter : set.filters) out += "\n" + filter_block(filter, filters.of(filter.name));
  for (const auto& alarm : set.alarms) {
    by_name[alarm.name] = alarms.of(alarm.name);
    out += "\n" + alarm_block(alarm, set.system, by_name[alarm.name]);
  }
  for (const auto& alarm : set.composites)
    out += "\n" + composite_block(alarm, set.system, composites.of(alarm.name), by_name);
  return out;
}

}  // namespace culprit
