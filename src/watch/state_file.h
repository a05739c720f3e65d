// The state of a watch as the one file it is (docs/watch.md): JSON, written whole and atomically.
#pragma once

#include <filesystem>

#include "watch/watch_state.h"

namespace culprit {

std::string state_text(const WatchState& state);
// kDamaged: not such a file, or one of a newer version.
Result<WatchState> read_state(std::string_view text);

// No file yet is a fresh state.
Result<WatchState> load_state(const std::filesystem::path& file);
Result<void> save_state(const std::filesystem::path& file, const WatchState& state);

}  // namespace culprit
