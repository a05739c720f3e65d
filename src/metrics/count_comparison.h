// Which of many things came more often, or more seldom, in one window than in another?
//
// Logs are bursty: counts per minute vary more than Poisson's, and one minute's are like the next one's. A
// test that takes them for Poisson calls every burst an incident. So the dispersion of each thing is
// estimated from its counts within the windows, over blocks of several lengths, and its own uncertainty is
// allowed for; and because thousands of things are tested at once, it is the share of false alarms among the
// alarms that is controlled. docs/mining.md describes the test, and what it guarantees.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace culprit {

// Counts of one thing per bin of time, zeros included. All things of one comparison have the same bins.
struct TwoCounts {
  std::span<const std::uint64_t> before;
  std::span<const std::uint64_t> during;
};

// How much could be counted in each bin: its length in minutes, or all messages of a template when its values
// are compared. Of bins with an exposure of 0 the counts are left out.
struct Exposures {
  std::span<const double> before;
  std::span<const double> during;
};

struct ComparisonOptions {
  double false_discovery_rate = 0.05;  // at most this share of those told as shifted are not
  double ratio_min = 1.5;              // a smaller change is none that anybody asks for
};

enum class Shift : std::uint8_t { kNone, kNew, kGone, kSurged, kFallen };
std::string_view name_of(Shift shift);  // "none", "new" …

struct CountComparison {
  std::uint64_t before = 0;
  std::uint64_t during = 0;
  double rate_before = 0;  // per exposure
  double rate_during = 0;
  double ratio = 1;       // during over before; infinite when there was none before
  double dispersion = 1;  // variance over mean of what a window counts; 1 is Poisson's
  double p = 1;           // of a difference like this, or larger, by chance
  double q = 1;           // the smallest false discovery rate at which it would be told
  Shift shift = Shift::kNone;
};

// One result per item, in their order.
std::vector<CountComparison> compare_counts(std::span<const TwoCounts> items, const Exposures& exposures,
                                            const ComparisonOptions& options = {});

// Benjamini and Hochberg, Controlling the False Discovery Rate, J. R. Statist. Soc. B 57 (1995): the q of
// each p.
std::vector<double> false_discovery_rates(std::span<const double> p);

}  // namespace culprit
