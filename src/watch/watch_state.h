// Everything a watch has to know after a restart, as a value.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alarms/recorded_metrics.h"
#include "notify/outbox_entry.h"
#include "telemetry/window.h"

namespace culprit {

// Two clocks: the wall's, which jumps, and one that only counts on while the machine is the same boot.
struct Moment {
  Time wall;
  Duration steady{0};
  std::string boot;  // which boot `steady` counts from
  bool operator==(const Moment&) const = default;
};

// Time that passed between two moments, never negative: by the steady clock where both are of one boot.
Duration elapsed(const Moment& before, const Moment& now);

struct AlarmMemory {
  AlarmState state = AlarmState::kInsufficientData;
  Time since;
  std::string reason;
  bool spent = false;  // its incident was resolved by hand while it fired: quiet until it was OK
  bool operator==(const AlarmMemory&) const = default;
};

struct WatchedIncident {
  std::string id;
  bool ours = true;  // opened here; an incident opened by hand is joined, and closed by hand
  std::string title, severity;
  Time opened;
  std::map<std::string, Time> alarms;  // which fired, when first
  Duration unacknowledged{0};          // how long nobody has taken it
  bool acknowledged = false;
  std::optional<Time> quiet_since;  // every alarm OK
  std::set<std::string> told;       // channel ids
  int updates = 0;
  bool operator==(const WatchedIncident&) const = default;
};

struct Outage {
  Time since;
  std::string why;
  Duration unseen{0};
  std::set<std::string> told;
  bool operator==(const Outage&) const = default;
};

// Something decided and perhaps not done yet. Doing it again does nothing more.
struct Effect {
  enum class Kind { kOpen, kNote, kSeverity, kResolve, kNotify, kEvidence };
  Kind kind = Kind::kNote;
  std::string incident;
  Time time;
  std::string text;                  // title, note, severity, resolution, "open" or "end" of evidence
  std::string severity;              // of kOpen
  std::optional<OutboxEntry> entry;  // of kNotify
  std::optional<Window> window;      // of kEvidence: the incident
  bool operator==(const Effect&) const = default;
};
std::string_view to_string(Effect::Kind kind);

struct WatchState {
  std::string system;
  std::optional<Time> evaluated;    // the last minute whose alarms were decided
  std::optional<Time> before_jump;  // `evaluated` before the clock leapt ahead
  std::optional<Moment> last;       // the last step
  std::map<std::string, AlarmMemory> alarms;
  std::optional<WatchedIncident> incident;
  std::optional<Outage> outage;
  std::vector<Effect> effects;
  std::int64_t messages = 0;  // numbered so far
  std::vector<RecordedMetrics::Point> metrics;
  bool operator==(const WatchState&) const = default;
};

}  // namespace culprit
