#include "causes/aligned_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

#include "base/printable.h"
#include "causes/signal_meaning.h"
#include "metrics/counter.h"

namespace culprit {

namespace {

constexpr std::size_t kCellsMax = 48'000'000;
constexpr std::int64_t kBitmapRowsMax = 64'000'000;
constexpr std::int64_t kGapRows = 3;     // more missing rows than these begin a new stretch
constexpr std::size_t kPhaseSlots = 12;  // of a step, to see when in it samples are taken
constexpr std::size_t kNameBytesMax = 80;

// Signals in an order that does not depend on the table's, those of one identity joined.
std::vector<ComponentSignal> in_order(const MetricTable& table) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, ComponentSignal> joined;
  for (const auto& s : table.signals) {
    auto& out = joined[{s.component, s.metric, s.statistic, s.caller}];
    if (out.component.empty()) {
      out = s;
    } else {
      out.points.insert(out.points.end(), s.points.begin(), s.points.end());
    }
  }
  std::vector<ComponentSignal> list;
  list.reserve(joined.size());
  for (auto& entry : joined) list.push_back(std::move(entry.second));
  return list;
}

// How often something was wrong, and an example.
class Complaints {
 public:
  void add(std::size_t count, const ComponentSignal& signal) {
    if (count == 0) return;
    count_ += count;
    if (series_++ == 0)
      example_ = fmt::format("{} {}", printable_text(signal.component, kNameBytesMax),
                             printable_text(signal.metric, kNameBytesMax));
  }
  void tell(std::string_view what, std::vector<std::string>& notes) const {
    if (count_ > 0)
      notes.push_back(fmt::format("{} {} in {} series, the first {}", count_, what, series_, example_));
  }

