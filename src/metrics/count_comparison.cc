#include "metrics/count_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "metrics/distributions.h"

namespace culprit {
namespace {

constexpr std::size_t kBlocksMin = 8;  // in both windows together, for an estimate of dispersion
constexpr double kSlack = 0.5;  // standard errors by which longer blocks must be more dispersed to count

struct Block {
  double count = 0;
  double exposure = 0;
};
using Blocks = std::vector<Block>;

// Sums of `length` bins with exposure, a shorter rest at the end joined to the last one.
Blocks blocks_of(std::span<const std::uint64_t> counts, std::span<const double> exposures,
                 std::size_t length) {
  Blocks blocks;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < std::min(counts.size(), exposures.size()); ++i) {
    if (!(exposures[i] > 0)) continue;
    if (filled % length == 0) blocks.emplace_back();
    blocks.back().count += static_cast<double>(counts[i]);
    blocks.back().exposure += exposures[i];
    ++filled;
  }
  if (blocks.size() > 1 && filled % length != 0) {
    const auto rest = blocks.back();
    blocks.pop_back();
    blocks.back().count += rest.count;
    blocks.back().exposure += rest.exposure;
  }
  return blocks;
}

Block sum_of(const Blocks& blocks) {
  Block sum;
  for (const auto& b : blocks) {
    sum.count += b.count;
    sum.exposure += b.exposure;
  }
  return sum;
}

// How counts of blocks vary around the rate of their window.
struct Dispersion {
  double factor = 1;   // variance over mean, under one rate for both windows
  double freedom = 1;  // degrees of freedom that the estimate is worth
};

// By moments of the negative binomial: variance = mean + mean^2 / size.
Dispersion dispersion_of(const Blocks& before, const Blocks& during) {
  double excess = 0;  // sum of (count - mean)^2 - mean
  double squares = 0;
  double freedom = 0;
  for (const auto* blocks : {&before, &during}) {
    const auto sum = sum_of(*blocks);
    if (blocks->size() < 2 || sum.count == 0) {
      freedom += blocks->empty() ? 0 : static_cast<double>(blocks->size()) - 1;
      continue;
    }
    const double rate = sum.count / sum.exposure;
    const double correction = static_cast<double>(blocks->size()) / (static_cast<double>(blocks->size()) - 1);
    for (const auto& b : *blocks) {
      const double mean = rate * b.exposure;
      excess += (b.count - mean) * (b.count - mean) * correction - mean;
      squares += mean * mean;
    }
    freedom += static_cast<double>(blocks->size()) - 1;
  }
  const double inverse_size = squares > 0 ? std::max(0.0, excess / squares) : 0;
  const auto first = sum_of(before);
  const auto second = sum_of(during);
  const double rate = (first.count + second.count) / (first.exposure + second.exposure);
  double mean_squares = 0;
  for (const auto* blocks : {&before, &during}) {
    for (const auto& b : *blocks) mean_squares += rate * b.exposure * rate * b.exposure;
  }
  const double means = first.count + second.count;
  const double mean = means / static_cast<double>(before.size() + during.size());
  Dispersion d;
  d.factor = 1 + inverse_size * mean_squares / means;
  // A variance is estimated the worse, the heavier the tails: Var(s^2)/sigma^4 = (2 + excess kurtosis)/n.
  const double kurtosis = 6 * inverse_size + 1 / (mean * d.factor);
  d.freedom = std::max(1.0, freedom * 2 / (2 + kurtosis));
  return d;
}

double term(double count, double expected) { return count > 0 ? count * std::log(count / expected) : 0; }

// The chance of totals that differ as these, under one rate for both windows.
double chance(const Block& before, const Block& during, const Dispersion& d) {
  const double total = before.count + during.count;
  const double share = during.exposure / (before.exposure + during.exposure);
  // Quasi-likelihood: the deviance over the estimated dispersion follows F with its degrees of freedom.
  const double deviance = 2 * (term(before.count, total * (1 - share)) + term(during.count, total * share));
  const double by_deviance = f_tail(deviance / d.factor, d.freedom);
  // Exact given the total, for counts too small for that: as many independent events as the dispersion
  // leaves.
  const double n = total / d.factor;
  const double k = during.count / d.factor;
  const double by_binomial =
      std::min(1.0, 2 * std::min(binomial_upper_tail(k, n, share), binomial_lower_tail(k, n, share)));
  return std::max(by_deviance, by_binomial);
}

CountComparison compare(const TwoCounts& item, const Exposures& exposures) {
  CountComparison result;
  const auto before = blocks_of(item.before, exposures.before, 1);
  const auto during = blocks_of(item.during, exposures.during, 1);
  const auto first = sum_of(before);
  const auto second = sum_of(during);
  result.before = static_cast<std::uint64_t>(first.count);
  result.during = static_cast<std::uint64_t>(second.count);
  if (before.empty() || during.empty() || first.count + second.count == 0) return result;
  result.rate_before = first.count / first.exposure;
  result.rate_during = second.count / second.exposure;
  result.ratio =
      result.before == 0 ? std::numeric_limits<double>::infinity() : result.rate_during / result.rate_before;
  const auto each = dispersion_of(before, during);
  auto widest = each;
  result.p = chance(first, second, each);
  for (std::size_t length = 2;; length *= 2) {
    const auto a = blocks_of(item.before, exposures.before, length);
    const auto b = blocks_of(item.during, exposures.during, length);
    if (a.size() + b.size() < kBlocksMin) break;
    const auto d = dispersion_of(a, b);
    // More than chance would make of it: counts last for several bins, and only these blocks are independent.
    const bool lasting = d.factor > each.factor * (1 + kSlack * std::sqrt(2 / d.freedom));
    if (lasting) result.p = std::max(result.p, chance(first, second, d));
    if (d.factor > widest.factor) widest.factor = d.factor;
  }
  result.p = std::max(result.p, chance(first, second, widest));
  result.dispersion = widest.factor;
  return result;
}

Shift shift_of(const CountComparison& c, double ratio_min) {
  if (c.before == 0) return Shift::kNew;
  if (c.during == 0) return Shift::kGone;
  if (c.ratio >= ratio_min) return Shift::kSurged;
  return c.ratio <= 1 / ratio_min ? Shift::kFallen : Shift::kNone;
}

}  // namespace

std::string_view name_of(Shift shift) {
  switch (shift) {
    case Shift::kNew:
      return "new";
    case Shift::kGone:
      return "gone";
    case Shift::kSurged:
      return "surged";
    case Shift::kFallen:
      return "fallen";
    case Shift::kNone:
      break;
  }
  return "none";
}

std::vector<double> false_discovery_rates(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p[a] < p[b]; });
  std::vector<double> q(p.size(), 1);
  double smallest = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const auto i = order[rank - 1];
    smallest = std::min(smallest, p[i] * static_cast<double>(p.size()) / static_cast<double>(rank));
    q[i] = smallest;
  }
  return q;
}

std::vector<CountComparison> compare_counts(std::span<const TwoCounts> items, const Exposures& exposures,
                                            const ComparisonOptions& options) {
  std::vector<CountComparison> results;
  std::vector<double> p;
  for (const auto& item : items) {
    results.push_back(compare(item, exposures));
    p.push_back(results.back().p);
  }
  const auto q = false_discovery_rates(p);
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].q = q[i];
    if (q[i] <= options.false_discovery_rate) results[i].shift = shift_of(results[i], options.ratio_min);
  }
  return results;
}

}  // namespace culprit
