// Fields of what the system file says about people and the ways to reach them.
#pragma once

#include "system/fields.h"

namespace culprit {

void read_channels(Reading& reading, const YamlNode& node, System& system);
const Fields<Contact>& contact_fields();
const Fields<Stakeholder>& stakeholder_fields();

}  // namespace culprit
