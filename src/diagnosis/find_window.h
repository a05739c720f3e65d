// When nobody says when the incident was: look for it.
#pragma once

#include "diagnosis/investigate.h"

namespace culprit {

// The stretch of the extent in which users were harmed, from the minute of the onset to the recovery (or the
// end of the data); the whole extent when no incident shows.
Result<Window> find_window(const Store& store, const System& system, const Window& extent);

}  // namespace culprit
