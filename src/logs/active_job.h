// ActiveJob's own lines: "Performing X (Job ID: …) from Sidekiq(low)", "Performed X … in 12.3ms", "Error
// performing X".
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "logs/sidekiq.h"

namespace culprit {

// Fills job class, id, queue, event and times of `entry` from a line's body (tags are skipped); false when it
// is none of ActiveJob's. `time`: of the line, for the time in the queue.
bool parse_active_job(std::string_view body, std::optional<Time> time, SidekiqEntry& entry);

}  // namespace culprit
