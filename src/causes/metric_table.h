// Series of components, and who calls whom: what importers fill and the ranking reads.
#pragma once

#include <string>
#include <vector>

#include "telemetry/metric.h"

namespace culprit {

enum class SignalKind {
  kLatency,       // seconds a request takes
  kFailureShare,  // of the requests, 0 to 1
  kFailureCount,  // failed requests a row
  kTraffic,       // requests a row, or per second: only ratios count
  kResource,      // how much of its own means a component uses: CPU, memory, connections …
  kOther,         // shown, not weighed
};
std::string_view name_of(SignalKind kind);  // "latency", "failure share" …

// What a number stands for: kind's unit = number * factor + offset.
struct SignalMeaning {
  SignalKind kind = SignalKind::kOther;
  double factor = 1;
  double offset = 0;
  bool operator==(const SignalMeaning&) const = default;
};

// One series of one component.
struct ComponentSignal {
  std::string component;
  std::string metric;     // as the source names it
  std::string statistic;  // "Average", "p90" … or empty
  std::string
      caller;  // of the calls that it is about, as the caller saw them; empty: all, as seen by the component
  SignalMeaning meaning;
  std::vector<Datapoint> points;  // any order, repeats and non-numbers allowed: aligning sorts that out
};

struct Call {
  std::string caller;
  std::string callee;
  auto operator<=>(const Call&) const = default;
};

struct MetricTable {
  std::vector<ComponentSignal> signals;
  std::vector<Call> calls;
  bool graph_given = false;        // false: nothing is known of who calls whom
  std::vector<std::string> notes;  // what an importer found wrong
};

}  // namespace culprit
