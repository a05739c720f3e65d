// Fields of what the system file knows about trouble: known issues, severity rules, prevention.
#pragma once

#include "system/fields.h"

namespace culprit {

const Fields<KnownIssue>& known_issue_fields();
const Fields<SeverityRule>& severity_fields();
const Fields<Prevention>& prevention_fields();

}  // namespace culprit
