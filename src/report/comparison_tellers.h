// Tellers of a comparison of incidents: each renders it and computes nothing.
#pragma once

#include <string>

#include "diagnosis/incident_comparison.h"
#include "report/report.h"

namespace culprit {

std::string render_comparison_text(const IncidentComparison& comparison, const TextStyle& style);
std::string render_comparison_markdown(const IncidentComparison& comparison);
std::string render_comparison_json(const IncidentComparison& comparison);  // schemas/comparison.schema.json

}  // namespace culprit
