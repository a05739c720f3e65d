// GetMetricStatistics and ListMetrics.
#include <fmt/format.h>

#include <algorithm>

#include "server/cloudwatch_operations.h"
#include "server/page_token.h"

namespace culprit::server {

namespace {

constexpr std::int64_t kDatapointsMax = 1440;
constexpr std::size_t kStatisticsMax = 10;
constexpr std::size_t kDimensionsMax = 30;
constexpr std::size_t kMetricsPerPage = 500;
constexpr std::int64_t kPeriodMax = 86'400 * 7;

struct Wanted {
  std::string name;
  Statistic statistic;
};

std::vector<Wanted> wanted_statistics(const Parameters& p) {
  const auto simple = p.texts("Statistics"), extended = p.texts("ExtendedStatistics");
  if (simple.empty() == extended.empty())
    throw ApiFault{simple.empty() ? "MissingParameter" : "InvalidParameterCombination",
                   simple.empty() ? "Must specify either Statistics or ExtendedStatistics"
                                  : "Statistics and ExtendedStatistics may not both be specified"};
  std::vector<Wanted> out;
  for (const auto& name : simple.empty() ? extended : simple) {
    const auto statistic = parse_statistic(name);
    if (!statistic || statistic->needs_values() == extended.empty())
      throw ApiFault{"InvalidParameterValue",
                     fmt::format("The value {} for parameter {} is not supported.", name,
                                 simple.empty() ? "ExtendedStatistics" : "Statistics")};
    out.push_back({name, *statistic});
  }
  if (out.size() > kStatisticsMax)
    throw ApiFault{"InvalidParameterValue", "At most 10 statistics may be asked for."};
  return out;
}

std::chrono::seconds need_period(const Parameters& p) {
  const std::int64_t period = p.need_integer("Period", {1, kPeriodMax});
  if (period % 60 != 0 && period != 1 && period != 5 && period != 10 && period != 20 && period != 30)
    throw ApiFault{
        "InvalidParameterValue",
        "The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ], or a multiple of 60."};
  return std::chrono::seconds{period};
}

Time floor_to(Time time, std::chrono::seconds period) {
  return std::chrono::floor<Duration>(time) -
         Duration{((to_epoch_ms(time) % (period.count() * 1000)) + period.count() * 1000) %
                  (period.count() * 1000)};
}

}  // namespace

double seconds_of(Time time) { return static_cast<double>(to_epoch_ms(time)) / 1000; }

std::chrono::seconds finest_period_at(Time data, Time now) {
  const auto age = now - data;
  if (age < std::chrono::days{15}) return std::chrono::seconds{60};
  return std::chrono::seconds{age < std::chrono::days{63} ? 300 : 3600};
}

std::vector<Dimension> dimensions_of(const Parameters& p) {
  std::vector<Dimension> out;
  for (const auto& d : p.objects("Dimensions")) out.push_back({d.need_text("Name"), d.need_text("Value")});
  if (out.size() > kDimensionsMax)
    throw ApiFault{"InvalidParameterValue",
                   "The collection Dimensions must not have a size greater than 30."};
  std::ranges::sort(out);
  return out;
}

MetricId metric_id_of(const Parameters& p) {
  return {p.need_text("Namespace"), p.need_text("MetricName"), dimensions_of(p)};
}

boost::json::object get_metric_statistics(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const MetricId id = metric_id_of(p);
  const Time start = p.need_time("StartTime");
  const Time end = p.need_time("EndTime");
  const auto period = need_period(p);
  const auto statistics = wanted_statistics(p);
  if (start >= end)
    throw ApiFault{"InvalidParameterValue",
                   "The parameter StartTime must be less than the parameter EndTime."};
  const auto asked = (end - start) / period;
  if (asked > kDatapointsMax)
    throw ApiFault{
        "InvalidParameterCombination",
        fmt::format("You have requested up to {} datapoints, which exceeds the limit of {}. You may reduce "
                    "the datapoints requested by increasing Period, or decreasing the time range.",
                    asked, kDatapointsMax)};
  const auto finest = finest_period_at(start, account.now());
  std::map<Time, boost::json::object> points;
  std::string unit = p.text_or("Unit", "");
  if (period < std::chrono::seconds{60} || period % finest == std::chrono::seconds{0}) {
    const Time from = floor_to(start, std::min(period, finest));
    MetricQuestion question{id, {}, {}, period, Window{from, std::min(end, account.horizon())}, unit};
    const Evidence evidence = account.evidence();
    for (const auto& wanted : statistics) {
      question.statistic_name = wanted.name;
      question.statistic = wanted.statistic;
      const MetricAnswer answer = taken(read_metric(*evidence, question));
      for (const auto& point : answer.points) {
        auto& datapoint = points[point.time];
        datapoint["Timestamp"] = seconds_of(point.time);
        if (!wanted.statistic.needs_values()) {
          datapoint[wanted.name] = point.value;
        } else {
          auto& extended = datapoint["ExtendedStatistics"];
          if (!extended.is_object()) extended.emplace_object();
          extended.get_object()[wanted.name] = point.value;
        }
        datapoint["Unit"] = answer.unit;
      }
    }
  }
  boost::json::array list;
  for (auto& [time, datapoint] : points) list.push_back(std::move(datapoint));
  return {{"Label", id.name}, {"Datapoints", std::move(list)}};
}

boost::json::object list_metrics(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name_space = p.text_or("Namespace", "");
  const std::string name = p.text_or("MetricName", "");
  std::string question_text = name_space + "\n" + name;
  std::vector<std::pair<std::string, std::optional<std::string>>> filters;
  for (const auto& filter : p.objects("Dimensions")) {
    filters.emplace_back(filter.need_text("Name"), filter.text("Value"));
    question_text += "\n" + filters.back().first + "\n" + filters.back().second.value_or("");
  }
  const std::string question = question_digest({"metrics", question_text});
  std::size_t start = 0;
  if (const auto token = p.text("NextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0) throw ApiFault{"InvalidParameterValue", "Invalid nextToken"};
    start = static_cast<std::size_t>(numbers->front());
  }
  boost::json::array metrics;
  std::size_t matching = 0;
  bool more = false;
  for (const auto& id : taken(account.evidence()->metrics())) {
    const bool fits = (name_space.empty() || id.name_space == name_space) &&
                      (name.empty() || id.name == name) &&
                      std::ranges::all_of(filters, [&](const auto& filter) {
                        return std::ranges::any_of(id.dimensions, [&](const Dimension& d) {
                          return d.name == filter.first && (!filter.second || d.value == *filter.second);
                        });
                      });
    if (!fits || matching++ < start) continue;
    more = metrics.size() == kMetricsPerPage;
    if (more) break;
    boost::json::array dimensions;
    for (const auto& d : id.dimensions)
      dimensions.push_back(boost::json::object{{"Name", d.name}, {"Value", d.value}});
    metrics.push_back(boost::json::object{
        {"Namespace", id.name_space}, {"MetricName", id.name}, {"Dimensions", std::move(dimensions)}});
  }
  boost::json::object out{{"Metrics", std::move(metrics)}, {"OwningAccounts", boost::json::array{}}};
  if (more) out["NextToken"] = make_token(question, {static_cast<std::int64_t>(start + kMetricsPerPage)});
  return out;
}

}  // namespace culprit::server
