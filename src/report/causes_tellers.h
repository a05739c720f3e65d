// Tells a ranking of causes (causes/rank_causes.h) to people and programs; computes nothing.
#pragma once

#include <string>

#include "base/zone.h"
#include "causes/rank_causes.h"

namespace culprit {

struct CausesTelling {
  std::string dataset;  // as the user named it
  Window window;
  std::size_t top = 10;  // causes shown; the JSON form has all
};

// Verdict, then causes with their reasons, then what is wrong with the data.
std::string tell_causes_text(const CauseRanking& ranking, const CausesTelling& telling, const Zone& zone);

// schemas/causes.schema.json
std::string tell_causes_json(const CauseRanking& ranking, const CausesTelling& telling);

}  // namespace culprit
