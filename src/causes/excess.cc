#include "causes/excess.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "causes/signal_meaning.h"
#include "metrics/normal_level.h"
#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr double kAlwaysFails = 0.999;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// A series and what it usually is.
struct Known {
  const AlignedSignal* signal = nullptr;
  NormalLevel level;
};

Known known(const AlignedSignal& signal, const AlignedTable& table, const AskedRows& asked) {
  return {&signal, normal_level(signal.values, table.times, asked.quiet)};
}

std::vector<std::vector<const AlignedSignal*>> by_component(const AlignedTable& table, SignalKind kind) {
  std::vector<std::vector<const AlignedSignal*>> out(table.components.size());
  for (const auto& s : table.signals)
    if (s.kind == kind) out[s.component].push_back(&s);
  return out;
}

std::size_t values_in(const AlignedSignal& signal, const AskedRows& asked) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < signal.values.size(); ++i)
    count += asked.quiet[i] && std::isfinite(signal.values[i]) ? 1 : 0;
  return count;
}

// The series of a component's own requests with most values.
const AlignedSignal* fullest(const std::vector<const AlignedSignal*>& signals, const AskedRows& asked) {
  const AlignedSignal* best = nullptr;
  std::size_t most = 0;
  for (const auto* s : signals) {
    if (!s->caller.empty()) continue;
    const auto count = values_in(*s, asked);
    if (best == nullptr || count > most) {
      best = s;
      most = count;
    }
  }
  return best;
}

// What stands for a component's latency: what its callers saw, which includes the way to it; else its own
// word. Of several statistics the one nearest to an average, since waiting adds up and quantiles do not.
std::vector<const AlignedSignal*> latency_signals(const std::vector<const AlignedSignal*>& all,
                                                  const AskedRows& asked) {
  const bool seen_by_callers =
      std::any_of(all.begin(), all.end(), [](const AlignedSignal* s) { return !s->caller.empty(); });
  int best = std::numeric_limits<int>::max();
  std::vector<const AlignedSignal*> out;
  for (const auto* s : all) {
    if (s->caller.empty() == seen_by_callers) continue;
    const auto rank = latency_statistic_rank(s->statistic);
    if (rank < best) out.clear();
    best = std::min(best, rank);
    if (rank == best) out.push_back(s);
  }
  if (!seen_by_callers && out.size() > 1) {
    std::stable_sort(out.begin(), out.end(), [&](const AlignedSignal* a, const AlignedSignal* b) {
      return values_in(*a, asked) > values_in(*b, asked);
    });
    out.resize(1);
  }
  return out;
}

// Requests a row, by component; empty when its traffic is not known.
class Traffic {
 public:
  Traffic(const AlignedTable& table, const AskedRows& asked) {
    const auto signals = by_component(table, SignalKind::kTraffic);
    for (std::size_t c = 0; c < signals.size(); ++c) {
      const auto* s = fullest(signals[c], asked);
      if (s == nullptr) continue;
      auto k = known(*s, table, asked);
      if (k.level.samples > 0) known_.emplace(c, std::move(k));
    }
  }
  bool any() const { return !known_.empty(); }
  const Known* of(std::size_t component) const {
    const auto found = known_.find(component);
    return found == known_.end() ? nullptr : &found->second;
  }
  double usual(std::size_t component) const {
    const auto* k = of(component);
    return k == nullptr ? 1.0 : k->level.centre;
  }
  // A row whose traffic is missing had the usual; a component without traffic counts one request a row.
  double at(std::size_t component, std::size_t row) const {
    const auto* k = of(component);
    if (k == nullptr) return 1.0;
    const double v = k->signal->values[row];
    return std::isfinite(v) ? v : k->level.expected[row];
  }

 private:
  std::map<std::size_t, Known> known_;
};

Excess waiting_of(std::size_t component, const std::vector<const AlignedSignal*>& signals,
                  const AlignedTable& table, const AskedRows& asked, const Traffic& traffic) {
  Excess out;
  out.component = component;
  std::vector<Known> all;
  for (const auto* s : latency_signals(signals, asked)) {
    auto k = known(*s, table, asked);
    if (k.level.samples == 0) continue;
    out.samples = std::max(out.samples, k.level.samples);
    out.what = s->metric;
    out.usual += k.level.centre;
    all.push_back(std::move(k));
  }
  if (all.empty()) return out;
  out.usual *= traffic.usual(component) / static_cast<double>(all.size());
  out.total.assign(table.times.size(), kUnknown);
  for (std::size_t i = 0; i < out.total.size(); ++i) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& k : all) {
      if (!std::isfinite(k.signal->values[i])) continue;
      sum += k.signal->values[i] - k.level.expected[i];
      ++count;
    }
    if (count > 0) out.total[i] = sum / static_cast<double>(count) * traffic.at(component, i);
  }
  return out;
}

