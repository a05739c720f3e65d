#include "engine/template_comparison.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

using Counts = std::vector<std::uint64_t>;
using Exposure = std::vector<double>;

struct CountsOfItem {
  Counts before;
  Counts during;
};

CountsOfItem counts_of(const TemplateActivity& activity, const ComparedWindows& windows) {
  return {activity.counts_in(windows.before, windows.bin), activity.counts_in(windows.during, windows.bin)};
}

// Bins in units of a full bin; the last one may be shorter.
Exposure lengths_of(const Window& window, Duration bin) {
  Exposure lengths;
  for (auto start = window.start; start < window.end; start += bin) {
    lengths.push_back(static_cast<double>(std::min(bin, window.end - start).count()) /
                      static_cast<double>(bin.count()));
  }
  return lengths;
}

Exposure exposure_of(const Counts& counts) { return {counts.begin(), counts.end()}; }

double distance_from_expected(const CountComparison& c) {
  const auto before = static_cast<double>(c.before);
  const auto during = static_cast<double>(c.during);
  const double exposure_ratio = c.rate_before > 0 && c.rate_during > 0 ? during / before / c.ratio : 1;
  return std::abs(during - before * exposure_ratio);
}

std::vector<ComparedItem> compare(const std::vector<CountsOfItem>& items, const Exposure& before,
                                  const Exposure& during, const ComparisonOptions& options) {
  std::vector<TwoCounts> views;
  for (const auto& item : items) views.push_back({item.before, item.during});
  const auto results = compare_counts(views, {before, during}, options);
  std::vector<ComparedItem> compared;
  for (std::uint32_t i = 0; i < results.size(); ++i) compared.push_back({i, results[i]});
  std::stable_sort(compared.begin(), compared.end(), [](const ComparedItem& a, const ComparedItem& b) {
    const bool a_shifted = a.counts.shift != Shift::kNone;
    const bool b_shifted = b.counts.shift != Shift::kNone;
    if (a_shifted != b_shifted) return a_shifted;
    if (a.counts.q != b.counts.q) return a.counts.q < b.counts.q;
    return distance_from_expected(a.counts) > distance_from_expected(b.counts);
  });
  return compared;
}

}  // namespace

std::vector<ComparedItem> compare_templates(std::span<const TemplateActivity> activities,
                                            const ComparedWindows& windows,
                                            const ComparisonOptions& options) {
  std::vector<CountsOfItem> items;
  for (const auto& activity : activities) items.push_back(counts_of(activity, windows));
  return compare(items, lengths_of(windows.before, windows.bin), lengths_of(windows.during, windows.bin),
                 options);
}

std::vector<ComparedItem> compare_values(const TemplateValues::Place& place, const TemplateActivity& all,
                                         const ComparedWindows& windows, const ComparisonOptions& options) {
  std::vector<CountsOfItem> items;
  for (const auto& value : place.values) items.push_back(counts_of(value.activity, windows));
  const auto whole = counts_of(all, windows);
  return compare(items, exposure_of(whole.before), exposure_of(whole.during), options);
}

}  // namespace culprit
