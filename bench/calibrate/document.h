// The calibration as a document.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "evaluate.h"

namespace culprit::bench {

struct Calibration {
  System system;
  EvaluateOptions fit_options, report_options;
  Half tuning, test;
};

std::string calibration_text(const Calibration& calibration);  // Markdown

// DOCS/images/calibration.svg, and DOCS/diagnosis.md between its marks.
Result<void> write_calibration(const Calibration& calibration, const std::filesystem::path& docs);

}  // namespace culprit::bench
