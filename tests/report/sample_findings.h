// Findings made by hand, as rich as a real analysis gives them, for the tellers' tests.
#pragma once

#include "diagnosis/findings.h"

namespace culprit {

Findings sample_incident();     // P1: statement time-outs after a dropped index, two hours of data
Findings sample_quiet();        // no incident
Findings sample_cannot_tell();  // many gaps

}  // namespace culprit
