// CloudWatch metrics by GetMetricData (runbook rows B1-B6).
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/printable.h"
#include "sources/aws/answer.h"
#include "sources/aws/collection.h"
#include "sources/aws/metric_queries.h"
#include "sources/aws/price.h"

namespace culprit::aws {

namespace {

Asked asked_of(const MetricQuery& query) {
  return {Service::kCloudWatch, "GetMetricData", to_string(query.metric->metric), query.metric->component,
          query.window};
}

void add_points(Series& series, const boost::json::object& result) {
  const auto& times = array_at(result, "Timestamps");
  const auto& values = array_at(result, "Values");
  for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i) {
    const auto time = time_of(times[i]);
    if (!time || !values[i].is_number()) continue;  // non-finite values come as text
    const double value = values[i].to_number<double>();
    if (std::isfinite(value)) series.points.push_back({*time, value});
  }
}

void tidy(Series& series) {
  std::ranges::stable_sort(series.points, {}, &Datapoint::time);
  auto& points = series.points;
  const auto same = [](const Datapoint& a, const Datapoint& b) { return a.time == b.time; };
  points.erase(std::unique(points.begin(), points.end(), same), points.end());
}

class MetricCollector {
 public:
  MetricCollector(Client& client, Collection& collection) : client_(client), collection_(collection) {}

  void batch(std::span<const MetricQuery> queries) {
    std::vector<Series> series(queries.size());
    statuses_.assign(queries.size(), {});
    for (std::size_t i = 0; i < queries.size(); ++i) {
      series[i].id = queries[i].metric->metric;
      series[i].statistic = queries[i].statistic;
      series[i].unit = cloudwatch_unit(queries[i].metric->unit);
      series[i].period = queries[i].period;
    }
    const auto done = ask(queries, series);
    // What came before a failure is kept; the failure stands beside it.
    keep(queries, series, /*tell_empty=*/done.has_value());
    if (!done) refuse(queries, done.error());
  }

 private:
  ApiResult<void> ask(std::span<const MetricQuery> queries, std::vector<Series>& series) {
    const double usd = static_cast<double>(queries.size()) * kUsdPerMetricRequested;
    const auto over_cap = [] {
      ApiError error;
      error.kind = ApiError::Kind::kNotAsked;
      error.message = "not asked: it would pass the cost cap (--max-cost)";
      return tl::unexpected(std::move(error));
    };
    if (!collection_.spend(usd)) return over_cap();
    bool over = false;
    auto done = for_each_page(client_, Service::kCloudWatch, "GetMetricData", metric_request(queries),
                              "NextToken", [&](boost::json::object& page) {
                                for (const auto& item : array_at(page, "MetricDataResults"))
                                  if (const auto* result = item.if_object()) take(*result, series);
                                over = !text_at(page, "NextToken").empty() && !collection_.spend(usd);
                                return !over;
                              });
    if (done && over) return over_cap();
    return done;
  }

  void take(const boost::json::object& result, std::vector<Series>& series) {
    const std::string id = text_at(result, "Id");
    std::size_t index = 0;
    if (id.size() < 2 || id.front() != 'q') return;
    const auto [end, problem] = std::from_chars(id.data() + 1, id.data() + id.size(), index);
    if (problem != std::errc{} || index >= series.size()) return;
    add_points(series[index], result);
    // Of the last page: those before say PartialData because more follows.
    if (auto status = text_at(result, "StatusCode"); !status.empty()) statuses_[index] = std::move(status);
  }

  void keep(std::span<const MetricQuery> queries, std::vector<Series>& series, bool tell_empty) {
    std::map<const SystemMetric*, std::size_t> points;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      tidy(series[i]);
      if (!series[i].points.empty()) collection_.put(series[i]);
      if (!queries[i].long_view) points[queries[i].metric] += series[i].points.size();
    }
    if (!tell_empty) return;
    tell_statuses(queries, points);
    for (const auto& query : queries) {
      const auto it = points.find(query.metric);
      if (it == points.end() || it->second > 0) continue;
      points.erase(it);
      if (collection_.going()) explain_empty(query);
    }
  }

