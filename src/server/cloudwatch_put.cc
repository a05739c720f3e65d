// PutMetricData.
#include <fmt/format.h>

#include <cmath>

#include "server/cloudwatch_operations.h"
#include "server/live.h"

namespace culprit::server {

namespace {

constexpr std::size_t kMetricsMax = 1000;
constexpr std::size_t kValuesMax = 150;
constexpr std::chrono::days kOldMax{14};
constexpr std::chrono::hours kNewMax{2};
const double kLargest = std::pow(2.0, 360);

constexpr std::string_view kUnits[] = {"Bits",
                                       "Bits/Second",
                                       "Bytes",
                                       "Bytes/Second",
                                       "Count",
                                       "Count/Second",
                                       "Gigabits",
                                       "Gigabits/Second",
                                       "Gigabytes",
                                       "Gigabytes/Second",
                                       "Kilobits",
                                       "Kilobits/Second",
                                       "Kilobytes",
                                       "Kilobytes/Second",
                                       "Megabits",
                                       "Megabits/Second",
                                       "Megabytes",
                                       "Megabytes/Second",
                                       "Microseconds",
                                       "Milliseconds",
                                       "None",
                                       "Percent",
                                       "Seconds",
                                       "Terabits",
                                       "Terabits/Second",
                                       "Terabytes",
                                       "Terabytes/Second"};

[[noreturn]] void invalid(std::string message) {
  throw ApiFault{"InvalidParameterValue", std::move(message)};
}

double checked(double value, std::string_view member) {
  if (std::isnan(value) || std::isinf(value))
    invalid(fmt::format("The value NaN or Infinity for parameter {} is invalid.", member));
  if (std::abs(value) > kLargest)
    invalid(fmt::format("The value {} for parameter {} is out of range.", value, member));
  return value;
}

void read_values(const Parameters& p, const std::string& where, PutValues& out) {
  const auto values = p.reals("Values");
  const auto counts = p.reals("Counts");
  const auto single = p.real("Value");
  const auto set = p.object_at("StatisticValues");
  const int forms = (single ? 1 : 0) + (values.empty() ? 0 : 1) + (set ? 1 : 0);
  if (forms == 0)
    throw ApiFault{
        "MissingParameter",
        fmt::format(
            "At least one of the parameters must be specified: {}.Value, {}.StatisticValues, {}.Values",
            where, where, where)};
  if (forms > 1)
    throw ApiFault{"InvalidParameterCombination",
                   fmt::format("The parameters {0}.Value, {0}.Values and {0}.StatisticValues are mutually "
                               "exclusive and you have specified more than one.",
                               where)};
  if (single) out.values.emplace_back(checked(*single, where + ".Value"), 1.0);
  if (values.size() > kValuesMax)
    invalid(fmt::format("The collection {}.Values must not have a size greater than 150.", where));
  if (!counts.empty() && counts.size() != values.size())
    invalid(fmt::format("The parameters {0}.Values and {0}.Counts must have the same number of elements.",
                        where));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double count = counts.empty() ? 1 : checked(counts[i], where + ".Counts");
    if (count < 0)
      invalid(fmt::format("The value {} for parameter {}.Counts must not be negative.", count, where));
    if (count > 0) out.values.emplace_back(checked(values[i], where + ".Values"), count);
  }
  if (!set) return;
  const auto need = [&](std::string_view name) {
    const auto value = set->real(name);
    if (!value)
      throw ApiFault{"MissingParameter",
                     fmt::format("The parameter {}.StatisticValues.{} is required.", where, name)};
    return checked(*value, where + ".StatisticValues");
  };
  out.set = PutValues::Set{need("SampleCount"), need("Sum"), need("Minimum"), need("Maximum")};
  if (out.set->count < 0 || out.set->minimum > out.set->maximum)
    invalid(fmt::format("The values of {}.StatisticValues contradict each other.", where));
}

PutValues read_datum(const Parameters& p, const std::string& name_space, const std::string& where, Time now) {
  PutValues out;
  out.id = {name_space, p.need_text("MetricName"), dimensions_of(p)};
  out.unit = p.text_or("Unit", "None");
  if (std::ranges::find(kUnits, out.unit) == std::end(kUnits))
    invalid(fmt::format("The parameter {}.Unit must be a value in the set of units.", where));
  out.time = p.time("Timestamp").value_or(now);
  if (out.time < now - kOldMax || out.time > now + kNewMax)
    invalid(fmt::format(
        "The parameter {}.Timestamp must specify a time within the past two weeks and the next two hours.",
        where));
  const std::int64_t resolution = p.integer_or("StorageResolution", 60, {1, 60});
  if (resolution != 1 && resolution != 60)
    invalid(fmt::format("The parameter {}.StorageResolution must be 1 or 60.", where));
  out.resolution = std::chrono::seconds{resolution};
  read_values(p, where, out);
  return out;
}

}  // namespace

boost::json::object put_metric_data(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name_space = p.need_text("Namespace");
  if (name_space.starts_with("AWS/"))
    throw ApiFault{"InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid."};
  const auto data = p.objects("MetricData");
  if (data.empty()) throw ApiFault{"MissingParameter", "The parameter MetricData is required."};
  if (data.size() > kMetricsMax) invalid("The collection MetricData must not have a size greater than 1000.");
  std::vector<PutValues> values;
  values.reserve(data.size());
  const Time now = account.now();
  for (std::size_t i = 0; i < data.size(); ++i)
    values.push_back(read_datum(data[i], name_space, fmt::format("MetricData.member.{}", i + 1), now));
  account.live().metrics.put(values);
  return {};
}

}  // namespace culprit::server
