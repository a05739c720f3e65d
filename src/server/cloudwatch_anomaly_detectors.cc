// PutAnomalyDetector, DescribeAnomalyDetectors and DeleteAnomalyDetector. The band itself is a function of
// metric math, with or without a detector.
#include <fmt/format.h>

#include <algorithm>

#include "metrics/cloudwatch_statistic.h"
#include "server/answer_page.h"
#include "server/cloudwatch_operations.h"
#include "server/live.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::string_view kSingle = "SINGLE_METRIC", kMath = "METRIC_MATH";
constexpr std::size_t kExcludedMax = 100;
constexpr std::chrono::hours kTrainedAfter{3};  // of data

// One metric: in a structure of its own, or (as it was once) among the parameters themselves.
boost::json::object single_metric(const Parameters& p) {
  boost::json::object out;
  const MetricId id = metric_id_of(p);
  out["Namespace"] = id.name_space;
  out["MetricName"] = id.name;
  boost::json::array dimensions;
  for (const auto& d : id.dimensions)
    dimensions.push_back(boost::json::object{{"Name", d.name}, {"Value", d.value}});
  out["Dimensions"] = std::move(dimensions);
  const std::string stat = p.need_text("Stat");
  if (!parse_statistic(stat))
    throw ApiFault{"InvalidParameterValue",
                   fmt::format("The value {} for parameter Stat is not a statistic.", stat)};
  out["Stat"] = stat;
  return out;
}

struct Detector {
  std::string id;                // which metric or expression it is of
  boost::json::object document;  // as it is described
};

Detector detector_of(const Parameters& p) {
  const auto single = p.object_at("SingleMetricAnomalyDetector"),
             math = p.object_at("MetricMathAnomalyDetector");
  const bool plain = p.has("MetricName") || p.has("Namespace") || p.has("Stat");
  if ((single ? 1 : 0) + (math ? 1 : 0) + (plain ? 1 : 0) > 1)
    throw ApiFault{
        "InvalidParameterCombination",
        "Only one of SingleMetricAnomalyDetector, MetricMathAnomalyDetector and a metric may be given."};
  Detector out;
  if (math) {
    const auto queries = math->objects("MetricDataQueries");
    if (queries.empty()) math->missing("MetricDataQueries");
    const auto returned = std::ranges::count_if(
        queries, [](const Parameters& query) { return query.flag("ReturnData", true); });
    if (returned != 1)
      throw ApiFault{"InvalidParameterValue", "Exactly one of the MetricDataQueries has to return data."};
    boost::json::array kept;
    for (const auto& query : queries) kept.push_back(query.object());
    out.id = std::string(kMath) + boost::json::serialize(kept);
    out.document["MetricMathAnomalyDetector"] = boost::json::object{{"MetricDataQueries", std::move(kept)}};
    return out;
  }
  boost::json::object metric = single_metric(single ? *single : p);
  out.id = std::string(kSingle) + boost::json::serialize(metric);
  out.document = metric;
  out.document["SingleMetricAnomalyDetector"] = std::move(metric);
  return out;
}

boost::json::object configuration_of(const Parameters& p) {
  boost::json::object out;
  const auto configuration = p.object_at("Configuration");
  if (!configuration) return out;
  boost::json::array excluded;
  for (const auto& range : configuration->objects("ExcludedTimeRanges")) {
    const Time start = range.need_time("StartTime"), end = range.need_time("EndTime");
    if (end <= start)
      throw ApiFault{"InvalidParameterValue", "An excluded time range ends before it starts."};
    excluded.push_back(boost::json::object{{"StartTime", seconds_of(start)}, {"EndTime", seconds_of(end)}});
  }
  if (excluded.size() > kExcludedMax) throw ApiFault{"LimitExceeded", "Too many excluded time ranges."};
  out["ExcludedTimeRanges"] = std::move(excluded);
  if (const auto zone = configuration->text("MetricTimezone")) out["MetricTimezone"] = *zone;
  return out;
}

// Trained when there is data enough to learn from.
std::string_view state_of(const Account& account, const boost::json::object& detector) {
  const auto* single = detector.if_contains("SingleMetricAnomalyDetector");
  if (single == nullptr) return "TRAINED_INSUFFICIENT_DATA";
  const MetricId id = metric_id_of(Parameters(single->get_object(), "ValidationError"));
  const Time now = account.now();
  const auto all = taken(account.evidence()->series(id, {now - std::chrono::days{14}, now}));
  Time first = now;
  for (const auto& series : all)
    if (!series.points.empty()) first = std::min(first, series.points.front().time);
  return now - first >= kTrainedAfter ? "TRAINED" : "TRAINED_INSUFFICIENT_DATA";
}

}  // namespace

boost::json::object put_anomaly_detector(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  Detector detector = detector_of(p);
  detector.document["Configuration"] = configuration_of(p);
  if (const auto traits = p.object_at("MetricCharacteristics"))
    detector.document["MetricCharacteristics"] =
        boost::json::object{{"PeriodicSpikes", traits->flag("PeriodicSpikes")}};
  account.live().documents.put(kinds::kAnomalyDetector, detector.id, std::move(detector.document),
                               account.now());
  return {};
}

boost::json::object delete_anomaly_detector(Account& account, const ApiRequest& request) {
  const Detector detector = detector_of(request.parameters);
  if (!account.live().documents.find(kinds::kAnomalyDetector, detector.id))
    throw ApiFault{"ResourceNotFoundException", "The anomaly detector does not exist.", 404};
  account.live().documents.remove(kinds::kAnomalyDetector, {detector.id}, account.now());
  return {};
}

boost::json::object describe_anomaly_detectors(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name_space = p.text_or("Namespace", ""), metric = p.text_or("MetricName", "");
  const auto dimensions = dimensions_of(p);
  const auto types = p.texts("AnomalyDetectorTypes");
  for (const auto& type : types)
    if (type != kSingle && type != kMath)
      throw ApiFault{"InvalidParameterValue",
                     fmt::format("The value {} is no type of anomaly detectors.", type)};
  const auto wanted = [&](std::string_view type) {
    return types.empty() ? type == kSingle : std::ranges::find(types, type) != types.end();
  };
  std::string question;
  for (const auto& d : dimensions) question += d.name + "=" + d.value + "\n";
  std::vector<boost::json::object> all;
  for (auto& detector : documents_of(account, kinds::kAnomalyDetector)) {
    const bool single = detector.contains("SingleMetricAnomalyDetector");
    if (!wanted(single ? kSingle : kMath) ||
        (!name_space.empty() && text_of(detector, "Namespace") != name_space) ||
        (!metric.empty() && text_of(detector, "MetricName") != metric) ||
        (!dimensions.empty() && dimensions_of(Parameters(detector, "ValidationError")) != dimensions))
      continue;
    detector["StateValue"] = state_of(account, detector);
    all.push_back(std::move(detector));
  }
  return answer_page(p, std::move(all), {"AnomalyDetectors", "NextToken", "MaxResults", 100, 100},
                     question_digest({"detectors", name_space, metric, question}));
}

}  // namespace culprit::server