 private:
  std::size_t count_ = 0;
  std::size_t series_ = 0;
  std::string example_;
};

struct Tidied {
  Complaints not_numbers;
  Complaints unsorted;
  Complaints repeated;
};

void tidy(ComponentSignal& signal, Tidied& complaints) {
  auto& points = signal.points;
  const auto before = points.size();
  std::erase_if(points, [](const Datapoint& p) { return !std::isfinite(p.value); });
  complaints.not_numbers.add(before - points.size(), signal);
  const auto earlier = [](const Datapoint& a, const Datapoint& b) { return a.time < b.time; };
  if (!std::is_sorted(points.begin(), points.end(), earlier)) {
    complaints.unsorted.add(1, signal);
    std::stable_sort(points.begin(), points.end(), [](const Datapoint& a, const Datapoint& b) {
      return std::tie(a.time, a.value) < std::tie(b.time, b.value);
    });
  }
  std::size_t repeats = 0;
  for (std::size_t i = 1; i < points.size(); ++i) repeats += points[i].time == points[i - 1].time ? 1 : 0;
  complaints.repeated.add(repeats, signal);
}

// The distance between samples that most series have.
Duration usual_step(const std::vector<ComponentSignal>& signals) {
  std::map<std::int64_t, std::size_t> votes;
  for (const auto& s : signals) {
    std::vector<std::int64_t> steps;
    for (std::size_t i = 1; i < s.points.size(); ++i)
      if (s.points[i].time != s.points[i - 1].time)
        steps.push_back((s.points[i].time - s.points[i - 1].time).count());
    if (steps.empty()) continue;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    const auto second = (*middle + 500) / 1000 * 1000;  // clocks jitter
    ++votes[second > 0 ? second : *middle];
  }
  std::int64_t best = 60'000;
  std::size_t most = 0;
  for (const auto& [step, count] : votes)
    if (count > most) {
      most = count;
      best = step;
    }
  return Duration(best);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Samples are taken at some moment of a step, give or take; rows begin where none are, so that jitter does
// not put two into one row and none into the next.
std::int64_t row_offset(const std::vector<ComponentSignal>& signals, std::int64_t step) {
  if (step < static_cast<std::int64_t>(kPhaseSlots)) return 0;
  std::array<std::size_t, kPhaseSlots> slots{};
  for (const auto& s : signals)
    for (const auto& p : s.points) {
      const auto ms = to_epoch_ms(p.time);
      const auto phase = ms - floor_div(ms, step) * step;
      ++slots[static_cast<std::size_t>(phase * static_cast<std::int64_t>(kPhaseSlots) / step)];
    }
  std::size_t best = 0;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i < kPhaseSlots; ++i) {
    const auto around = slots[(i + kPhaseSlots - 1) % kPhaseSlots] + slots[i];  // a boundary has two sides
    if (around < fewest) {
      fewest = around;
      best = i;
    }
  }
  return static_cast<std::int64_t>(best) * step / static_cast<std::int64_t>(kPhaseSlots);
}

// Rows by number of steps, ascending, only those with data.
std::vector<std::int64_t> rows_with_data(const std::vector<ComponentSignal>& signals, std::int64_t step,
                                         std::int64_t offset) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  const auto row = [&](Time t) { return floor_div(to_epoch_ms(t) - offset, step); };
  for (const auto& s : signals) {
    if (s.points.empty()) continue;
    first = std::min(first, row(s.points.front().time));
    last = std::max(last, row(s.points.back().time));
  }
  std::vector<std::int64_t> rows;
  if (first > last) return rows;
  if (last - first < kBitmapRowsMax) {
    std::vector<bool> seen(static_cast<std::size_t>(last - first + 1), false);
    for (const auto& s : signals)
      for (const auto& p : s.points) seen[static_cast<std::size_t>(row(p.time) - first)] = true;
    for (std::size_t i = 0; i < seen.size(); ++i)
      if (seen[i]) rows.push_back(first + static_cast<std::int64_t>(i));
    return rows;
  }
  for (const auto& s : signals)
    for (const auto& p : s.points) rows.push_back(row(p.time));
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

// Points of a row are averaged: two readings of one moment are two readings. `earliest` is lowered to the
// first of each row.
std::vector<double> on_rows(const ComponentSignal& signal, const std::vector<std::int64_t>& rows,
                            std::int64_t step, std::int64_t offset, const SignalMeaning& meaning,
                            std::vector<Time>& earliest) {
  std::vector<double> values(rows.size(), std::numeric_limits<double>::quiet_NaN());
  std::size_t r = 0;
  double sum = 0;
  std::size_t count = 0;
  const auto put = [&] {
    if (count > 0) values[r] = sum / static_cast<double>(count) * meaning.factor + meaning.offset;
    sum = 0;
    count = 0;
  };
  for (const auto& p : signal.points) {
    const auto row = floor_div(to_epoch_ms(p.time) - offset, step);
    if (rows[r] != row) {
      put();
      r = static_cast<std::size_t>(
          std::lower_bound(rows.begin() + static_cast<std::ptrdiff_t>(r), rows.end(), row) - rows.begin());
    }
    earliest[r] = std::min(earliest[r], p.time);
    sum += p.value;
    ++count;
  }
  put();
  return values;
}

void count_what_counters_count(AlignedSignal& signal, std::vector<std::string>& counters,
                               const std::string& component) {
  if (signal.kind != SignalKind::kTraffic && signal.kind != SignalKind::kFailureCount) return;
  if (!looks_like_counter(signal.values)) return;
  signal.values = counted_per_row(signal.values);
  signal.was_counter = true;
  counters.push_back(fmt::format("{} {}", printable_text(component, kNameBytesMax),
                                 printable_text(signal.metric, kNameBytesMax)));
}

void note_dull_series(const AlignedTable& table, std::vector<std::string>& notes) {
  std::size_t constant = 0;
  std::size_t single = 0;
  std::size_t empty = 0;
  for (const auto& s : table.signals) {
    std::size_t known = 0;
    bool moves = false;
    double first = 0;
    for (const double v : s.values) {
      if (!std::isfinite(v)) continue;
      if (known++ == 0) first = v;
      moves = moves || v != first;
    }
    if (known == 0) ++empty;
    if (known == 1) ++single;
    if (known > 1 && !moves) ++constant;
  }
  if (empty > 0) notes.push_back(fmt::format("{} series hold no value", empty));
  if (single > 0)
    notes.push_back(fmt::format("{} series hold a single value: nothing to compare it with", single));
  if (constant > 0) notes.push_back(fmt::format("{} series never change: they speak for nothing", constant));
}

void note_graph(const MetricTable& table, AlignedTable& out) {
  if (out.graph.unknown_calls() > 0)
    out.notes.push_back(
        fmt::format("{} calls name a component without series: left out", out.graph.unknown_calls()));
  std::string circle;
  std::size_t members = 0;
  for (std::size_t c = 0; c < out.components.size(); ++c) {
    if (!out.graph.in_circle(c)) continue;
    if (members++ < 5)
      circle += (circle.empty() ? "" : ", ") + printable_text(out.components[c], kNameBytesMax);
  }
  if (members > 0)
    out.notes.push_back(
        fmt::format("{} components call each other in a circle ({}{}): none of them explains another",
                    members, circle, members > 5 ? ", …" : ""));
  if (!table.graph_given)
    out.notes.emplace_back("no graph of calls: a component cannot be told from those that depend on it");
}

}  // namespace

