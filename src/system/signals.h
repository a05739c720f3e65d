// The signals that recognisers and AWS answers give (docs/signals.md), by kind of component.
#pragma once

#include <string_view>
#include <vector>

#include "system/system.h"

namespace culprit {

// Names without the component ("statement_timeouts") that a component of this kind and log format can have;
// all that a log may give when its format is left to detection.
std::vector<std::string_view> recognised_signals(const Component& component);

// Whether any component can have a signal of that name.
bool is_recognised_signal(std::string_view name);

}  // namespace culprit
