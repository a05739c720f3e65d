#include "metrics/disturbed_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kStretchesMax = 2;
// Longer recordings are searched in coarser steps: the search is quadratic in them.
constexpr std::size_t kEndsMax = 1024;

struct Stretch {
  RowRange rows;
  double contrast = 0;
};

// Running sums, signal by signal, of the rows that are allowed: in usual spreads from their median, cut so
// that a spike is no stretch. Others count as nothing.
class Sums {
 public:
  Sums(std::span<const SignalRows> signals, const std::vector<bool>& allowed, const SignatureTuning& tuning)
      : rows_(allowed.size()), known_(rows_ + 1, 0) {
    for (std::size_t row = 0; row < rows_; ++row) known_[row + 1] = known_[row] + (allowed[row] ? 1 : 0);
    for (const auto& signal : signals) add(signal, allowed, tuning);
  }

  std::size_t known(std::size_t first, std::size_t last) const { return known_[last + 1] - known_[first]; }
  std::size_t all() const { return known_[rows_]; }

  double contrast(std::size_t first, std::size_t last) const {
    const auto inside = static_cast<double>(known(first, last));
    const auto outside = static_cast<double>(all()) - inside;
    double squares = 0;
    for (std::size_t at = 0; at < sums_.size(); at += rows_ + 1) {
      const double in = sums_[at + last + 1] - sums_[at + first];
      const double difference = in / inside - (sums_[at + rows_] - in) / outside;
      squares += difference * difference;
    }
    return squares * inside * outside / (inside + outside);
  }

 private:
  void add(const SignalRows& signal, const std::vector<bool>& allowed, const SignatureTuning& tuning) {
    std::vector<double> values;
    for (std::size_t row = 0; row < rows_; ++row)
      if (allowed[row] && std::isfinite(signal.values[row])) values.push_back(signal.values[row]);
    if (values.empty()) return;
    const double centre = median(values);
    const double spread = usual_spread(values, centre, signal.least_spread, tuning);
    if (!(spread > 0) || !std::isfinite(spread)) return;
    double sum = 0;
    sums_.push_back(0);
    for (std::size_t row = 0; row < rows_; ++row) {
      const double v = signal.values[row];
      if (allowed[row] && std::isfinite(v))
        sum += std::clamp((v - centre) / spread, -tuning.row_max_spreads, tuning.row_max_spreads);
      sums_.push_back(sum);
    }
  }

  std::size_t rows_;
  std::vector<std::size_t> known_;
  std::vector<double> sums_;  // rows_ + 1 a signal
};

std::optional<Stretch> furthest_stretch(std::span<const SignalRows> signals, const std::vector<bool>& allowed,
                                        std::size_t first_row, const SignatureTuning& tuning) {
  const std::size_t rows = allowed.size();
  const std::size_t least = std::max<std::size_t>(1, tuning.rows_min);
  const Sums sums(signals, allowed, tuning);
  if (sums.all() < 3 * least) return std::nullopt;
  const auto longest = static_cast<std::size_t>(tuning.stretch_max_share * static_cast<double>(sums.all()));
  const std::size_t step = 1 + rows / kEndsMax;
  std::optional<Stretch> best;
  for (std::size_t first = first_row + least; first + least <= rows; first += step) {
    for (std::size_t last = first + least - 1; last < rows; last += step) {
      const std::size_t inside = last - first + 1;
      // All of it must be allowed, and some of the rest.
      if (inside > longest || inside >= sums.all() || sums.known(first, last) < inside) break;
      const double contrast = sums.contrast(first, last);
      if (contrast > (best ? best->contrast : 0)) best = Stretch{{first, last}, contrast};
    }
  }
  return best;
}

}  // namespace

std::vector<RowRange> find_disturbed_rows(std::span<const SignalRows> signals, std::size_t first_row,
                                          const SignatureTuning& tuning) {
  std::vector<RowRange> out;
  if (signals.empty()) return out;
  std::size_t rows = signals[0].values.size();
  for (const auto& signal : signals) rows = std::min(rows, signal.values.size());
  std::vector<bool> allowed(rows, true);
  for (std::size_t row = 0; row < std::min(first_row, rows); ++row) allowed[row] = false;
  double first_contrast = 0;
  while (out.size() < kStretchesMax) {
    const auto found = furthest_stretch(signals, allowed, first_row, tuning);
    if (!found || found->contrast < tuning.second_share * first_contrast) break;
    if (out.empty()) first_contrast = found->contrast;
    out.push_back(found->rows);
    for (std::size_t row = found->rows.first; row <= found->rows.last; ++row) allowed[row] = false;
  }
  return out;
}

std::vector<RowRange> rows_besides(std::span<const RowRange> ranges, std::size_t first, std::size_t rows) {
  std::vector<RowRange> out;
  for (std::size_t row = first; row < rows; ++row) {
    const bool besides =
        std::none_of(ranges.begin(), ranges.end(), [row](const RowRange& r) { return r.holds(row); });
    if (!besides) continue;
    if (!out.empty() && out.back().last + 1 == row)
      out.back().last = row;
    else
      out.push_back({row, row});
  }
  return out;
}

}  // namespace culprit
