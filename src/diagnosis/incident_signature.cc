#include "diagnosis/incident_signature.h"

#include <algorithm>
#include <cmath>

#include "diagnosis/case_file.h"
#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kFewestMinutesBefore = 3;
constexpr std::size_t kFewestAgreeing = 3;
constexpr std::int64_t kAtOnce_s = 60;

struct Rows {
  std::vector<RowRange> inside, outside;
};

Rows rows_of(const CaseFile& file) {
  const auto& f = file.findings;
  const auto& grid = file.seen.grid;
  Window incident = f.window;
  if (f.verdict == Verdict::kIncident && f.onset) incident.start = *f.onset;
  if (f.verdict == Verdict::kIncident && f.recovery && *f.recovery > incident.start)
    incident.end = *f.recovery;
  const auto minutes = grid.range(incident);
  Rows out;
  if (minutes.empty()) return out;
  out.inside.push_back({minutes.first, minutes.last - 1});
  if (minutes.first >= kFewestMinutesBefore)
    out.outside.push_back({0, minutes.first - 1});
  else if (minutes.last < grid.size())
    out.outside.push_back({minutes.last, grid.size() - 1});
  return out;
}

SignalRows rows_of_signal(const Signal& signal, const Rows& rows) {
  SignalRows out{signal.name, signal.minutes, 0};
  const auto [from, to] = rows.outside[0];
  // Of states only the window is known; what they count should not be, so none is usual.
  if (signal.from == Signal::From::kState)
    std::fill(out.values.begin() + static_cast<std::ptrdiff_t>(from),
              out.values.begin() + static_cast<std::ptrdiff_t>(to) + 1, 0);
  std::vector<double> usual;
  for (std::size_t i = from; i <= to; ++i)
    if (!std::isnan(out.values[i])) usual.push_back(out.values[i]);
  if (!usual.empty()) out.least_spread = everyday_spread(signal, median(std::move(usual)));
  return out;
}

}  // namespace

double kept(double spreads) {
  constexpr double kNothing = 0.005, kMost = 1e6;
  if (!(std::abs(spreads) >= kNothing)) return 0;
  const double cut = std::clamp(spreads, -kMost, kMost);
  const double scale = std::pow(10, 3 - std::floor(std::log10(std::abs(cut))));
  return std::round(cut * scale) / scale;
}

IncidentSignature sign_incident(const CaseFile& file) {
  IncidentSignature out;
  const auto rows = rows_of(file);
  if (rows.inside.empty() || rows.outside.empty()) return out;
  std::vector<SignalRows> signals;
  for (const auto& [name, signal] : file.seen.signals)
    if (signal.minutes.size() == file.seen.grid.size()) signals.push_back(rows_of_signal(signal, rows));
  std::optional<Time> first;
  std::vector<std::optional<Time>> onsets;
  for (const auto& shift : signature_of(signals, rows.inside, rows.outside).shifts) {
    out.signals.push_back({shift.name, kept(shift.spreads), std::nullopt});
    auto& onset = onsets.emplace_back();
    if (std::abs(shift.spreads) < kMovedSpreads) continue;
    const auto excursion = find_excursion(*file.signal(shift.name), file.seen, shift.spreads < 0);
    if (!excursion) continue;
    onset = excursion->onset;
    if (!first || *onset < *first) first = onset;
  }
  for (std::size_t i = 0; i < onsets.size(); ++i)
    if (onsets[i])
      out.signals[i].onset_s = std::chrono::floor<std::chrono::seconds>(*onsets[i] - *first).count();
  return out;
}

ShiftSignature shape_of(const IncidentSignature& signature) {
  ShiftSignature out;
  for (const auto& s : signature.signals) out.shifts.push_back({s.name, s.spreads});
  return out;
}

namespace {

std::optional<std::int64_t> onset_of(const IncidentSignature& signature, std::string_view name) {
  const auto at = std::ranges::lower_bound(signature.signals, name, {}, &SignatureSignal::name);
  return at != signature.signals.end() && at->name == name ? at->onset_s : std::nullopt;
}

// -1 before, 1 after, 0 at once.
int order(std::int64_t a_s, std::int64_t b_s) {
  if (a_s - b_s >= kAtOnce_s) return 1;
  return b_s - a_s >= kAtOnce_s ? -1 : 0;
}

std::optional<double> same_order(const IncidentSignature& a, const IncidentSignature& b,
                                 const std::vector<SignalAgreement>& agree) {
  std::vector<std::pair<std::int64_t, std::int64_t>> onsets_s;
  for (const auto& signal : agree) {
    const auto in_a = onset_of(a, signal.name);
    const auto in_b = onset_of(b, signal.name);
    if (in_a && in_b) onsets_s.emplace_back(*in_a, *in_b);
  }
  double pairs = 0, same = 0;
  for (std::size_t i = 0; i < onsets_s.size(); ++i)
    for (std::size_t j = i + 1; j < onsets_s.size(); ++j) {
      const int in_a = order(onsets_s[i].first, onsets_s[j].first);
      const int in_b = order(onsets_s[i].second, onsets_s[j].second);
      if (in_a == 0 || in_b == 0) continue;
      pairs += 1;
      same += in_a == in_b ? 1 : 0;
    }
  return pairs > 0 ? std::optional(same / pairs) : std::nullopt;
}

}  // namespace

IncidentLikeness compare(const IncidentSignature& a, const IncidentSignature& b) {
  IncidentLikeness out{compare_signatures(shape_of(a), shape_of(b)), std::nullopt};
  out.shape.likeness = kept(out.shape.likeness);
  out.same_order = same_order(a, b, out.shape.agree);
  return out;
}

bool same_shape(const IncidentLikeness& likeness) {
  return likeness.shape.likeness >= kSameShape && likeness.shape.agree.size() >= kFewestAgreeing;
}

}  // namespace culprit
