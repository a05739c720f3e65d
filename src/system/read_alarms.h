// Fields of what the system file says about alarms.
#pragma once

#include "system/fields.h"

namespace culprit {

// Alarms stand on metrics and objectives on components, so those must have been read.
void read_alarms(Reading& reading, const YamlNode& node, System& system);
void read_objectives(Reading& reading, const YamlNode& node, System& system);

}  // namespace culprit
