// The last hours of evidence, always held: ECS forgets a stopped task after one.
//
//   recorder/2025-08-21T23Z/   a store of what was collected in that hour
//
// The oldest hour goes when there are more than `hours`, or when all of it takes more than `bytes`; if the
// present hour alone takes more, its further log events are left out, and a gap says so. A folder that cannot
// be read is put aside (*.damaged), and recording goes on.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/store.h"

namespace culprit {

struct RecorderLimits {
  int hours = 6;
  std::uint64_t bytes = 1'000'000'000;
};

class FlightRecorder {
 public:
  FlightRecorder(std::filesystem::path directory, RecorderLimits limits)
      : directory_(std::move(directory)), limits_(limits) {}

  // Keeps what a batch holds of the window and was not kept before: the same events collected twice, because
  // windows overlap or a process was killed, are there once. Returns what was put aside or left out, in
  // words.
  Result<std::vector<std::string>> add(const Store& batch, const Window& window);

  // All that is held of the window, into a new store at `to`.
  Result<void> freeze(const std::filesystem::path& to, const Window& window,
                      const std::map<std::string, std::string>& notes) const;

  std::uint64_t bytes() const;
  std::vector<std::filesystem::path> hours() const;  // oldest first

 private:
  Result<bool> trim(const std::filesystem::path& present) const;

  std::filesystem::path directory_;
  RecorderLimits limits_;
  std::map<std::string, std::string> states_;  // digest of the last document kept, by kind and id
};

}  // namespace culprit
