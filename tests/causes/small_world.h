// A small shop for tests: series of noise about a level, into which a test puts what went wrong.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "causes/rank_causes.h"
#include "causes/signal_meaning.h"

namespace culprit::small_world {

inline constexpr std::int64_t kStart_ms = 1'700'000'040'000;  // a whole minute
inline constexpr std::size_t kRows = 240;
inline constexpr std::size_t kFirst = 200;  // of the window
inline constexpr std::size_t kLast = 210;

inline Time row_time(std::size_t row) {
  return from_epoch_ms(kStart_ms + 60'000 * static_cast<std::int64_t>(row));
}
inline bool in_window(std::size_t row) { return row >= kFirst && row < kLast; }

// A series of `level` with noise of `spread` of it, plus what `disturbance` adds.
inline ComponentSignal series(std::string component, std::string metric, double level, double spread,
                              const std::function<double(std::size_t)>& disturbance = {}) {
  const auto named = meaning_of(metric);
  ComponentSignal out{component, metric, std::string(named.statistic), {}, named.meaning, {}};
  std::mt19937 random(static_cast<unsigned>(std::hash<std::string>{}(component + metric)));
  std::normal_distribution<double> noise(0, spread * level);
  for (std::size_t row = 0; row < kRows; ++row)
    out.points.push_back({row_time(row), level + noise(random) + (disturbance ? disturbance(row) : 0)});
  return out;
}

inline std::function<double(std::size_t)> during_window(double amount) {
  return [amount](std::size_t row) { return in_window(row) ? amount : 0.0; };
}

// front -> cart -> store, front -> ads. Latencies in seconds, each waits for what it calls.
struct Delays {
  double front = 0, cart = 0, store = 0, ads = 0;
};
inline MetricTable shop(const Delays& added = {}) {
  MetricTable table;
  const double store = added.store;
  const double cart = added.cart + store;
  const double front = added.front + cart + added.ads;
  table.signals = {series("front", "latency", 0.200, 0.05, during_window(front)),
                   series("cart", "latency", 0.080, 0.05, during_window(cart)),
                   series("store", "latency", 0.020, 0.05, during_window(store)),
                   series("ads", "latency", 0.030, 0.05, during_window(added.ads))};
  for (const char* component : {"front", "cart", "store", "ads"})
    table.signals.push_back(series(component, "requests", 100, 0.02));
  table.calls = {{"front", "cart"}, {"cart", "store"}, {"front", "ads"}};
  table.graph_given = true;
  return table;
}

inline CauseQuestion question() {
  CauseQuestion out;
  out.window = {row_time(kFirst), row_time(kLast)};
  return out;
}

inline CauseRanking ask(const MetricTable& table, const CauseQuestion& about = question()) {
  const auto aligned = align_table(table);
  if (!aligned) {
    CauseRanking refused;
    refused.reason = aligned.error().what;
    return refused;
  }
  const auto ranking = rank_causes(*aligned, about);
  if (ranking) return *ranking;
  CauseRanking refused;
  refused.reason = ranking.error().what;
  return refused;
}

inline std::string first_cause(const CauseRanking& ranking) {
  return ranking.causes.empty() ? "none" : ranking.causes.front().component;
}

}  // namespace culprit::small_world
