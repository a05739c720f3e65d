// Datapoints that clients put: what belongs to one period is added up, and kept as SampleCount, Sum, Minimum,
// Maximum and a sketch of the values (metric_sketch.h).
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <vector>

#include "server/live_store.h"
#include "telemetry/metric.h"

namespace culprit::server {

struct PutValues {
  MetricId id;
  std::string unit;
  Time time;
  std::chrono::seconds resolution{60};            // 60 or 1
  std::vector<std::pair<double, double>> values;  // value and how often
  struct Set {
    double count = 0, sum = 0, minimum = 0, maximum = 0;
  };
  std::optional<Set> set;  // instead of values
};

// May be called from several threads at once.
class LiveMetrics {
 public:
  explicit LiveMetrics(LiveStore& store) : store_(store) {}

  // Returns when all of it is on disk; throws ApiFault (InternalServiceFault) when it cannot be.
  void put(const std::vector<PutValues>& values);
  // The same as a part of a write of the caller's: inside LiveStore::write() only.
  Result<void> add_to(StoreWriter& writer, const std::vector<PutValues>& values);

 private:
  // One period of one metric.
  struct Key {
    MetricId id;
    std::chrono::seconds resolution{60};
    Time period;
    auto operator<=>(const Key&) const = default;
  };
  struct Sum {
    double count = 0, sum = 0, minimum = 0, maximum = 0;
    std::map<int, double> sketch;
  };
  struct Recent {
    Sum sum;
    std::list<Key>::iterator used;
  };

  Result<Sum*> known(const Key& key);
  static void add(Sum& sum, const PutValues& values, std::vector<int>& buckets);
  Result<void> keep(StoreWriter& writer, const PutValues& values);

  LiveStore& store_;
  // Of the thread that writes alone.
  std::map<Key, Recent> recent_;
  std::list<Key> order_;  // used last in front
  std::uint64_t generation_ = 0;
};

}  // namespace culprit::server
