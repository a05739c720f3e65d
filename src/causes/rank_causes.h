// The ranking: which component brought it about, why, and how sure that is.
//
// Each voice (excess.h) says how its evidence is shared among the components: by how much of what went wrong
// is a component's own, beyond what quiet stretches show. A voice weighs as much as its strongest evidence is
// surprising, with a cap. The score of a component is the sum over voices of weight times share.
// docs/diagnosis.md has the formulas.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "causes/aligned_table.h"
#include "causes/excess.h"
#include "causes/tuning.h"
#include "telemetry/window.h"

namespace culprit {

struct CauseQuestion {
  Window window;
  std::optional<Window> baseline;     // all rows outside the window when unset
  std::string target;                 // component that alarmed; empty: the only entry of the graph, or none
  std::optional<CauseVoice> symptom;  // kWaiting or kFailures: what alarmed; unset: any
  bool incident_known = false;        // rank even when nothing is out of the ordinary
};

enum class CauseVerdict { kIncident, kNoIncident, kCannotTell };
std::string_view name_of(CauseVerdict verdict);  // "incident", "no-incident", "cannot-tell"

// What one voice says of one component.
struct VoiceEvidence {
  CauseVoice voice = CauseVoice::kWaiting;
  std::string what;     // metric
  double total = 0;     // beyond the usual, summed over the window
  double own = 0;       // of it, its own
  double usual = 0;     // what the window would usually sum up to
  double strength = 0;  // of its strongest run
  double noise = 0;     // that one in fifty quiet windows exceeds
  double times_noise = 0;
  double share = 0;   // of the voice's evidence, 0 to 1
  double weight = 0;  // of the voice
  bool per_request = false;
  std::string hidden_in;  // not measured itself: the numbers are this caller's, of which some may be its own
};

// One series of the component that moved.
struct MovedSignal {
  std::string metric;
  std::string statistic;
  std::string caller;
  SignalKind kind = SignalKind::kOther;
  double usual = 0;
  double during = 0;  // mean of the strongest run
  double score = 0;   // distance in robust deviations, signed
  Time peak;
};

struct OnsetRange {
  Time earliest;  // it began after this: the start of the last ordinary row
  Time latest;    // and was there by this: the end of the first row that was out
  bool before_window = false;
};

struct RankedCause {
  std::string component;
  double score = 0;
  double confidence = 0;                // 0 to 1
  std::vector<VoiceEvidence> evidence;  // strongest first
  std::vector<MovedSignal> moved;       // at most five
  std::optional<OnsetRange> onset;
  std::vector<std::string> way;  // calls from the target to it, both included; empty when there are none
};

struct CauseRanking {
  CauseVerdict verdict = CauseVerdict::kCannotTell;
  std::string reason;               // of the verdict, one sentence
  std::string target;               // empty: none
  std::vector<RankedCause> causes;  // best first; empty unless there is an incident, or it is known
  std::size_t components = 0;       // that were looked at
  std::size_t window_rows = 0;
  std::size_t quiet_rows = 0;
  Duration step{0};
  std::vector<std::string> notes;  // what was wrong with the data, what to know when reading the answer
};

// kNotFound: no component of the target's name.
Result<CauseRanking> rank_causes(const AlignedTable& table, const CauseQuestion& question,
                                 const CauseTuning& tuning = {});

}  // namespace culprit
