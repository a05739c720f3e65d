// The timeline as swim lanes. Private to src/report.
#pragma once

#include <string>

#include "report/wording.h"

namespace culprit::html {

// One lane a component, one numbered mark an entry; the numbers are those of the list below it. What lies
// long before or after the window stands at the edge.
std::string lanes(const Findings& findings, const wording::Clock& clock);

// The symbol of a kind, as in the lanes, with its number.
std::string timeline_mark(TimelineEntry::Kind kind, std::size_t number, double x, double y);

}  // namespace culprit::html
