// Which of the system's metrics a file's name (and an answer's label) speaks of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "system/system.h"

namespace culprit {

struct NamedMetric {
  const SystemMetric* metric = nullptr;
  std::string statistic;  // "Average", "Maximum", "p99"; empty when the words name none
};

// `words` is the file's path and whatever else may tell ("metrics/rds-CPUUtilization_Maximum.json"); `label`
// is the answer's own Label, usually the metric's name. kInput with a hint how to name the file when it
// speaks of no metric or of several alike.
Result<NamedMetric> name_metric(const System& system, std::string_view words, std::string_view label);

}  // namespace culprit
