#include "server/metric_reader.h"

#include <algorithm>
#include <map>

#include "server/metric_sketch.h"

namespace culprit::server {

namespace {

using Kind = Statistic::Kind;

// What is known of one period of the answer.
struct Bucket {
  std::map<std::string, double> sums;                      // by statistic: of the points that fall into it
  std::map<std::string, std::pair<double, double>> range;  // smallest and largest
  std::map<std::string, double> points;
  std::map<int, double> sketch;
};

class Reader {
 public:
  explicit Reader(const MetricQuestion& question) : q_(question) {}

  MetricAnswer answer(const std::vector<Series>& all) {
    MetricAnswer out;
    for (const auto& series : all) {
      if (!q_.unit.empty() && !series.unit.empty() && series.unit != q_.unit) continue;
      if (!series.points.empty() && out.unit.empty()) out.unit = series.unit;
      by_period_[series.period].push_back(&series);
    }
    if (out.unit.empty()) out.unit = q_.unit.empty() ? "None" : q_.unit;
    // Finer periods first: a coarser one only fills what they leave open.
    std::map<Time, double> values;
    for (const auto& [period, group] : by_period_) {
      if (period > q_.period && !values.empty()) continue;
      for (const auto& [time, value] : values_of(group, std::max(q_.period, period)))
        values.emplace(time, value);
    }
    for (const auto& [time, value] : values) out.points.push_back({time, value});
    return out;
  }

 private:
  using Group = std::vector<const Series*>;

  std::map<Time, double> values_of(const Group& group, std::chrono::seconds period) {
    std::map<Time, Bucket> buckets;
    for (const auto* series : group) {
      const auto sketch = bucket_of_statistic(series->statistic);
      for (const auto& point : series->points) {
        if (!q_.window.contains(point.time)) continue;
        Bucket& bucket = buckets[start_of(point.time, period)];
        if (sketch) {
          bucket.sketch[*sketch] += point.value;
          continue;
        }
        bucket.sums[series->statistic] += point.value;
        ++bucket.points[series->statistic];
        auto [range, fresh] = bucket.range.try_emplace(series->statistic, point.value, point.value);
        if (!fresh) range->second = std::minmax({range->second.first, range->second.second, point.value});
      }
    }
    std::map<Time, double> out;
    for (const auto& [time, bucket] : buckets)
      if (const auto value = value_of(bucket)) out.emplace(time, *value);
    return out;
  }

  Time start_of(Time time, std::chrono::seconds period) const {
    return q_.window.start + std::chrono::floor<Duration>((time - q_.window.start) / period * period);
  }

  static std::optional<double> at(const std::map<std::string, double>& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }

  // A mean of means where counts are not known: each period counts the same.
  static std::optional<double> mean(const Bucket& b, const std::string& statistic) {
    const auto sum = at(b.sums, statistic), points = at(b.points, statistic);
    return sum && points ? std::optional(*sum / *points) : std::nullopt;
  }

  std::optional<double> value_of(const Bucket& b) const {
    const auto sum = at(b.sums, "Sum"), count = at(b.sums, "SampleCount");
    switch (q_.statistic.kind) {
      case Kind::kSampleCount:
        return count;
      case Kind::kSum: {
        if (sum) return sum;
        const auto average = mean(b, "Average");
        return average && count ? std::optional(*average * *count) : std::nullopt;
      }
      case Kind::kAverage:
        if (sum && count && *count > 0) return *sum / *count;
        return mean(b, "Average");
      case Kind::kMinimum: {
        const auto found = b.range.find("Minimum");
        return found == b.range.end() ? std::nullopt : std::optional(found->second.first);
      }
      case Kind::kMaximum: {
        const auto found = b.range.find("Maximum");
        return found == b.range.end() ? std::nullopt : std::optional(found->second.second);
      }
      default:
        return of_values(b);
    }
  }

  std::optional<double> of_values(const Bucket& b) const {
    if (!b.sketch.empty()) {
      Samples samples;
      for (const auto& [bucket, count] : b.sketch) samples.add(clamped(b, value_of_bucket(bucket)), count);
      return samples.evaluate(q_.statistic);
    }
    // Collected as it is; of several periods it would only be a guess.
    const auto points = at(b.points, q_.statistic_name);
    return points && *points == 1 ? at(b.sums, q_.statistic_name) : std::nullopt;
  }

  // No bucket's middle lies outside of what was really seen.
  static double clamped(const Bucket& b, double value) {
    const auto low = b.range.find("Minimum"), high = b.range.find("Maximum");
    if (low != b.range.end()) value = std::max(value, low->second.first);
    if (high != b.range.end()) value = std::min(value, high->second.second);
    return value;
  }

  const MetricQuestion& q_;
  std::map<std::chrono::seconds, Group> by_period_;
};

}  // namespace

Result<MetricAnswer> read_metric(const Store& store, const MetricQuestion& question) {
  const auto all = store.series(question.id, question.window);
  if (!all) return tl::unexpected(all.error());
  return Reader(question).answer(*all);
}

}  // namespace culprit::server
