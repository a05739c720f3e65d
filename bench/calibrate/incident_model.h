// What each known issue does to what can be seen, and what ordinary days do: the model that labelled
// incidents are drawn from. It is written from how such faults behave (the runbook, PostgreSQL's and Rails'
// documentation, the recorded incident), not from the weights of the system file: nothing in it follows from
// them.
#pragma once

#include <string_view>
#include <vector>

namespace culprit::bench {

// A signal moves with this chance, to a level between `low` and `high`, drawn on a logarithmic scale: a
// metric's value; lines a minute; milliseconds (of as many lines as slow requests are); once: one line.
struct Effect {
  std::string_view signal;
  double chance = 1;
  double low = 0, high = 0;
  bool once = false;
};

struct CauseModel {
  std::string_view cause;  // id of the known issue; empty: ordinary days
  std::vector<Effect> effects;
};

const std::vector<CauseModel>& cause_models();

// Things that happen on days on which nothing is wrong, and beside every incident. Each by itself harms
// nobody who would call.
const std::vector<CauseModel>& nuisances();

}  // namespace culprit::bench
