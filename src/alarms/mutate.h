// The mutation test of alarms: each known issue of the system, put into a quiet recording just as strong as
// its symptoms ask for. Which alarms see it, after how long, and which issue would stay silent?
#pragma once

#include "alarms/backtest.h"

namespace culprit {

// One change that stands for a symptom.
struct Injection {
  std::string signal;
  std::string says;  // the symptom
  enum class Kind { kMetric, kLines, kInvisible } kind = Kind::kInvisible;
  double value = 0;        // of the metric, or lines a minute
  std::string line;        // what is written
  std::string why_not;     // of kInvisible
  std::size_t alarms = 0;  // alarms that read what was changed
};

struct Mutation {
  std::string issue, title, row;
  std::vector<Injection> injections;
  struct Seen {
    std::string alarm;
    Duration after{0};
  };
  std::vector<Seen> seen;  // soonest first
  bool silent() const { return seen.empty(); }
};

struct MutationTest {
  Window injected;
  std::vector<Mutation> mutations;
  std::size_t silent() const;
};

struct MutationOptions {
  Duration length{600'000};  // how long the issue lasts
  double strength = 1.5;     // times what the symptoms ask for
};

// `quiet` holds the recording; it is copied for each issue. The issue begins in the middle of the window.
Result<MutationTest> mutate(const System& system, const AlarmSet& set, const Store& store,
                            const RecordedMetrics& quiet, const Window& window,
                            const MutationOptions& options);

}  // namespace culprit
