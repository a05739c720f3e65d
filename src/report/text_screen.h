#pragma once

#include "diagnosis/findings.h"
#include "report/text_canvas.h"

namespace culprit {

// The first screen of a terminal report.
void put_screen(TextCanvas& canvas, const Findings& findings);

}  // namespace culprit
