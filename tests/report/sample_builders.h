// Tiny builders for sample findings.
#pragma once

#include <cmath>
#include <functional>
#include <string>

#include "diagnosis/findings.h"

namespace culprit::sample {

inline Time at(std::string_view iso) { return parse_iso8601(iso).value(); }

// Reproducible noise in [-1, 1].
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  double next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state_ >> 33U) / static_cast<double>(1ULL << 30U) - 1.0;
  }

 private:
  std::uint64_t state_;
};

inline const Time kStart = at("2025-08-21T22:00:00Z");  // of the data
inline const Time kWindowStart = at("2025-08-21T23:00:00Z");
inline const Time kOnset = at("2025-08-21T23:02:10Z");
inline const Time kWindowEnd = at("2025-08-21T23:10:00Z");
inline const Time kRecovery = at("2025-08-21T23:09:40Z");
inline const Time kEnd = at("2025-08-22T00:00:00Z");

// 0 outside the incident, rising to 1 in two minutes after its onset, falling within three after recovery.
inline double stress(Time t) {
  const double rise = static_cast<double>((t - kOnset).count()) / 120000.0;
  const double fall = 1 - static_cast<double>((t - kRecovery).count()) / 180000.0;
  return std::max(0.0, std::min({1.0, rise, fall}));
}

inline double rounded(double v) { return std::round(v * 10000) / 10000; }

inline Series series(
    MetricId id, std::string statistic, std::string unit, int period_seconds,
    const std::function<double(Time)>& value,
    const std::function<bool(Time)>& held = [](Time) { return true; }) {
  Series s{std::move(id), std::move(statistic), std::move(unit), std::chrono::seconds(period_seconds), {}};
  for (Time t = kStart; t < kEnd; t += std::chrono::seconds(period_seconds))
    if (held(t)) s.points.push_back({t, rounded(value(t))});
  return s;
}

inline std::vector<Datapoint> per_minute(const std::function<double(Time)>& value) {
  std::vector<Datapoint> out;
  for (Time t = kStart; t < kEnd; t += std::chrono::minutes(1))
    out.push_back({t, std::max(0.0, std::floor(value(t)))});
  return out;
}

}  // namespace culprit::sample
