#include "diagnosis/incident_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace culprit {

namespace {

ComparedIncident incident_of(const Findings& f, const std::string& name) {
  ComparedIncident out;
  out.name = name;
  out.system = f.system.name;
  out.zone = f.zone;
  out.window = f.window;
  out.verdict = f.verdict;
  out.severity = f.severity;
  out.onset = f.onset;
  out.recovery = f.recovery;
  for (const auto& h : f.hypotheses) {
    if (h.role == CauseRole::kPrimary) {
      out.cause = h.cause;
      out.title = h.title;
      out.confidence = h.confidence;
    } else if (h.role != CauseRole::kNone) {
      out.further_causes.push_back(h.cause);
    }
  }
  return out;
}

bool moved(const std::optional<double>& spreads) { return spreads && std::abs(*spreads) >= kMovedSpreads; }

// The sum of what it moved, so that the table begins with what matters.
double weight(const SignalAcross& signal) {
  double out = 0;
  for (const auto& s : signal.spreads) out += s ? std::abs(evened_out(*s)) : 0;
  return out;
}

bool moved_alike(const SignalAcross& signal) {
  std::size_t known = 0, up = 0, down = 0;
  for (const auto& s : signal.spreads) {
    known += s ? 1 : 0;
    up += moved(s) && *s > 0 ? 1 : 0;
    down += moved(s) && *s < 0 ? 1 : 0;
  }
  return known >= 2 && (up == known || down == known);
}

std::map<std::string, SignalAcross> signals_across(const std::vector<Findings>& findings) {
  std::map<std::string, SignalAcross> out;
  for (std::size_t i = 0; i < findings.size(); ++i)
    for (const auto& s : findings[i].signature.signals) {
      auto& across = out[s.name];
      across.name = s.name;
      across.spreads.resize(findings.size());
      across.onset_s.resize(findings.size());
      across.spreads[i] = s.spreads;
      across.onset_s[i] = s.onset_s;
    }
  return out;
}

// Signals that every incident dates, in the order in which they came in one.
std::vector<std::string> order_in(std::size_t incident, const std::vector<SignalAcross>& signals) {
  std::vector<std::pair<std::int64_t, std::string>> dated;
  for (const auto& s : signals)
    if (std::ranges::all_of(s.onset_s, [](const auto& onset) { return onset.has_value(); }))
      dated.emplace_back(*s.onset_s[incident], s.name);
  std::ranges::sort(dated);
  std::vector<std::string> out;
  for (auto& [onset_s, name] : dated) out.push_back(std::move(name));
  return out;
}

template <class Member>
bool all_the_same(const std::vector<ComparedIncident>& incidents, Member member) {
  return std::ranges::all_of(
      incidents, [&](const ComparedIncident& i) { return i.*member == incidents.front().*member; });
}

}  // namespace

IncidentComparison compare_incidents(const std::vector<Findings>& findings,
                                     const std::vector<std::string>& names) {
  IncidentComparison out;
  for (std::size_t i = 0; i < findings.size(); ++i)
    out.incidents.push_back(incident_of(findings[i], names[i]));
  for (std::size_t a = 0; a < findings.size(); ++a)
    for (std::size_t b = a + 1; b < findings.size(); ++b) {
      const auto likeness = compare(findings[a].signature, findings[b].signature);
      out.pairs.push_back({a, b, likeness.shape.likeness, same_shape(likeness), likeness.same_order});
    }
  for (auto& [name, signal] : signals_across(findings)) {
    if (std::ranges::none_of(signal.spreads, moved)) continue;
    auto& list = moved_alike(signal) ? out.alike : out.differ;
    list.push_back(std::move(signal));
  }
  const auto weightier = [](const SignalAcross& a, const SignalAcross& b) {
    const double x = weight(a), y = weight(b);
    return x != y ? x > y : a.name < b.name;
  };
  std::ranges::sort(out.alike, weightier);
  std::ranges::sort(out.differ, weightier);
  for (std::size_t i = 0; i < out.incidents.size(); ++i) out.incidents[i].order = order_in(i, out.alike);
  out.same_cause =
      !out.incidents.front().cause.empty() && all_the_same(out.incidents, &ComparedIncident::cause);
  out.same_severity =
      !out.incidents.front().severity.empty() && all_the_same(out.incidents, &ComparedIncident::severity);
  out.same_verdict = all_the_same(out.incidents, &ComparedIncident::verdict);
  return out;
}

}  // namespace culprit