Excess failures_of(std::size_t component, const std::vector<const AlignedSignal*>& shares,
                   const std::vector<const AlignedSignal*>& counts, const AlignedTable& table,
                   const AskedRows& asked, const Traffic& traffic) {
  Excess out;
  out.component = component;
  const auto* count = fullest(counts, asked);
  const auto* share = fullest(shares, asked);
  const bool counted = count != nullptr && (share == nullptr || traffic.of(component) == nullptr);
  const auto* s = counted ? count : share;
  if (s == nullptr) return out;
  const auto k = known(*s, table, asked);
  out.samples = k.level.samples;
  out.what = s->metric;
  // What always fails does not tell when it does.
  if (!counted && k.level.centre >= kAlwaysFails && k.level.spread == 0) out.samples = 0;
  if (out.samples == 0) return out;
  out.usual = counted ? k.level.centre : k.level.centre * traffic.usual(component);
  out.total.assign(table.times.size(), kUnknown);
  for (std::size_t i = 0; i < out.total.size(); ++i)
    if (std::isfinite(s->values[i]))
      out.total[i] = (s->values[i] - k.level.expected[i]) * (counted ? 1.0 : traffic.at(component, i));
  return out;
}

// own = total less what callees did beyond their usual; callees in one's own circle explain nothing.
void subtract_callees(VoiceExcess& voice, const AlignedTable& table,
                      const std::vector<bool>& known_in_normal_times) {
  std::map<std::size_t, const Excess*> measured;
  for (const auto& e : voice.parts)
    if (e.samples > 0) measured.emplace(e.component, &e);
  for (auto& e : voice.parts) {
    e.own = e.total;
    for (const auto callee : table.graph.callees(e.component)) {
      if (table.graph.circle(callee) == table.graph.circle(e.component)) continue;
      const auto found = measured.find(callee);
      if (found == measured.end()) {
        if (known_in_normal_times[callee]) e.unmeasured.push_back(callee);
        continue;
      }
      const auto& part = found->second->total;
      for (std::size_t i = 0; i < e.own.size(); ++i)
        if (std::isfinite(part[i])) e.own[i] -= std::max(part[i], 0.0);
    }
  }
}

std::vector<bool> known_components(const AlignedTable& table, const AskedRows& asked) {
  std::vector<bool> out(table.components.size(), false);
  for (const auto& s : table.signals)
    if (!out[s.component]) out[s.component] = values_in(s, asked) > 0;
  return out;
}

double usual_waiting(const VoiceExcess& voice, std::size_t reference) {
  double largest = 0;
  for (const auto& e : voice.parts) {
    if (e.component == reference && e.samples > 0) return std::abs(e.usual);
    largest = std::max(largest, std::abs(e.usual));
  }
  return largest;
}

VoiceExcess waiting(const AlignedTable& table, const AskedRows& asked, std::size_t reference,
                    const CauseTuning& tuning) {
  const Traffic traffic(table, asked);
  VoiceExcess out{CauseVoice::kWaiting, {}, !traffic.any()};
  const auto signals = by_component(table, SignalKind::kLatency);
  for (std::size_t c = 0; c < signals.size(); ++c)
    if (!signals[c].empty()) out.parts.push_back(waiting_of(c, signals[c], table, asked, traffic));
  subtract_callees(out, table, known_components(table, asked));
  const double least = tuning.waiting_least_share * usual_waiting(out, reference);
  for (auto& e : out.parts) e.least = least;
  return out;
}

VoiceExcess failures(const AlignedTable& table, const AskedRows& asked, const CauseTuning& tuning) {
  const Traffic traffic(table, asked);
  const auto shares = by_component(table, SignalKind::kFailureShare);
  const auto counts = by_component(table, SignalKind::kFailureCount);
  VoiceExcess out{CauseVoice::kFailures, {}, !traffic.any()};
  for (std::size_t c = 0; c < shares.size(); ++c) {
    if (shares[c].empty() && counts[c].empty()) continue;
    out.parts.push_back(failures_of(c, shares[c], counts[c], table, asked, traffic));
    out.per_request = out.per_request && counts[c].empty();
  }
  subtract_callees(out, table, known_components(table, asked));
  for (auto& e : out.parts) e.least = out.per_request ? tuning.failure_share_least : tuning.failures_least;
  return out;
}

