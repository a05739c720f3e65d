// PostgreSQL logs made at random, as servers write them.
#pragma once

#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "sql_report/sql_tally.h"

namespace culprit {

struct RandomLog {
  RandomLog(std::uint64_t seed, int kind_of_prefix) : random(seed), prefix_kind(kind_of_prefix) {}

  std::mt19937_64 random;
  int prefix_kind;  // 0 RDS, 1 Debian, 2 pgBadger's advice, 3 without a process
  std::int64_t now_ms = 1'755'817'000'000;

  // `entries` entries and their sections, sections of several processes interleaved.
  std::string make(int entries);

 private:
  std::uint64_t pick(std::uint64_t n) { return random() % n; }
  std::string prefix(int pid, std::int64_t ms);
  std::string sql();
  std::vector<std::string> entry(int pid);
};

// Everything a tally holds, as text.
std::string describe(const SqlTally& tally);

}  // namespace culprit
