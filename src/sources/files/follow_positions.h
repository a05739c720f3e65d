// How far followed files were read, as a note of the store they went into.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/files/followed_file.h"
#include "telemetry/log_event.h"

namespace culprit {

inline constexpr std::string_view kFollowNote = "follow";

struct FollowState {
  EventNumber next = 0;  // of the store when the positions were taken: all before it belongs to them
  std::vector<FilePosition> files;
};

// The note and the events of one commit may not both survive the loss of power. So the note has two states:
// the one that the commit brings, and the one before, whose events are certainly there.
std::string follow_note(const FollowState& state, const FollowState& before);

// The newest state of the note that a store whose next event is `next` has all events of. nullopt when there
// is none (also for a note that cannot be read).
std::optional<FollowState> read_follow_note(std::string_view note, EventNumber next);

}  // namespace culprit
