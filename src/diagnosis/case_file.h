// What the judging steps share: the observations, the system, and the maker of evidence.
#pragma once

#include "base/zone.h"
#include "diagnosis/evidence_maker.h"
#include "diagnosis/findings.h"
#include "diagnosis/observation.h"
#include "diagnosis/onset.h"

namespace culprit {

struct CaseFile {
  const System& system;
  const Observations& seen;
  const InvestigateOptions& options;
  Zone zone;
  EvidenceMaker& evidence;
  Findings& findings;               // filled step by step, in the order of investigate()
  bool baseline_disturbed = false;  // users were harmed in it, too

  std::string clock(Time t) const { return zone.format_clock(t).substr(0, 8); }  // to the second
  const Signal* signal(std::string_view name) const {
    const auto it = seen.signals.find(std::string(name));
    return it == seen.signals.end() ? nullptr : &it->second;
  }
  // Signals of the severity rules that hold: where users were harmed.
  std::vector<Watched> harmed_signals() const;
  // Those, and what the primary cause counts: what dates the incident.
  std::vector<Watched> harm() const;
  Grid::Range window_minutes() const { return seen.grid.range(seen.window); }
  Grid::Range baseline_minutes() const { return seen.grid.range(seen.baseline); }
};

// The reason that a severity rule gives, with what was observed; nullopt when it does not hold.
std::optional<Claim> severity_reason(const SeverityRule& rule, CaseFile& file);

// Steps of the judgement; each fills its part of the findings and may read what earlier steps filled.
void tabulate_metrics(CaseFile& file);     // B1-B7
void tabulate_patterns(CaseFile& file);    // C2-C7
void tabulate_activity(CaseFile& file);    // statements, endpoints, jobs
void evaluate_log_alerts(CaseFile& file);  // G3
void rank_hypotheses(CaseFile& file);      // E1-E4
void judge_severity(CaseFile& file);       // verdict, onset, recovery, H5
void judge_components(CaseFile& file);     // A1-A5
void tell_timeline(CaseFile& file);
void conclude(CaseFile& file);      // root cause, recommendations, prevention, H4, H6, summary
void recall_cases(CaseFile& file);  // remembered incidents that looked like this one; needs its signature

}  // namespace culprit
