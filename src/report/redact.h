// Findings without personal data and secrets (redaction/redactor.h says which).
// Contacts and stakeholders are what the system file says they are, meant to be read: they stay. Event
// numbers and metric values do, too.
#pragma once

#include "diagnosis/findings.h"
#include "redaction/redactor.h"

namespace culprit {

// Every text of the findings goes through it, twice: what one text betrays as a secret is then hidden in all
// of them. Sets redacted and redaction_note.
void redact(Findings& findings);

}  // namespace culprit