Result<AlignedTable> align_table(const MetricTable& table) {
  AlignedTable out;
  out.notes = table.notes;
  out.graph_given = table.graph_given;
  auto signals = in_order(table);
  Tidied complaints;
  for (auto& s : signals) tidy(s, complaints);
  complaints.not_numbers.tell("values are no finite numbers and were dropped", out.notes);
  complaints.unsorted.tell("times were not in order and were sorted", out.notes);
  complaints.repeated.tell("repeated times were averaged", out.notes);

  out.step = usual_step(signals);
  const auto step = out.step.count();
  const auto offset = row_offset(signals, step);
  const auto rows = rows_with_data(signals, step, offset);
  if (rows.empty())
    return fail(ErrorCode::kInput, "no value in the whole table", {}, "Is it the right file?");
  if (rows.size() * signals.size() > kCellsMax)
    return fail(ErrorCode::kInput,
                fmt::format("{} series by {} rows are too many to hold", signals.size(), rows.size()), {},
                "Give a shorter stretch of time, or fewer series.");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.times.push_back(from_epoch_ms((rows[i] + 1) * step + offset));  // lowered to its first sample below
    const bool gap = i > 0 && rows[i] - rows[i - 1] > kGapRows;
    out.stretch.push_back(i == 0 ? 0 : out.stretch.back() + (gap ? 1 : 0));
  }

  for (const auto& s : signals)
    if (out.components.empty() || out.components.back() != s.component) out.components.push_back(s.component);
  std::vector<std::string> counters;
  for (auto& s : signals) {
    const auto at = std::lower_bound(out.components.begin(), out.components.end(), s.component);
    const auto meaning = settle_percentage(s.meaning, s.points);
    AlignedSignal aligned{
        static_cast<std::size_t>(at - out.components.begin()), s.metric, s.statistic, s.caller, meaning.kind,
        on_rows(s, rows, step, offset, meaning, out.times),    false};
    s.points = {};
    count_what_counters_count(aligned, counters, *at);
    out.signals.push_back(std::move(aligned));
  }
  if (!counters.empty())
    out.notes.push_back(
        fmt::format("{} series are counters, the first {}: what they counted between rows was used",
                    counters.size(), counters.front()));
  out.graph = CallGraph(out.components, table.calls);
  note_dull_series(out, out.notes);
  note_graph(table, out);
  return out;
}

}  // namespace culprit
