// Opened evidence to findings, with the window that was asked for, noted, or found.
#pragma once

#include "cli/gather.h"
#include "diagnosis/investigate.h"

namespace culprit {

// The window, baseline and zone to analyse. Without a window given or noted, looks for the incident in the
// whole of the evidence and says so through `progress`.
Result<InvestigateOptions> options_for(const OpenEvidence& evidence, Progress& progress);

}  // namespace culprit
