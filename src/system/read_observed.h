// Fields of what is observed: components, metrics, patterns, log alerts.
#pragma once

#include "system/fields.h"

namespace culprit {

// Also says what each kind of component needs.
void read_components(Reading& reading, const YamlNode& node, System& system);
const Fields<LogAlert>& log_alert_fields();

// Metrics and patterns take component and dimensions from the component that their id begins with, so the
// components must have been read.
void read_metrics(Reading& reading, const YamlNode& node, System& system);
void read_patterns(Reading& reading, const YamlNode& node, System& system);

}  // namespace culprit
