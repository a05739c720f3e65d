// Sections as Markdown. Private to src/report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/outline.h"

namespace culprit {

std::string markdown_of(std::string_view title, const std::vector<Section>& sections);

}  // namespace culprit
