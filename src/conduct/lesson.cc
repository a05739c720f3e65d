#include "conduct/lesson.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "conduct/system_patch.h"
#include "diagnosis/phrasing.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

constexpr std::size_t kSymptomsMax = 5;
constexpr double kTimesMin = 1.3;  // what was reached in the incident, over what was reached before
// All symptoms together give 5 over a prior of -3, near 99 %; one alone stays at or below 0.
constexpr double kLogOdds = 8, kLogOddsMax = 3;

struct Moved {
  const Signal* signal = nullptr;
  double spreads = 0;
  std::optional<std::int64_t> onset_s;
  bool up = true;
  double before = 0, during = 0, bound = 0;
};

// Three digits are enough for a bound between two values that lie apart.
double rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 2 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

std::optional<Moved> tell_apart(const Signal& signal, const SignatureSignal& shift,
                                const Observations& seen) {
  Moved out{&signal, shift.spreads, shift.onset_s, shift.spreads > 0, 0, 0, 0};
  const auto how = out.up ? Predicate::Aggregate::kMax : Predicate::Aggregate::kMin;
  const auto before = aggregate(signal, seen.grid.range(seen.baseline), how);
  const auto during = aggregate(signal, seen.grid.range(seen.window), how);
  if (!before || !during) return std::nullopt;
  out.before = *before;
  out.during = *during;
  const double less = out.up ? out.before : out.during, more = out.up ? out.during : out.before;
  if (!(more > less) || less < 0 || more < less * kTimesMin) return std::nullopt;
  out.bound = rounded(less + (more - less) / 2);
  if (out.bound <= less || out.bound >= more) return std::nullopt;
  return out;
}

std::vector<Moved> movers(const Observations& seen, const Findings& findings) {
  std::vector<Moved> out;
  for (const auto& shift : findings.signature.signals) {
    const auto found = seen.signals.find(shift.name);
    if (found == seen.signals.end() || std::abs(shift.spreads) < kMovedSpreads || is_traffic(found->second))
      continue;
    if (auto moved = tell_apart(found->second, shift, seen)) out.push_back(*moved);
  }
  std::ranges::stable_sort(
      out, [](const Moved& a, const Moved& b) { return std::abs(a.spreads) > std::abs(b.spreads); });
  if (out.size() > kSymptomsMax) out.resize(kSymptomsMax);
  return out;
}

std::string says(const Moved& m, const System& system) {
  return fmt::format("{} {} {}", name_of(*m.signal, system).many, m.up ? "above" : "below",
                     wording::value(m.bound, m.signal->unit));
}

// What people said goes into a sentence in which {…} and ${…} would mean something.
std::string plain(std::string_view text) {
  std::string out = one_line(text);
  std::ranges::replace(out, '{', '(');
  std::ranges::replace(out, '}', ')');
  std::erase(out, '$');
  while (!out.empty() && (out.back() == '.' || out.back() == ' ')) out.pop_back();
  return out;
}

}  // namespace

std::string slug(std::string_view text) {
  constexpr std::size_t kLettersMax = 40;
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter)
      out += c;
    else if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  if (out.size() > kLettersMax)
    out = out.substr(0, out.find_last_of('-', kLettersMax) == std::string::npos
                            ? kLettersMax
                            : out.find_last_of('-', kLettersMax));
  while (!out.empty() && out.back() == '-') out.pop_back();
  if (out.empty() || (out.front() >= '0' && out.front() <= '9'))
    out = "learned" + (out.empty() ? "" : "-" + out);
  return out;
}

