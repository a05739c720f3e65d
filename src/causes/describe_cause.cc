#include "causes/describe_cause.h"

#include <algorithm>
#include <cmath>

#include "metrics/change_onset.h"
#include "metrics/normal_level.h"

namespace culprit {

namespace {

constexpr std::size_t kMovedMax = 5;
constexpr double kMovedScoreMin = 3;  // robust deviations

double sum_over_window(const std::vector<double>& values, const AskedRows& asked) {
  double sum = 0;
  for (std::size_t i = asked.first; i < asked.last; ++i)
    if (std::isfinite(values[i])) sum += values[i];
  return sum;
}

// The component's loudest part of a voice; or, when nobody measures it, that of a caller in which it may
// hide.
const WeighedPart* part_about(const WeighedVoice& voice, std::size_t component) {
  const WeighedPart* own = nullptr;
  const WeighedPart* callers = nullptr;
  for (const auto& part : voice.parts) {
    const auto& hidden = part.excess->unmeasured;
    const bool hides = std::find(hidden.begin(), hidden.end(), component) != hidden.end();
    auto*& best = part.excess->component == component ? own : callers;
    if (part.excess->component != component && !hides) continue;
    if (best == nullptr || part.times_noise > best->times_noise) best = &part;
  }
  return own != nullptr ? own : callers;
}

void add_evidence(const CauseContext& context, std::size_t component, RankedCause& cause) {
  for (const auto& voice : context.voices) {
    const auto* best = part_about(voice, component);
    if (best == nullptr) continue;
    const bool hidden = best->excess->component != component;
    if (voice.share[component] == 0 && (hidden || best->times_noise < 1)) continue;
    VoiceEvidence e;
    e.voice = voice.voice;
    e.what = best->excess->what;
    e.total = sum_over_window(best->excess->total, context.asked);
    e.own = sum_over_window(best->excess->own, context.asked);
    e.usual = best->excess->usual * static_cast<double>(context.asked.last - context.asked.first);
    e.strength = best->strength;
    e.noise = best->noise;
    e.times_noise = best->times_noise;
    e.share = voice.share[component];
    e.weight = voice.weight;
    e.per_request = voice.per_request;
    if (hidden) e.hidden_in = context.table.components[best->excess->component];
    cause.evidence.push_back(std::move(e));
  }
  std::stable_sort(
      cause.evidence.begin(), cause.evidence.end(),
      [](const VoiceEvidence& a, const VoiceEvidence& b) { return a.weight * a.share > b.weight * b.share; });
}

std::optional<MovedSignal> moved(const CauseContext& context, const AlignedSignal& signal) {
  const auto level = normal_level(signal.values, context.table.times, context.asked.quiet);
  if (level.samples == 0) return std::nullopt;
  const auto rows = context.asked.last - context.asked.first;
  std::vector<double> up(rows);
  std::vector<double> down(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = context.asked.first + i;
    up[i] = signal.values[row] - level.expected[row];
    down[i] = -up[i];
  }
  const auto rise = strongest_run(up);
  const auto fall = strongest_run(down);
  const auto& run = fall.strength > rise.strength ? fall : rise;
  MovedSignal out{signal.metric, signal.statistic, signal.caller, signal.kind, level.centre, 0, 0, {}};
  double sum = 0;
  std::size_t known = 0;
  std::size_t peak = context.asked.first + run.first;
  for (std::size_t i = run.first; i < run.first + run.rows; ++i) {
    const auto row = context.asked.first + i;
    if (!std::isfinite(signal.values[row])) continue;
    sum += signal.values[row];
    ++known;
    if (!std::isfinite(signal.values[peak]) || std::abs(up[i]) > std::abs(up[peak - context.asked.first]))
      peak = row;
  }
  if (known == 0) return std::nullopt;
  out.during = sum / static_cast<double>(known);
  out.peak = context.table.times[peak];
  // A series that never moved before has no spread: its own size is the measure then.
  const double spread = level.spread > 0 ? level.spread : std::max(std::abs(level.centre) * 0.02, 1e-12);
  out.score = (out.during - level.centre) / spread;
  return out;
}

void add_moved(const CauseContext& context, std::size_t component, RankedCause& cause) {
  for (const auto& signal : context.table.signals) {
    if (signal.component != component) continue;
    if (auto m = moved(context, signal); m && std::abs(m->score) >= kMovedScoreMin) cause.moved.push_back(*m);
  }
  std::stable_sort(cause.moved.begin(), cause.moved.end(), [](const MovedSignal& a, const MovedSignal& b) {
    return std::abs(a.score) > std::abs(b.score);
  });
  if (cause.moved.size() > kMovedMax) cause.moved.resize(kMovedMax);
}

void add_onset(const CauseContext& context, std::size_t component, RankedCause& cause) {
  if (cause.evidence.empty()) return;
  const auto voice_of_it = cause.evidence.front().voice;
  const WeighedPart* best = nullptr;
  for (const auto& voice : context.voices)
    for (const auto& part : voice.parts)
      if (voice.voice == voice_of_it && part.excess->component == component &&
          (best == nullptr || part.times_noise > best->times_noise))
        best = &part;
  if (best == nullptr || best->run.rows == 0) return;
  const auto& own = best->excess->own;
  std::size_t peak = best->run.first;
  for (std::size_t i = best->run.first; i < best->run.first + best->run.rows; ++i)
    if (std::isfinite(own[i]) && (!std::isfinite(own[peak]) || own[i] > own[peak])) peak = i;
  std::size_t floor = peak;
  while (floor > 0 && context.table.stretch[floor - 1] == context.table.stretch[peak]) --floor;
  const auto onset = change_onset(own, peak, floor, best->noise, best->noise / 2);
  if (!onset) return;
  const auto& times = context.table.times;
  // It began after the last row that was ordinary: a sample may stand for its row's start or for all of it.
  const Time earliest = onset->earliest > floor ? times[onset->earliest - 1] : times[onset->earliest];
  cause.onset =
      OnsetRange{earliest, times[onset->row] + context.table.step, onset->row < context.asked.first};
}

}  // namespace

void describe_cause(const CauseContext& context, std::size_t component, RankedCause& cause) {
  add_evidence(context, component, cause);
  add_moved(context, component, cause);
  add_onset(context, component, cause);
}

}  // namespace culprit
