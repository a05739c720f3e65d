// Speed of the diagnosis of tables: a week of a system of ordinary size, and a screen of ten thousand series.
//
//   rca_speed week | screen | write FILE
//
// `write` puts the screened series into a file as doubles, for the peer (screen.py) to measure on the same
// numbers.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string_view>

#include "causes/rank_causes.h"
#include "causes/signal_meaning.h"
#include "metrics/change_screen.h"

namespace culprit::bench {
namespace {

constexpr std::size_t kComponents = 41;
constexpr std::size_t kWeekRows = 7 * 24 * 60;
constexpr std::size_t kTemplateRates = 200;
constexpr std::size_t kScreenedSeries = 10'000;
constexpr std::size_t kScreenedRows = 1440;
constexpr std::size_t kScreenedWindow = 30;
constexpr std::int64_t kStart_ms = 1'700'000'040'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double peak_memory_MB() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

MetricTable week() {
  std::mt19937 random(1);
  std::normal_distribution<double> noise;
  MetricTable table;
  const auto add = [&](const std::string& component, const std::string& metric, double level, double during) {
    const auto named = meaning_of(metric);
    ComponentSignal s{component, metric, std::string(named.statistic), {}, named.meaning, {}};
    s.points.reserve(kWeekRows);
    for (std::size_t row = 0; row < kWeekRows; ++row) {
      const double day = 1 + 0.2 * std::sin(static_cast<double>(row) / 1440 * 6.283);
      const bool out = row + 40 >= kWeekRows && row + 20 < kWeekRows;
      s.points.push_back({from_epoch_ms(kStart_ms + 60'000 * static_cast<std::int64_t>(row)),
                          level * day * (1 + 0.05 * noise(random)) + (out ? during : 0)});
    }
    table.signals.push_back(std::move(s));
  };
  for (std::size_t c = 0; c < kComponents; ++c) {
    const auto name = fmt::format("component-{:02}", c);
    const bool cause = c == 37;
    const bool caller = c == 0 || c == 18;  // of the cause, directly or not
    add(name, "latency_ms", 50, cause || caller ? 400 : 0);
    add(name, "latency_ms_p99", 200, cause || caller ? 900 : 0);
    add(name, "availability", 99.9, 0);
    add(name, "requests", 1000, 0);
    add(name, "cpu", 30, cause ? 60 : 0);
    if (c > 0) table.calls.push_back({fmt::format("component-{:02}", (c - 1) / 2), name});
  }
  for (std::size_t t = 0; t < kTemplateRates; ++t)
    add(fmt::format("component-{:02}", t % kComponents), fmt::format("template-{:03}", t), 5, 0);
  table.graph_given = true;
  return table;
}

int run_week() {
  const auto table = week();
  const double before_MB = peak_memory_MB();
  const auto start = std::chrono::steady_clock::now();
  const auto aligned = align_table(table);
  if (!aligned) return 1;
  CauseQuestion question;
  const auto& times = aligned->times;
  question.window = {times[times.size() - 45], times[times.size() - 15]};
  const auto ranking = rank_causes(*aligned, question);
  const double seconds = seconds_since(start);
  const double peak_MB = peak_memory_MB();
  if (!ranking || ranking->causes.empty()) return 1;
  fmt::print("bench rca-week ours={:.2f}s peer= ratio= target=<5s met={} (first: {})\n", seconds,
             seconds < 5 ? "yes" : "no", ranking->causes[0].component);
  fmt::print(
      "bench rca-week-memory ours={:.0f}MB peer= ratio= target=<500MB met={} (the table itself {:.0f} MB)\n",
      peak_MB, peak_MB < 500 ? "yes" : "no", before_MB);
  return 0;
}

std::vector<double> screened_series() {
  std::mt19937 random(2);
  std::normal_distribution<double> noise;
  std::vector<double> values(kScreenedSeries * kScreenedRows);
  for (std::size_t s = 0; s < kScreenedSeries; ++s)
    for (std::size_t row = 0; row < kScreenedRows; ++row)
      values[s * kScreenedRows + row] =
          100 + noise(random) + (s % 100 == 0 && row + kScreenedWindow >= kScreenedRows ? 8 : 0);
  return values;
}

int run_screen() {
  const auto values = screened_series();
  double best = 1e9;
  std::size_t changed = 0;
  for (int round = 0; round < 3; ++round) {
    const auto start = std::chrono::steady_clock::now();
    const auto changes =
        screen_changes(values, kScreenedRows, kScreenedRows - kScreenedWindow, kScreenedRows);
    best = std::min(best, seconds_since(start));
    changed = 0;
    for (const auto& c : changes) changed += std::abs(c.score) > 3 ? 1 : 0;
  }
  fmt::print("{:.4f} {}\n", best, changed);
  return 0;
}

int write_series(const char* path) {
  const auto values = screened_series();
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(double)));
  return out ? 0 : 1;
}

}  // namespace
}  // namespace culprit::bench

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "week") return culprit::bench::run_week();
  if (what == "screen") return culprit::bench::run_screen();
  if (what == "write" && argc > 2) return culprit::bench::write_series(argv[2]);
  std::fputs("usage: rca_speed week | screen | write FILE\n", stderr);
  return 2;
}
