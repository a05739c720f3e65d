// What follows from what a watch sees: a pure function of its state and an observation. The rules:
//
//  - An alarm that fires opens an incident; others that fire before it is closed join it. An incident of the
//    system that somebody has opened by hand is joined, and stays theirs to close.
//  - Its severity is the highest of its alarms', raised (never lowered) by what the evidence shows.
//  - Contacts of that severity are told at once or, with `after`, when nobody has acknowledged for so long;
//    stakeholders at once. Nobody is told the same twice. An acknowledgement ends escalation.
//  - It is closed when every alarm of it has been OK for `close_after`; INSUFFICIENT_DATA is not OK. Slow
//  burn-rate
//    alarms ("ticket"), which look back a day, hold it open only if they alone opened it.
//  - Alarms that still fire when it is closed, also by hand, open no new one until they have been OK.
//  - When the account cannot be seen for `blind_after`, those who are called at P2 are told, once.
#pragma once

#include <string>
#include <vector>

#include "watch/evaluate_minutes.h"

namespace culprit {

struct WatchRules {
  Duration close_after = std::chrono::minutes(10);
  Duration blind_after = std::chrono::minutes(10);
};

// The book of incidents, as far as the system is concerned.
struct BookEntry {
  std::string id;
  bool open = true;
  bool by_watch = false;        // opened by a watch
  std::string acknowledged_by;  // empty = nobody
  bool acknowledged = false;
  std::string resolved_by, resolution;
  std::string severity, title;
};

// What became of an Effect::kEvidence.
struct EvidenceSeen {
  std::string incident;
  std::string phase;     // "open", "end"
  std::string capsule;   // file
  std::string severity;  // by the findings; empty = no incident, or cannot tell
  std::string headline;
  std::string text;     // the status message; redacted
  std::string problem;  // it could not be made
};

struct Observation {
  Moment now;
  std::vector<MinuteChanges> minutes;  // evaluated since the last step
  bool seen = false;                   // the account answered
  std::string trouble;                 // why it could not be seen; empty = it was not asked, or all is well
  std::vector<BookEntry> book;
  std::optional<EvidenceSeen> evidence;
};

class WatchMachine {
 public:
  WatchMachine(const System& system, const AlarmSet& set, WatchRules rules)
      : system_(system), set_(set), rules_(rules) {}

  // Appends what is to be done to state.effects; returns lines for the log.
  std::vector<std::string> step(WatchState& state, const Observation& seen) const;

  std::string severity_of(const std::string& alarm) const;
  // A slow burn of an objective's budget: for tomorrow's work, not for tonight.
  bool is_ticket(const std::string& alarm) const;

 private:
  struct Step;

  const System& system_;
  const AlarmSet& set_;
  WatchRules rules_;
};

}  // namespace culprit
