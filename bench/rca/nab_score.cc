#include "nab_score.h"

#include <algorithm>
#include <cmath>

namespace culprit::bench {
namespace {

double sigmoid(double y) { return 2 / (1 + std::exp(5 * y)) - 1; }

std::size_t unscored_rows(const NabFile& file) {
  return static_cast<std::size_t>(std::min(0.15 * static_cast<double>(file.scores.size()), 750.0));
}

struct Tally {
  double total = 0;
  std::size_t found = 0, false_alarms = 0;
};

void add_file(const NabFile& file, const NabProfile& profile, double threshold, Tally& out) {
  std::vector<double> earned(file.windows.size(), 0);
  std::vector<bool> found(file.windows.size(), false);
  for (std::size_t row = unscored_rows(file); row < file.scores.size(); ++row) {
    if (file.scores[row] < threshold || file.scores[row] <= 0) continue;
    std::size_t past = 0;  // windows that begin at or before the row
    while (past < file.windows.size() && file.windows[past].first <= row) ++past;
    if (past == 0) {
      out.total -= profile.false_alarm;
      ++out.false_alarms;
      continue;
    }
    const auto [first, last] = file.windows[past - 1];
    const auto rows = static_cast<double>(last - first + 1);
    if (row <= last) {
      const double gain = sigmoid(-static_cast<double>(last - row + 1) / rows) / sigmoid(-1);
      earned[past - 1] = found[past - 1] ? std::max(earned[past - 1], gain) : gain;
      found[past - 1] = true;
    } else {
      const double y = static_cast<double>(row - last) / (rows - 1);
      out.total += y > 3 ? -profile.false_alarm : profile.false_alarm * sigmoid(y);
      ++out.false_alarms;
    }
  }
  for (std::size_t w = 0; w < file.windows.size(); ++w) {
    out.total += found[w] ? earned[w] : -profile.missed;
    out.found += found[w] ? 1 : 0;
  }
}

}  // namespace

NabResult nab_at(const std::vector<const NabFile*>& files, const NabProfile& profile, double threshold) {
  Tally tally;
  double windows = 0;
  for (const auto* file : files) {
    add_file(*file, profile, threshold, tally);
    windows += static_cast<double>(file->windows.size());
  }
  const double silent = -profile.missed * windows;
  const double figure = windows > 0 ? 100 * (tally.total - silent) / (windows - silent) : 0;
  return {figure, threshold, tally.found, tally.false_alarms};
}

NabResult nab_best(const std::vector<const NabFile*>& files, const NabProfile& profile) {
  std::vector<double> thresholds;
  for (const auto* file : files) {
    for (double s : file->scores) {
      if (s > 0) thresholds.push_back(s);
    }
  }
  std::sort(thresholds.begin(), thresholds.end());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  NabResult best;
  for (double t : thresholds) {
    const auto result = nab_at(files, profile, t);
    if (result.figure > best.figure) best = result;
  }
  return best;
}

}  // namespace culprit::bench
