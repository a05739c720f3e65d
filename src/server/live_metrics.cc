#include "server/live_metrics.h"

#include <algorithm>

#include "server/api_fault.h"
#include "server/metric_sketch.h"

namespace culprit::server {

namespace {
constexpr std::size_t kRecentMax = 50'000;  // periods that are added to without reading the store
}

void LiveMetrics::put(const std::vector<PutValues>& values) {
  const auto written = store_.write([&](StoreWriter& writer) { return add_to(writer, values); });
  if (!written) throw ApiFault{"InternalServiceError", written.error().message(), 500};
}

Result<void> LiveMetrics::add_to(StoreWriter& writer, const std::vector<PutValues>& values) {
  if (std::exchange(generation_, store_.generation()) != store_.generation()) {
    recent_.clear();
    order_.clear();
  }
  for (const auto& each : values)
    if (auto kept = keep(writer, each); !kept) return kept;
  return {};
}

// What the period holds already: of memory, else of the store.
Result<LiveMetrics::Sum*> LiveMetrics::known(const Key& key) {
  if (const auto found = recent_.find(key); found != recent_.end()) {
    order_.splice(order_.begin(), order_, found->second.used);
    return &found->second.sum;
  }
  Sum sum;
  const auto evidence = store_.for_rows();
  if (!evidence) return tl::unexpected(evidence.error());
  const auto all = (*evidence)->series(key.id, {key.period, key.period + key.resolution});
  if (!all) return tl::unexpected(all.error());
  for (const auto& series : *all) {
    if (series.period != key.resolution || series.points.empty()) continue;
    const double value = series.points.front().value;
    if (series.statistic == "SampleCount") sum.count = value;
    if (series.statistic == "Sum") sum.sum = value;
    if (series.statistic == "Minimum") sum.minimum = value;
    if (series.statistic == "Maximum") sum.maximum = value;
    if (const auto bucket = bucket_of_statistic(series.statistic)) sum.sketch[*bucket] = value;
  }
  order_.push_front(key);
  Recent& recent = recent_[key];
  recent = {std::move(sum), order_.begin()};
  if (recent_.size() > kRecentMax) {
    recent_.erase(order_.back());
    order_.pop_back();
  }
  return &recent.sum;
}

void LiveMetrics::add(Sum& sum, const PutValues& values, std::vector<int>& buckets) {
  const auto widen = [&](double count, double total, double low, double high) {
    sum.minimum = sum.count == 0 ? low : std::min(sum.minimum, low);
    sum.maximum = sum.count == 0 ? high : std::max(sum.maximum, high);
    sum.count += count;
    sum.sum += total;
  };
  const auto in_sketch = [&](double value, double count) {
    const int bucket = bucket_of(value);
    sum.sketch[bucket] += count;
    buckets.push_back(bucket);
  };
  for (const auto& [value, count] : values.values) {
    widen(count, value * count, value, value);
    in_sketch(value, count);
  }
  if (!values.set) return;
  const auto& set = *values.set;
  widen(set.count, set.sum, set.minimum, set.maximum);
  if (set.minimum == set.maximum || set.count == 1) in_sketch(set.minimum, set.count);
}

Result<void> LiveMetrics::keep(StoreWriter& writer, const PutValues& values) {
  const Duration step = values.resolution;
  const Time period = values.time - (values.time.time_since_epoch() % step);
  const auto sum = known({values.id, values.resolution, period});
  if (!sum) return tl::unexpected(sum.error());
  std::vector<int> buckets;
  add(**sum, values, buckets);
  const auto put = [&](std::string statistic, double value) {
    return writer.put_series(
        {values.id, std::move(statistic), values.unit, values.resolution, {{period, value}}});
  };
  const std::pair<const char*, double> all[] = {{"SampleCount", (*sum)->count},
                                                {"Sum", (*sum)->sum},
                                                {"Minimum", (*sum)->minimum},
                                                {"Maximum", (*sum)->maximum}};
  for (const auto& [statistic, value] : all)
    if (auto done = put(statistic, value); !done) return done;
  std::ranges::sort(buckets);
  buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
  for (const int bucket : buckets)
    if (auto done = put(bucket_statistic(bucket), (*sum)->sketch[bucket]); !done) return done;
  return {};
}

}  // namespace culprit::server
