#include "alarms/alarm_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/printable.h"

namespace culprit {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

array texts(const std::vector<std::string>& list) {
  array out;
  for (const auto& text : list) out.emplace_back(text);
  return out;
}

array dimensions_document(const std::vector<Dimension>& dimensions) {
  array out;
  for (const auto& d : dimensions) out.push_back(object{{"Name", d.name}, {"Value", d.value}});
  return out;
}

bool is_extended(std::string_view statistic) {
  for (const std::string_view plain : {"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
    if (statistic == plain) return false;
  return true;
}

object query_document(const AlarmQuery& query) {
  object out{{"Id", query.id}};
  if (query.stat) {
    object metric{{"Namespace", query.stat->metric.name_space}, {"MetricName", query.stat->metric.name}};
    if (!query.stat->metric.dimensions.empty())
      metric["Dimensions"] = dimensions_document(query.stat->metric.dimensions);
    object stat{{"Metric", std::move(metric)},
                {"Period", query.stat->period.count()},
                {"Stat", query.stat->statistic}};
    if (!query.stat->unit.empty()) stat["Unit"] = query.stat->unit;
    out["MetricStat"] = std::move(stat);
  } else {
    out["Expression"] = query.expression;
    if (query.period.count() > 0) out["Period"] = query.period.count();
  }
  if (!query.label.empty()) out["Label"] = query.label;
  out["ReturnData"] = query.return_data;
  return out;
}

void add_actions(object& out, const AlarmActions& actions) {
  if (!actions.enabled) out["ActionsEnabled"] = false;
  if (!actions.alarm.empty()) out["AlarmActions"] = texts(actions.alarm);
  if (!actions.ok.empty()) out["OKActions"] = texts(actions.ok);
  if (!actions.insufficient_data.empty()) out["InsufficientDataActions"] = texts(actions.insufficient_data);
}

// Reads members and remembers the first that is not what it should be.
class Members {
 public:
  explicit Members(const object& from) : from_(from) {}

  std::string text(std::string_view name) {
    const value* v = from_.if_contains(name);
    if (v == nullptr || v->is_null()) return {};
    if (v->is_string()) return std::string(v->get_string());
    problem(name);
    return {};
  }
  std::optional<double> number(std::string_view name) {
    const value* v = from_.if_contains(name);
    if (v == nullptr || v->is_null()) return std::nullopt;
    if (v->is_number()) {
      const double n = v->to_number<double>();
      if (std::isfinite(n) && std::abs(n) < 1e300) return n;
    }
    if (v->is_string()) {  // query protocol, or a double that JSON cannot write
      const std::string_view t = v->get_string();
      double n = 0;
      if (const auto [end, ec] = std::from_chars(t.data(), t.data() + t.size(), n);
          ec == std::errc{} && end == t.data() + t.size() && std::isfinite(n))
        return n;
    }
    problem(name);
    return std::nullopt;
  }
  int integer(std::string_view name, int otherwise) {
    const auto n = number(name);
    if (!n) return otherwise;
    if (*n == std::floor(*n) && *n >= 0 && *n <= 1e9) return static_cast<int>(*n);
    problem(name);
    return otherwise;
  }
  bool flag(std::string_view name, bool otherwise) {
    const value* v = from_.if_contains(name);
    if (v == nullptr || v->is_null()) return otherwise;
    if (v->is_bool()) return v->get_bool();
    if (v->is_string() && (v->get_string() == "true" || v->get_string() == "false"))
      return v->get_string() == "true";
    problem(name);
    return otherwise;
  }
  const array& list(std::string_view name) {
    static const array empty;
    const value* v = from_.if_contains(name);
    if (v == nullptr || v->is_null()) return empty;
    if (v->is_array()) return v->get_array();
    problem(name);
    return empty;
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> out;
    for (const auto& item : list(name)) {
      if (item.is_string())
        out.emplace_back(item.get_string());
      else
        problem(name);
    }
    return out;
  }
  template <class T, class Read>
  void one_of(std::string_view name, T& into, Read read) {
    const std::string word = text(name);
    if (word.empty()) return;
    if (auto parsed = read(word))
      into = *parsed;
    else
      problem(name);
  }
  void problem(std::string_view name) {
    if (problem_.empty()) problem_ = name;
  }
  Result<void> result(std::string_view what) const {
    if (problem_.empty()) return {};
    return fail(ErrorCode::kInput,
                fmt::format("{}: '{}' cannot be understood", what, printable_text(problem_, 60)));
  }

 private:
  const object& from_;
  std::string problem_;
};

MetricId read_metric(Members& members) {
  MetricId out{members.text("Namespace"), members.text("MetricName"), {}};
  for (const auto& item : members.list("Dimensions")) {
    const auto* d = item.if_object();
    if (d == nullptr) {
      members.problem("Dimensions");
      continue;
    }
    Members inner(*d);
    out.dimensions.push_back({inner.text("Name"), inner.text("Value")});
    if (!inner.result("")) members.problem("Dimensions");
  }
  std::ranges::sort(out.dimensions);
  return out;
}

Result<MetricStat> read_stat(const object& from) {
  Members members(from);
  MetricStat out;
  if (const auto* metric = from.if_contains("Metric"); metric != nullptr && metric->is_object()) {
    Members inner(metric->get_object());
    out.metric = read_metric(inner);
    if (auto ok = inner.result("a query's metric"); !ok) return tl::unexpected(ok.error());
  } else {
    members.problem("Metric");
  }
  out.period = std::chrono::seconds(members.integer("Period", 60));
  out.statistic = members.text("Stat");
  out.unit = members.text("Unit");
  if (auto ok = members.result("a query"); !ok) return tl::unexpected(ok.error());
  return out;
}

Result<AlarmQuery> read_query(const object& from) {
  Members members(from);
  AlarmQuery out;
  out.id = members.text("Id");
  out.expression = members.text("Expression");
  out.label = members.text("Label");
  out.return_data = members.flag("ReturnData", true);
  out.period = std::chrono::seconds(members.integer("Period", 0));
  if (const auto* stat = from.if_contains("MetricStat"); stat != nullptr && stat->is_object()) {
    auto read = read_stat(stat->get_object());
    if (!read) return tl::unexpected(read.error());
    out.stat = std::move(*read);
  }
  if (auto ok = members.result("a query"); !ok) return tl::unexpected(ok.error());
  return out;
}

AlarmActions read_actions(Members& members) {
  AlarmActions out;
  out.enabled = members.flag("ActionsEnabled", true);
  out.alarm = members.texts("AlarmActions");
  out.ok = members.texts("OKActions");
  out.insufficient_data = members.texts("InsufficientDataActions");
  return out;
}

}  // namespace

object document_of(const MetricAlarm& alarm) {
  object out{{"AlarmName", alarm.name}};
  if (!alarm.description.empty()) out["AlarmDescription"] = alarm.description;
  if (alarm.queries.empty()) {
    out["Namespace"] = alarm.stat.metric.name_space;
    out["MetricName"] = alarm.stat.metric.name;
    if (!alarm.stat.metric.dimensions.empty())
      out["Dimensions"] = dimensions_document(alarm.stat.metric.dimensions);
    out[is_extended(alarm.stat.statistic) ? "ExtendedStatistic" : "Statistic"] = alarm.stat.statistic;
    out["Period"] = alarm.stat.period.count();
    if (!alarm.stat.unit.empty()) out["Unit"] = alarm.stat.unit;
  } else {
    array metrics;
    for (const auto& query : alarm.queries) metrics.push_back(query_document(query));
    out["Metrics"] = std::move(metrics);
  }
  out["EvaluationPeriods"] = alarm.evaluation_periods;
  out["DatapointsToAlarm"] = alarm.needed();
  out["ComparisonOperator"] = to_string(alarm.comparison);
  if (alarm.watches_band())
    out["ThresholdMetricId"] = alarm.band_id;
  else
    out["Threshold"] = alarm.threshold;
  if (alarm.missing != MissingData::kMissing) out["TreatMissingData"] = to_string(alarm.missing);
  if (alarm.ignore_low_samples) out["EvaluateLowSampleCountPercentile"] = "ignore";
  add_actions(out, alarm.actions);
  return out;
}

object document_of(const CompositeAlarm& alarm) {
  object out{{"AlarmName", alarm.name}};
  if (!alarm.description.empty()) out["AlarmDescription"] = alarm.description;
  out["AlarmRule"] = alarm.rule;
  if (!alarm.suppressor.empty()) {
    out["ActionsSuppressor"] = alarm.suppressor;
    out["ActionsSuppressorWaitPeriod"] = alarm.suppressor_wait.count();
    out["ActionsSuppressorExtensionPeriod"] = alarm.suppressor_extension.count();
  }
  add_actions(out, alarm.actions);
  return out;
}

object document_of(const MetricFilter& filter) {
  object transformation{{"metricName", filter.metric.name},
                        {"metricNamespace", filter.metric.name_space},
                        {"metricValue", filter.value}};
  if (filter.default_value) transformation["defaultValue"] = *filter.default_value;
  return {{"logGroupName", filter.log_group},
          {"filterName", filter.name},
          {"filterPattern", filter.pattern},
          {"metricTransformations", array{std::move(transformation)}}};
}

Result<MetricAlarm> read_metric_alarm(const object& document) {
  Members members(document);
  MetricAlarm out;
  out.name = members.text("AlarmName");
  out.description = members.text("AlarmDescription");
  out.stat.metric = read_metric(members);
  out.stat.statistic = members.text("Statistic");
  if (out.stat.statistic.empty()) out.stat.statistic = members.text("ExtendedStatistic");
  out.stat.period = std::chrono::seconds(members.integer("Period", 60));
  out.stat.unit = members.text("Unit");
  if (out.stat.unit == "None") out.stat.unit.clear();
  for (const auto& item : members.list("Metrics")) {
    if (!item.is_object()) {
      members.problem("Metrics");
      continue;
    }
    auto query = read_query(item.get_object());
    if (!query) return tl::unexpected(query.error());
    out.queries.push_back(std::move(*query));
  }
  if (!out.queries.empty()) out.stat = {};
  out.band_id = members.text("ThresholdMetricId");
  out.threshold = members.number("Threshold").value_or(0);
  members.one_of("ComparisonOperator", out.comparison, parse_comparison);
  out.evaluation_periods = members.integer("EvaluationPeriods", 1);
  out.datapoints_to_alarm = members.integer("DatapointsToAlarm", 0);
  members.one_of("TreatMissingData", out.missing, parse_missing_data);
  out.ignore_low_samples = members.text("EvaluateLowSampleCountPercentile") == "ignore";
  out.actions = read_actions(members);
  if (auto ok = members.result("alarm " + printable_text(out.name, 80)); !ok)
    return tl::unexpected(ok.error());
  if (out.name.empty()) return fail(ErrorCode::kInput, "an alarm without a name");
  return out;
}

Result<CompositeAlarm> read_composite_alarm(const object& document) {
  Members members(document);
  CompositeAlarm out;
  out.name = members.text("AlarmName");
  out.description = members.text("AlarmDescription");
  out.rule = members.text("AlarmRule");
  out.suppressor = members.text("ActionsSuppressor");
  out.suppressor_wait = std::chrono::seconds(members.integer("ActionsSuppressorWaitPeriod", 0));
  out.suppressor_extension = std::chrono::seconds(members.integer("ActionsSuppressorExtensionPeriod", 0));
  out.actions = read_actions(members);
  if (auto ok = members.result("alarm " + printable_text(out.name, 80)); !ok)
    return tl::unexpected(ok.error());
  if (out.name.empty()) return fail(ErrorCode::kInput, "an alarm without a name");
  return out;
}

Result<MetricFilter> read_metric_filter(const object& document) {
  Members members(document);
  MetricFilter out;
  out.name = members.text("filterName");
  out.log_group = members.text("logGroupName");
  out.pattern = members.text("filterPattern");
  const auto& all = members.list("metricTransformations");
  if (all.size() != 1 || !all[0].is_object()) {
    members.problem("metricTransformations");
  } else {
    Members inner(all[0].get_object());
    out.metric = {inner.text("metricNamespace"), inner.text("metricName"), {}};
    out.value = inner.text("metricValue");
    out.default_value = inner.number("defaultValue");
    if (!inner.result("")) members.problem("metricTransformations");
  }
  if (auto ok = members.result("metric filter " + printable_text(out.name, 80)); !ok)
    return tl::unexpected(ok.error());
  return out;
}

}  // namespace culprit
