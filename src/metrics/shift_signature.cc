#include "metrics/shift_signature.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "metrics/statistics.h"

namespace culprit {

namespace {

bool any_holds(std::span<const RowRange> ranges, std::size_t row) {
  return std::any_of(ranges.begin(), ranges.end(), [row](const RowRange& r) { return r.holds(row); });
}

std::vector<double> known_values(const SignalRows& signal, std::span<const RowRange> ranges) {
  std::vector<double> out;
  for (std::size_t row = 0; row < signal.values.size(); ++row)
    if (std::isfinite(signal.values[row]) && any_holds(ranges, row)) out.push_back(signal.values[row]);
  return out;
}

// Of values that may be as large as a double: a sum of them may not be.
double mean(std::span<const double> values) {
  double out = 0;
  for (const double v : values) out += v / static_cast<double>(values.size());
  return out;
}

// Signed spreads. The mean inside: work that stalls every few rows has moved, though most rows are as ever.
double shift_between(std::span<const double> inside, std::span<const double> outside, double least,
                     const SignatureTuning& tuning) {
  const double centre = median({outside.begin(), outside.end()});
  const double moved = mean(inside) - centre;
  if (moved == 0 || !std::isfinite(moved)) return 0;
  const double spread = usual_spread(outside, centre, least, tuning);
  constexpr double kSpreadsMax = 1e6;  // of signals that never moved before; far beyond what counts
  return std::clamp(moved / std::max(spread, std::abs(moved) / kSpreadsMax), -kSpreadsMax, kSpreadsMax);
}

void sort_by_weight(std::vector<std::pair<double, SignalAgreement>>& weighed,
                    std::vector<SignalAgreement>& out) {
  std::sort(weighed.begin(), weighed.end(), [](const auto& x, const auto& y) {
    return x.first != y.first ? x.first > y.first : x.second.name < y.second.name;
  });
  for (auto& [weight, agreement] : weighed) out.push_back(std::move(agreement));
}

}  // namespace

double evened_out(double spreads, const SignatureTuning& tuning) {
  return std::copysign(std::min(std::log1p(std::abs(spreads)), tuning.evened_max), spreads);
}

double usual_spread(std::span<const double> values, double centre, double least,
                    const SignatureTuning& tuning) {
  if (values.empty()) return least;
  double mean_deviation = 0;
  for (const double v : values) mean_deviation += std::abs(v - centre) / static_cast<double>(values.size());
  return std::max({mad(values, centre), tuning.mean_deviation_share * mean_deviation,
                   tuning.level_share * std::abs(centre), least});
}

ShiftSignature signature_of(std::span<const SignalRows> signals, std::span<const RowRange> inside,
                            std::span<const RowRange> outside, const SignatureTuning& tuning) {
  ShiftSignature out;
  for (const auto& signal : signals) {
    const auto during = known_values(signal, inside);
    const auto besides = known_values(signal, outside);
    if (during.empty() || besides.empty()) continue;
    out.shifts.push_back({signal.name, shift_between(during, besides, signal.least_spread, tuning)});
  }
  std::sort(out.shifts.begin(), out.shifts.end(),
            [](const SignalShift& a, const SignalShift& b) { return a.name < b.name; });
  return out;
}

SignatureLikeness compare_signatures(const ShiftSignature& a, const ShiftSignature& b,
                                     const SignatureTuning& tuning) {
  SignatureLikeness out;
  double dot = 0, square_a = 0, square_b = 0;
  std::vector<std::pair<double, SignalAgreement>> agree, differ;
  auto j = b.shifts.begin();
  for (const auto& shift : a.shifts) {
    while (j != b.shifts.end() && j->name < shift.name) ++j;
    if (j == b.shifts.end()) break;
    if (j->name != shift.name) continue;
    const double x = evened_out(shift.spreads, tuning);
    const double y = evened_out(j->spreads, tuning);
    dot += x * y;
    square_a += x * x;
    square_b += y * y;
    const bool moved_a = std::abs(shift.spreads) >= kMovedSpreads;
    const bool moved_b = std::abs(j->spreads) >= kMovedSpreads;
    const SignalAgreement both{shift.name, shift.spreads, j->spreads};
    if (moved_a && moved_b && x * y > 0)
      agree.emplace_back(x * y, both);
    else if (moved_a || moved_b)
      differ.emplace_back(std::abs(x - y), both);
  }
  if (square_a > 0 && square_b > 0) out.likeness = dot / std::sqrt(square_a * square_b);
  sort_by_weight(agree, out.agree);
  sort_by_weight(differ, out.differ);
  return out;
}

}  // namespace culprit
