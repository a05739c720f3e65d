#include <fmt/format.h>

#include <map>

#include "alarms/alarm_document.h"
#include "alarms/alarm_plan.h"
#include "alarms/composite_rule.h"
#include "alarms/export_alarms.h"

namespace culprit {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// Logical ids hold letters and digits only; equal ones get a number.
class LogicalIds {
 public:
  std::string of(std::string_view kind, std::string_view name) {
    std::string out(kind);
    bool start = true;
    for (const char c : name) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9')) {
        start = true;
        continue;
      }
      out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      start = false;
    }
    out.resize(std::min<std::size_t>(out.size(), 200));
    const int n = ++used_[out];
    return n == 1 ? out : fmt::format("{}N{}", out, n);
  }

 private:
  std::map<std::string, int> used_;
};

array tags(std::string_view system) {
  array out;
  for (const auto& [key, text] : owner_tags(system)) out.push_back(object{{"Key", key}, {"Value", text}});
  return out;
}

// Members of the logs API begin with a small letter, those of CloudFormation do not.
value capitalised(const value& v) {
  if (const auto* o = v.if_object()) {
    object out;
    for (const auto& [key, inner] : *o) {
      std::string name(key);
      if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
      out[name] = capitalised(inner);
    }
    return out;
  }
  if (const auto* a = v.if_array()) {
    array out;
    for (const auto& item : *a) out.push_back(capitalised(item));
    return out;
  }
  return v;
}

void write_indented(std::string& out, const value& v, int depth) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  if (const auto* o = v.if_object(); o != nullptr && !o->empty()) {
    out += "{\n";
    std::size_t i = 0;
    for (const auto& [key, inner] : *o) {
      out += indent + "  " + boost::json::serialize(value(key)) + ": ";
      write_indented(out, inner, depth + 1);
      out += ++i < o->size() ? ",\n" : "\n";
    }
    out += indent + "}";
  } else if (const auto* a = v.if_array(); a != nullptr && !a->empty()) {
    out += "[\n";
    for (std::size_t i = 0; i < a->size(); ++i) {
      out += indent + "  ";
      write_indented(out, (*a)[i], depth + 1);
      out += i + 1 < a->size() ? ",\n" : "\n";
    }
    out += indent + "]";
  } else if (v.is_double()) {
    out += fmt::format("{:g}", v.get_double());
  } else {
    out += boost::json::serialize(v);
  }
}

}  // namespace

std::string export_as_cloudformation(const AlarmSet& set) {
  LogicalIds ids;
  object resources;
  std::map<std::string, std::string> by_name;
  for (const auto& filter : set.filters)
    resources[ids.of("Filter", filter.name)] =
        object{{"Type", "AWS::Logs::MetricFilter"}, {"Properties", capitalised(document_of(filter))}};
  for (const auto& alarm : set.alarms) {
    object properties = document_of(alarm);
    properties["Tags"] = tags(set.system);
    const std::string id = ids.of("Alarm", alarm.name);
    by_name[alarm.name] = id;
    resources[id] = object{{"Type", "AWS::CloudWatch::Alarm"}, {"Properties", std::move(properties)}};
  }
  for (const auto& alarm : set.composites) {
    object properties = document_of(alarm);
    properties["Tags"] = tags(set.system);
    object resource{{"Type", "AWS::CloudWatch::CompositeAlarm"}, {"Properties", std::move(properties)}};
    array after;
    if (const auto rule = CompositeRule::parse(alarm.rule))
      for (const auto& child : rule->children())
        if (const auto found = by_name.find(child); found != by_name.end()) after.emplace_back(found->second);
    if (!after.empty()) resource["DependsOn"] = std::move(after);
    resources[ids.of("Composite", alarm.name)] = std::move(resource);
  }
  const object document{
      {"AWSTemplateFormatVersion", "2010-09-09"},
      {"Description", fmt::format("Alarms of the system {}, written by culprit alarms export", set.system)},
      {"Resources", std::move(resources)}};
  std::string out;
  write_indented(out, document, 0);
  return out + "\n";
}

}  // namespace culprit
