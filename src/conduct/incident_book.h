// Incidents as people handle them: opened, acknowledged, noted, resolved. Each is a file of events, one JSON
// object a line, that is only ever added to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace culprit {

struct IncidentEvent {
  enum class Kind {
    kOpened,
    kAcknowledged,
    kNote,
    kSeverity,
    kStatusSent,
    kResolved,
    kFollowUp,
    kFollowUpDone  // text: its number
  };
  Time time;
  Kind kind = Kind::kNote;
  std::string by;                    // who
  std::string text;                  // note, title, severity, what is to be done
  std::string owner = {}, due = {};  // of a follow-up; the day as "2025-09-01"
};
std::string_view to_string(IncidentEvent::Kind kind);

// Something to do after the incident, so that it does not come again.
struct FollowUp {
  int number = 0;  // 1, 2 … in the order in which they were noted
  std::string text, owner, due;
  std::optional<Time> done;
  std::string done_by;
};

// What follows from the events.
struct Incident {
  std::string id;  // "2025-08-21T2303Z-chatwoot"
  std::string system;
  std::string title;
  std::string severity;  // "P0" … "P3"
  std::string capsule;   // evidence it was opened with, or empty
  Time opened;
  std::optional<Time> acknowledged, resolved;
  std::string acknowledged_by, resolved_by, resolution;
  std::optional<Time> last_status;
  std::vector<FollowUp> follow_ups;
  std::vector<IncidentEvent> events;

  bool open() const { return !resolved; }
};

struct NewIncident {
  std::string system, title, severity, capsule, by;
  Time time;
  std::string id = {};  // empty: made of minute and system
};

// A folder of incidents. One process at a time changes an incident (a lock of the file sees to it); any
// number read.
class IncidentBook {
 public:
  explicit IncidentBook(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // kUsage when an incident of that system is open already: one cause is not opened twice. One with a given
  // id that is there already is given back as it is: who was killed while opening may do so again.
  Result<Incident> open(const NewIncident& incident);
  // The id of an incident that begins then, unless it is taken.
  static std::string id_of(const std::string& system, Time time);
  // Adds an event. kUsage for one that does not fit: an acknowledgement of what is resolved. Notes and
  // follow-ups fit at any time; kNotFound for a follow-up that there is not.
  Result<Incident> add(const std::string& id, const IncidentEvent& event);

  // By time, newest first. Files that cannot be read are errors: an incident must not vanish from a list.
  Result<std::vector<Incident>> all() const;
  // By id, or a part of exactly one; empty: the only one open. kNotFound names those that there are.
  Result<Incident> find(const std::string& id) const;

 private:
  Result<Incident> read(const std::filesystem::path& file) const;
  std::filesystem::path file_of(const std::string& id) const { return directory_ / (id + ".jsonl"); }

  std::filesystem::path directory_;
};

}  // namespace culprit
