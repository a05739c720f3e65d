// What a resource has at most, when that is used up, and what a larger one would change. Every figure is
// arithmetic on the fitted trend and on documented sizes; the assumption is said beside it.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "metrics/trend.h"
#include "store/store.h"
#include "system/system.h"

namespace culprit {

struct Resize {
  std::string what;           // "db.t3.medium → db.t3.large"
  std::string assumes;        // "the same load on twice the vCPUs"
  double level = 0;           // on the last day, had it been so large
  std::optional<double> end;  // the new end of the resource
  Reach reach_high;           // of the system file's `high`
  Reach reach_end;            // of the end
};

struct Capacity {
  std::optional<double> end;  // where there is no more: 100 %, 0 bytes, max_connections; unset: not known
  std::string
      end_is;  // "100 %", "no memory left", "max_connections of db.t3.medium, unless its parameter is set"
  Reach reach_end;  // in days after the last
  std::optional<Resize> resize;
};

// What states say about the sizes of things.
struct Sizes {
  struct Instance {
    std::string instance_class;  // "db.r6g.large"
    std::optional<double> storage_gib;
  };
  struct Service {
    double desired = 0;
  };
  std::map<std::string, Instance> instances;  // by component id
  std::map<std::string, Service> services;
};
Result<Sizes> read_sizes(const Store& store, const System& system);

// nullopt for a metric that is no resource (a latency, an operations rate).
std::optional<Capacity> capacity_of(const SystemMetric& metric, const System& system, const Sizes& sizes,
                                    const Trend& trend, std::optional<double> high);

}  // namespace culprit