  // An answer may be whole and yet say of one of its metrics that it is not:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
  // One gap a metric; what is told so is no longer in `points`.
  void tell_statuses(std::span<const MetricQuery> queries,
                     std::map<const SystemMetric*, std::size_t>& points) {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const std::string& status = statuses_[i];
      if (status.empty() || status == "Complete" || queries[i].long_view || queries[i].extra) continue;
      const auto it = points.find(queries[i].metric);
      if (it == points.end()) continue;
      Gap gap;
      gap.reason = status == "Forbidden" ? GapReason::kDenied : GapReason::kUnreadable;
      gap.subject = to_string(queries[i].metric->metric);
      gap.component = queries[i].metric->component;
      gap.action = "cloudwatch:GetMetricData";
      gap.window = queries[i].window;
      gap.detail = fmt::format("CloudWatch gave {} of {} ({})", it->second > 0 ? "only a part" : "nothing",
                               queries[i].statistic, printable_text(status, 60));
      collection_.put(gap);
      points.erase(it);
    }
  }

  // No datapoints: does the metric exist at all?
  void explain_empty(const MetricQuery& query) {
    Gap gap;
    gap.reason = GapReason::kEmpty;
    gap.subject = to_string(query.metric->metric);
    gap.component = query.metric->component;
    gap.action = "cloudwatch:GetMetricData";
    gap.window = query.window;
    gap.detail = "no datapoints in this window";
    if (collection_.spend(kUsdPerCloudWatchCall)) {
      const auto exists = metric_exists(client_, query.metric->metric);
      if (exists && !*exists) {
        gap.reason = GapReason::kMissing;
        gap.detail =
            "CloudWatch lists no metric with this name and these dimensions (it lists those with data in the "
            "last two weeks)";
      } else if (!exists) {
        gap.detail +=
            fmt::format("; whether the metric exists could not be asked ({})", exists.error().text());
      }
    }
    collection_.put(gap);
  }

  // A refused batch is halved until the query that is at fault stands alone.
  void refuse(std::span<const MetricQuery> queries, const ApiError& error) {
    if (error.kind == ApiError::Kind::kInvalid && queries.size() > 1 && collection_.going()) {
      const auto half = queries.size() / 2;
      batch(queries.first(half));
      batch(queries.subspan(half));
      return;
    }
    if (error.kind == ApiError::Kind::kTransient && collection_.going() && split_extras(queries)) return;
    const SystemMetric* last = nullptr;  // one gap a metric, not one a statistic
    for (const auto& query : queries) {
      if (query.metric == last || query.long_view) continue;
      last = query.metric;
      collection_.failed(asked_of(query), error);
      if (!collection_.going()) return;
    }
  }

  // A service that fails over an unusual statistic may still answer the usual ones: these are asked for
  // alone, once. False when the batch holds only one of the two kinds.
  bool split_extras(std::span<const MetricQuery> queries) {
    std::vector<MetricQuery> usual;
    std::vector<MetricQuery> extra;
    for (const auto& query : queries) (query.extra ? extra : usual).push_back(query);
    if (usual.empty() || extra.empty()) return false;
    batch(usual);
    batch(extra);
    return true;
  }

  static ApiResult<bool> metric_exists(Client& client, const MetricId& id) {
    boost::json::array dimensions;
    for (const auto& dimension : id.dimensions)
      dimensions.push_back({{"Name", dimension.name}, {"Value", dimension.value}});
    const auto answer =
        client.call(Service::kCloudWatch, "ListMetrics",
                    {{"Namespace", id.name_space}, {"MetricName", id.name}, {"Dimensions", dimensions}});
    if (!answer) return tl::unexpected(answer.error());
    return !array_at(*answer, "Metrics").empty();
  }

  Client& client_;
  Collection& collection_;
  std::vector<std::string> statuses_;  // by query of the batch under way
};

}  // namespace

void collect_metrics(Client& client, Collection& collection) {
  const Window span = collection.span();
  const Time now = account_time(client.session(), Service::kCloudWatch, span.end, collection.clock().now());
  const auto queries = plan_metric_queries(collection.system(), span, collection.options().window, now);
  if (queries.empty()) return;
  collection.progress().start("metrics", queries.size());
  MetricCollector collector(client, collection);
  for (const auto& batch : batches_of(queries)) {
    if (!collection.going()) return;
    collector.batch(batch);
    collection.progress().advance(batch.size());
  }
}

}  // namespace culprit::aws
