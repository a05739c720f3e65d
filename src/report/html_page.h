// The frame of an HTML page: head, bar, contents. Private to src/report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/outline.h"

namespace culprit::html {

// The links to the sections, as a list.
std::string contents(const std::vector<Section>& sections);

// A whole page, one file without network. `title` is plain text, the other two are HTML.
std::string page(std::string_view title, std::string_view contents, std::string_view main);

}  // namespace culprit::html
