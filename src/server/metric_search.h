// SEARCH of metric math: which metrics a search text means, and their datapoints.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
#pragma once

#include <string_view>
#include <vector>

#include "metrics/metric_math.h"
#include "store/store.h"

namespace culprit::server {

constexpr std::size_t kSearchSeriesMax = 100;

// '{AWS/ECS,ClusterName,ServiceName} MetricName="CPUUtilization" web': a schema, exact and partial terms with
// AND, OR, NOT and parentheses. At most kSearchSeriesMax series. kInput for a text that is not understood.
Result<std::vector<MathSeries>> search_metrics(const Store& store, std::string_view text,
                                               std::string_view statistic, const Window& window,
                                               std::chrono::seconds period);

}  // namespace culprit::server
