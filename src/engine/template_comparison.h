// What is new, gone, more or less in one window than in another: templates, and the values of one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "logs/template_histogram.h"
#include "logs/template_values.h"
#include "metrics/count_comparison.h"
#include "telemetry/window.h"

namespace culprit {

struct ComparedWindows {
  Window before;
  Window during;
  Duration bin = std::chrono::minutes(1);  // not finer than the bins of the histogram
};

// `index` is the template's in the set, or the value's in its place. Shifted ones first, by q, then by how
// much more or less they are than expected; then the others, the same way.
struct ComparedItem {
  std::uint32_t index = 0;
  CountComparison counts;
};

std::vector<ComparedItem> compare_templates(std::span<const TemplateActivity> activities,
                                            const ComparedWindows& windows,
                                            const ComparisonOptions& options = {});

// Whether a value's share of its template's messages has changed; `all` is the activity of the template as
// the values were counted (TemplateValues::activity()).
std::vector<ComparedItem> compare_values(const TemplateValues::Place& place, const TemplateActivity& all,
                                         const ComparedWindows& windows,
                                         const ComparisonOptions& options = {});

}  // namespace culprit
