// What a metric measures, told from its name when its source does not say.
#pragma once

#include <span>
#include <string_view>

#include "causes/metric_table.h"

namespace culprit {

struct NamedMeaning {
  SignalMeaning meaning;
  std::string_view statistic;  // found in the name: "p99", "average" …, or empty
};

// From words in the name ("http_request_duration_ms_p99", "CPUUtilization", "Availability") and the unit,
// which may be empty. Of shares it cannot be told whether they are percentages: see below.
NamedMeaning meaning_of(std::string_view name, std::string_view unit = {});

// A share that goes beyond 1 is a percentage. Gives the meaning with the right factor.
SignalMeaning settle_percentage(const SignalMeaning& meaning, std::span<const Datapoint> points);

// Lower is better to stand for a component's latency: averages, then the middle, then the tail.
int latency_statistic_rank(std::string_view statistic);

}  // namespace culprit
