// Words of the sentences that the diagnosis says: names of signals with their grammar, lists, capitals.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/signal.h"
#include "system/system.h"

namespace culprit {

struct SignalName {
  std::string many;  // "statement time-outs", "RDS CPU": as it stands inside a sentence
  std::string one;   // "statement time-out"; of what is counted only
  bool plural = false;
};

// A metric or pattern by its title in the system file, a recognised signal (docs/signals.md) by its usual
// name.
SignalName name_of(const Signal& signal, const System& system);

// "481 failed requests", "1 schema change", "no lock waits".
std::string amount_of(const Signal& signal, double n, const System& system);

// "more than" -> "More than"; identifiers such as pg_stat_statements stay as they are.
std::string capitalised(std::string_view sentence);

// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& items);

// Whether two sentences give the same advice: nearly the same words, whatever their order, case and articles.
bool says_the_same(std::string_view a, std::string_view b);

// Traffic itself, which does no harm: requests, jobs, responses.
bool is_traffic(const Signal& signal);

// "schema" -> "schema change", "rds-event" -> "RDS event".
std::string_view change_title(std::string_view kind);

}  // namespace culprit