Result<Lesson> learn_issue(const System& system, const Observations& seen, const Findings& findings,
                           std::string_view cause) {
  const auto moved = movers(seen, findings);
  if (moved.size() < 2)
    return fail(
        ErrorCode::kInput,
        fmt::format("{} of the incident can be told from the time before it: too little to know it by",
                    wording::plural(moved.size(), "signal", "signals")),
        "", "Write the known issue by hand (docs/system-file.md), or collect more of what the system does.");
  const auto first =
      std::ranges::min_element(moved, {}, [](const Moved& m) { return m.onset_s.value_or(INT64_MAX); });
  const std::string title = capitalised(plain(cause));
  Lesson out;
  out.id = slug(cause);
  for (int n = 2; std::ranges::any_of(system.known_issues, [&](const auto& i) { return i.id == out.id; });
       ++n)
    out.id = fmt::format("{}-{}", slug(cause), n);
  out.yaml = fmt::format("id: {}\nfamily: learned\ntitle: {}\ncomponent: {}\nsummary: {}\nsymptoms:\n",
                         out.id, yaml_quoted(title), first->signal->component, yaml_quoted(title + "."));
  const double weight =
      std::min(kLogOddsMax, std::round(10 * kLogOdds / static_cast<double>(moved.size())) / 10);
  for (const auto& m : moved) {
    const bool furthest = &m == &moved.front();
    out.yaml += fmt::format(
        "  - when: {{signal: {}, aggregate: {}, {}: {}}}\n    says: {}\n    weight: {}\n{}", m.signal->name,
        m.up ? "max" : "min", m.up ? "above" : "below", m.bound, yaml_quoted(says(m, system)), weight,
        furthest ? "    absent: -3\n    required: true\n" : "");
    out.because.push_back(fmt::format("{}: {} before, {} in the incident", name_of(*m.signal, system).many,
                                      wording::value(m.before, m.signal->unit),
                                      wording::value(m.during, m.signal->unit)));
  }
  const auto& top = moved.front();
  out.yaml +=
      fmt::format("refute:\n  text: {}\n  culprit: culprit explain CAPSULE {}\n",
                  yaml_quoted(fmt::format("If {} did not go {} what is usual, it is something else.",
                                          name_of(*top.signal, system).many, top.up ? "above" : "below")),
                  top.signal->name);
  return out;
}

std::optional<Lesson> learn_alarm(const System& system, const std::vector<TuningResult>& tuned,
                                  std::string_view cause, std::string_view severity) {
  const Tuned* best = nullptr;
  const SystemMetric* of = nullptr;
  for (const auto& result : tuned) {
    if (result.proposals.empty()) continue;
    const auto& p = result.proposals.front();
    const auto metric = std::ranges::find_if(system.metrics, [&](const SystemMetric& m) {
      return m.signal.empty() && m.metric == p.alarm.stat.metric;
    });
    if (metric == system.metrics.end() || p.missed > 0 || p.false_alarms > 0) continue;
    if (best == nullptr || p.margin > best->margin) best = &p, of = &*metric;
  }
  if (best == nullptr) return std::nullopt;
  const auto& a = best->alarm;
  const std::string_view bound = a.comparison == Comparison::kLess             ? "below"
                                 : a.comparison == Comparison::kLessOrEqual    ? "at_most"
                                 : a.comparison == Comparison::kGreaterOrEqual ? "at_least"
                                                                               : "above";
  Lesson out;
  out.id = slug(fmt::format("{} {}", of->id, cause));
  for (int n = 2; std::ranges::any_of(system.alarms, [&](const auto& rule) { return rule.id == out.id; });
       ++n)
    out.id = slug(fmt::format("{} {}", of->id, cause)) + fmt::format("-{}", n);
  out.yaml = fmt::format(
      "id: {}\nname: {}\ntitle: {}\nsignal: {}\nstatistic: {}\nperiod: {}s\n{}: {}\nperiods: {}\ndatapoints: "
      "{}\nseverity: {}\n",
      out.id, yaml_quoted(fmt::format("Learned-{}-{}", out.id, system.name)),
      yaml_quoted(fmt::format("{}: would have caught \"{}\"", of->title, plain(cause))), of->id,
      a.stat.statistic, a.stat.period.count(), bound, rounded(a.threshold), a.evaluation_periods, a.needed(),
      severity.empty() ? "P2" : severity);
  out.because.push_back(
      std::isfinite(best->margin)
          ? fmt::format("{}: quiet time and incident lie {:.2g} times apart", of->title, best->margin)
          : fmt::format("{}: quiet time has none of it", of->title));
  return out;
}

}  // namespace culprit
