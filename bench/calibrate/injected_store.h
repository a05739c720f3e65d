// A recording with something put into it: extra lines, changed metrics, further answers. The recording itself
// is left alone, so that a thousand incidents can be made of one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace culprit::bench {

struct InjectedLine {
  std::string group;
  Time time;
  std::string message;
};

// What a metric shows from one moment to another.
struct InjectedMetric {
  MetricId metric;
  Window window;
  double level = 0;
};

struct Injection {
  std::vector<InjectedLine> lines;
  std::vector<InjectedMetric> metrics;
  std::vector<ResourceState> states;  // beside those of the recording
  std::vector<std::string> hidden_groups;
  std::vector<std::string> hidden_namespaces;
  std::vector<std::string> hidden_state_kinds;
};

// The recording must outlive it.
std::unique_ptr<Store> inject(const Store& recording, const Injection& injection);

}  // namespace culprit::bench