// A component that gets its requests while its callees do not get theirs stopped calling them.
VoiceExcess lost_traffic(const AlignedTable& table, const AskedRows& asked, std::size_t reference,
                         const CauseTuning& tuning) {
  const Traffic traffic(table, asked);
  VoiceExcess out{CauseVoice::kLostTraffic, {}, false};
  for (std::size_t c = 0; c < table.components.size(); ++c) {
    const auto* mine = traffic.of(c);
    std::vector<const Known*> callees;
    double called = 0;
    for (const auto callee : table.graph.callees(c)) {
      const auto* k = traffic.of(callee);
      if (k == nullptr || table.graph.circle(callee) == table.graph.circle(c)) continue;
      callees.push_back(k);
      called += k->level.centre;
    }
    if (mine == nullptr || callees.empty() || !(mine->level.centre > 0)) continue;
    Excess e;
    e.component = c;
    e.what = callees.size() == 1 ? callees[0]->signal->metric : mine->signal->metric;
    e.samples = mine->level.samples;
    e.usual = called;
    e.least = tuning.traffic_least_share *
              std::abs(traffic.of(reference) != nullptr ? traffic.usual(reference) : mine->level.centre);
    const double calls_per_request = std::max(1.0, called / mine->level.centre);
    for (std::size_t i = 0; i < table.times.size(); ++i) {
      double lost = 0;
      for (const auto* k : callees)
        if (std::isfinite(k->signal->values[i]))
          lost += std::max(k->level.expected[i] - k->signal->values[i], 0.0);
      const double v = mine->signal->values[i];
      const double own_loss = std::isfinite(v) ? std::max(mine->level.expected[i] - v, 0.0) : 0.0;
      e.total.push_back(lost);
      e.own.push_back(lost - own_loss * calls_per_request);
    }
    out.parts.push_back(std::move(e));
  }
  return out;
}

VoiceExcess own_load(const AlignedTable& table, const AskedRows& asked, const CauseTuning& tuning) {
  VoiceExcess out{CauseVoice::kOwnLoad, {}, false};
  for (const auto& s : table.signals) {
    if (s.kind != SignalKind::kResource) continue;
    const auto k = known(s, table, asked);
    if (k.level.samples == 0) continue;
    Excess e;
    e.component = s.component;
    e.what = s.metric;
    e.samples = k.level.samples;
    e.usual = k.level.centre;
    e.least = tuning.load_least_share * std::abs(k.level.centre);
    e.total.reserve(s.values.size());
    for (std::size_t i = 0; i < s.values.size(); ++i) e.total.push_back(s.values[i] - k.level.expected[i]);
    e.own = e.total;
    out.parts.push_back(std::move(e));
  }
  return out;
}

}  // namespace

std::string_view name_of(CauseVoice voice) {
  switch (voice) {
    case CauseVoice::kWaiting:
      return "waiting";
    case CauseVoice::kFailures:
      return "failures";
    case CauseVoice::kLostTraffic:
      return "lost-traffic";
    case CauseVoice::kOwnLoad:
      break;
  }
  return "own-load";
}

VoiceExcess excess_of(CauseVoice voice, const AlignedTable& table, const AskedRows& asked,
                      std::size_t reference, const CauseTuning& tuning) {
  switch (voice) {
    case CauseVoice::kWaiting:
      return waiting(table, asked, reference, tuning);
    case CauseVoice::kFailures:
      return failures(table, asked, tuning);
    case CauseVoice::kLostTraffic:
      return lost_traffic(table, asked, reference, tuning);
    case CauseVoice::kOwnLoad:
      break;
  }
  return own_load(table, asked, tuning);
}

std::size_t busiest_component(const AlignedTable& table, const AskedRows& asked) {
  const Traffic traffic(table, asked);
  const auto signals = by_component(table, SignalKind::kLatency);
  std::size_t best = 0;
  double most = -1;
  for (std::size_t c = 0; c < table.components.size(); ++c) {
    double usual = traffic.of(c) != nullptr ? 1e-9 * traffic.usual(c) : 0;
    if (!signals[c].empty()) usual = waiting_of(c, signals[c], table, asked, traffic).usual;
    if (usual > most) {
      most = usual;
      best = c;
    }
  }
  return best;
}

}  // namespace culprit
