// What a comparison of incidents says, once for text and Markdown. Private to src/report.
#pragma once

#include <vector>

#include "diagnosis/incident_comparison.h"
#include "report/outline.h"

namespace culprit {

std::vector<Section> comparison_outline(const IncidentComparison& comparison);

}  // namespace culprit
