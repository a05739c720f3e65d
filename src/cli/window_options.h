// --from, --to and --tz: the incident window as several commands take it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.h"
#include "telemetry/window.h"

namespace CLI {
class App;
}

namespace culprit {

struct WindowChoice {
  Zone zone;
  std::optional<Window> window;       // unset when neither --from nor --to was given
  std::vector<std::string> warnings;  // for stderr: a very long window, one that has not ended yet
};

// What was typed; lives as long as the app that it was added to.
struct WindowOptions {
  std::string from;
  std::string to;
  std::string tz;

  void add_to(CLI::App& app);

  // The zone is --tz, else `default_zone` (the system's), else this machine's. --to without a date is on
  // --from's date (or just after midnight that follows), "+10m" is counted from --from, and a missing --to
  // is `now`. kUsage: unknown zone, unreadable time, --to alone, a window that is reversed or empty, or that
  // lies in the future.
  Result<WindowChoice> resolve(std::string_view default_zone, Time now) const;
};

}  // namespace culprit
