// The journal: every command and request that made the store, with its answer's size (runbook row H1).
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace culprit {

struct JournalEntry {
  Time time;            // when the request was sent (wall clock; never enters findings)
  std::string action;   // "logs:FilterLogEvents", "file:read", "culprit:investigate"
  std::string request;  // what was asked, as the `aws …` command line or path that repeats it; no secrets
  std::string outcome;  // "ok", or the error code and message
  std::int64_t answer_bytes = 0;
  Duration duration{0};
  int attempts = 1;
};

}  // namespace culprit
