// Evidence without personal data, in a form that is analysed as before.
#pragma once

#include <string>

#include "base/progress.h"
#include "store/store.h"

namespace culprit {

// Copies every event, series, state, gap, journal entry and note of `from`, each text redacted for analysis
// (redaction/redactor.h): times, counts, durations, ids, the shape of statements and JSON stay, so that the
// same causes are found. Reads everything once before it copies, since what one text betrays as a secret is
// hidden in all of them. Names of log groups and metrics stay as they are. Ends with a note "redacted"
// and a gap, so that reports tell. Commits. Returns what was replaced: "3 e-mails, 2 IP addresses".
Result<std::string> copy_redacted(const Store& from, StoreWriter& to, Progress& progress);

}  // namespace culprit
