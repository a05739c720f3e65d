#include "causes/quiet_noise.h"

#include "metrics/strongest_run.h"

namespace culprit {

std::vector<QuietWindow> quiet_windows(std::span<const double> excess, std::span<const std::size_t> stretch,
                                       const AskedRows& asked, std::size_t rows) {
  std::vector<QuietWindow> out;
  for (std::size_t begin = 0; begin < excess.size();) {
    if (!asked.quiet[begin]) {
      ++begin;
      continue;
    }
    std::size_t end = begin + 1;
    while (end < excess.size() && asked.quiet[end] && stretch[end] == stretch[begin]) ++end;
    const auto strengths = strongest_runs(excess.subspan(begin, end - begin), rows);
    for (std::size_t i = 0; i < strengths.size(); ++i) out.push_back({begin + i, strengths[i]});
    begin = end;
  }
  return out;
}

}  // namespace culprit
