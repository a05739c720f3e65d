#include "metrics/normal_level.h"

#include <array>
#include <cmath>
#include <optional>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kSlots = 24;          // of a day
constexpr std::size_t kSlotSamplesMin = 8;  // fewer have no middle worth the name
constexpr std::chrono::hours kHeldMin{72};
constexpr double kSpreadShareMax = 0.8;

std::size_t slot_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return static_cast<std::size_t>((time - day) / std::chrono::hours(24 / kSlots));
}

// The median of each hour of the day; unset when one of them has too few samples.
std::optional<std::array<double, kSlots>> by_hour(std::span<const double> values, std::span<const Time> times,
                                                  const std::vector<bool>& quiet) {
  std::array<std::vector<double>, kSlots> slots;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (quiet[i] && std::isfinite(values[i])) slots[slot_of(times[i])].push_back(values[i]);
  std::array<double, kSlots> medians{};
  for (std::size_t s = 0; s < kSlots; ++s) {
    if (slots[s].size() < kSlotSamplesMin) return std::nullopt;
    medians[s] = median(std::move(slots[s]));
  }
  return medians;
}

}  // namespace

NormalLevel normal_level(std::span<const double> values, std::span<const Time> times,
                         const std::vector<bool>& quiet) {
  NormalLevel out;
  std::vector<double> held;
  std::optional<Time> first;
  Time last{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!quiet[i] || !std::isfinite(values[i])) continue;
    held.push_back(values[i]);
    if (!first) first = times[i];
    last = times[i];
  }
  out.samples = held.size();
  out.centre = median(held);
  out.spread = mad(held, out.centre);
  out.expected.assign(values.size(), out.centre);
  if (!first || last - *first < kHeldMin) return out;
  const auto hours = by_hour(values, times, quiet);
  if (!hours) return out;
  std::vector<double> rest;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (quiet[i] && std::isfinite(values[i])) rest.push_back(values[i] - (*hours)[slot_of(times[i])]);
  const double spread = mad(rest, 0);
  if (!(spread < kSpreadShareMax * out.spread)) return out;
  out.spread = spread;
  out.by_time_of_day = true;
  for (std::size_t i = 0; i < values.size(); ++i) out.expected[i] = (*hours)[slot_of(times[i])];
  return out;
}

}  // namespace culprit
