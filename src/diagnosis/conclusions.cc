#include <fmt/format.h>

#include <cmath>

#include "base/shell_word.h"
#include "diagnosis/case_file.h"
#include "diagnosis/cautions.h"
#include "diagnosis/onset.h"
#include "diagnosis/phrasing.h"
#include "diagnosis/placeholders.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

constexpr auto kChangeBeforeOnset = std::chrono::minutes(15);
constexpr std::size_t kChanges = 5;

const KnownIssue& issue_of(const CaseFile& file, const Hypothesis& h) {
  return *std::ranges::find(file.system.known_issues, h.cause, &KnownIssue::id);
}

std::string time_between(Time from, Time to) {
  return wording::seconds(static_cast<double>(floor<std::chrono::seconds>(to - from).count()));
}

std::vector<EvidenceRef> supporting(const Hypothesis& h) {
  std::vector<EvidenceRef> out;
  for (const auto& term : h.evidence_for)
    for (const auto ref : term.evidence)
      if (std::ranges::find(out, ref) == out.end()) out.push_back(ref);
  return out;
}

Claim claim_of(const Hypothesis& h, std::vector<EvidenceRef> more = {}) {
  auto refs = supporting(h);
  refs.insert(refs.end(), more.begin(), more.end());
  return {fmt::format("{} ({:.0f} % confidence). {}", h.title, std::min(99.0, 100 * h.confidence), h.summary),
          refs.front(), std::vector<EvidenceRef>(refs.begin() + 1, refs.end())};
}

// Changes close before the onset, or between it and the recovery, that may have brought the incident about.
void contributing_changes(CaseFile& file) {
  auto& f = file.findings;
  if (!f.onset) return;
  std::size_t told = 0;
  for (const auto& change : file.seen.changes) {
    if (change.kind == "service-event" || change.time < *f.onset - kChangeBeforeOnset ||
        change.time > *f.onset)
      continue;
    if (++told > kChanges) break;
    f.root_cause.contributing.emplace_back(
        fmt::format("{} {} before the onset: {}", capitalised(change_title(change.kind)),
                    time_between(change.time, *f.onset), change.text),
        file.evidence.of_change(change));
  }
}

void contributing_in_lists(CaseFile& file) {
  for (const auto& [name, signal] : file.seen.signals) {
    if (!name.ends_with(".in_list_max")) continue;
    const auto now = aggregate(signal, file.window_minutes(), Predicate::Aggregate::kMax);
    const auto before = aggregate(signal, file.baseline_minutes(), Predicate::Aggregate::kMax);
    constexpr double kLarge = 50;
    if (!now || *now < kLarge || (before && *now < 2 * *before)) continue;
    file.findings.root_cause.contributing.emplace_back(
        fmt::format("IN lists grew to {} ({})", wording::value(*now, signal.unit),
                    before ? fmt::format("at most {} before", wording::number(*before))
                           : std::string("none was logged before")),
        file.evidence.of_signal(signal));
  }
}

void find_root_cause(CaseFile& file) {
  auto& f = file.findings;
  for (const auto& h : f.hypotheses) {
    if (h.role == CauseRole::kPrimary) {
      std::vector<EvidenceRef> more;
      const bool about_statements = issue_of(file, h).summary.find("{statement}") != std::string::npos ||
                                    issue_of(file, h).summary.find("{fingerprint}") != std::string::npos;
      if (about_statements && !f.statements.empty()) more = f.statements.front().evidence;
      f.root_cause.primary.push_back(claim_of(h, more));
    } else if (h.role == CauseRole::kSecondary) {
      f.root_cause.secondary.push_back(claim_of(h));
    }
  }
  if (f.verdict != Verdict::kIncident) return;
  contributing_changes(file);
  contributing_in_lists(file);
}

void recommend(CaseFile& file) {
  auto& out = file.findings.recommendations;
  for (const std::string_view horizon : {"24h", "1w", "1m"})
    for (const auto& h : file.findings.hypotheses) {
      if (h.role == CauseRole::kNone) continue;
      const auto& issue = issue_of(file, h);
      const Placeholders names(file, issue);
      for (const auto& r : issue.recommendations) {
        const std::string text = names.fill(r.text);
        const auto same = [&](const RecommendationFinding& other) { return says_the_same(other.text, text); };
        if (r.horizon == horizon && std::ranges::none_of(out, same))
          out.push_back({r.horizon, text, h.cause});
      }
    }
}

void prevent(CaseFile& file) {
  auto& out = file.findings.prevention;
  const auto add = [&](const Prevention& p, const std::string& text) {
    const auto same = [&](const PreventionFinding& other) { return says_the_same(other.text, text); };
    if (std::ranges::none_of(out, same)) out.push_back({p.area, text});
  };
  for (const auto& h : file.findings.hypotheses) {
    if (h.role == CauseRole::kNone) continue;
    const auto& issue = issue_of(file, h);
    const Placeholders names(file, issue);
    for (const auto& p : issue.prevention) add(p, names.fill(p.text));
  }
  for (const auto& p : file.system.prevention) add(p, p.text);
  const auto order = [](const PreventionFinding& p) {
    return p.area == "monitoring" ? 0 : p.area == "code-review" ? 1 : 2;
  };
  std::ranges::stable_sort(out, {}, order);
}

void say_known(CaseFile& file) {
  auto& f = file.findings;
  for (const auto& c : f.severity_reasons) f.known.push_back(c.text());
  for (const auto& c : f.root_cause.contributing) f.known.push_back(c.text());
  for (const auto& m : f.metrics)
    if (m.status == MetricStatus::kHigh && !m.claims.empty()) f.known.push_back(m.claims.front().text());
}

void say_unknown(CaseFile& file) {
  auto& f = file.findings;
  for (const auto& gap : f.gaps)
    if (gap.reason != GapReason::kNotAsked || !gap.component.empty())
      f.unknown.push_back(fmt::format("{} ({}): {}", gap.subject, to_string(gap.reason), gap.detail));
  if (f.verdict == Verdict::kIncident) {
    if (!f.recovery)
      f.unknown.emplace_back(
          "Whether and when the service recovered: the data end before it is back to normal");
    if (f.root_cause.primary.empty())
      f.unknown.emplace_back("The root cause: users were harmed, but no known issue explains it well enough");
    else if (f.root_cause.contributing.empty())
      f.unknown.emplace_back("What brought it about: no change was seen shortly before the onset");
    else
      f.unknown.emplace_back("Who made the change before the onset, and why: logs do not tell");
  }
  for (const auto& h : f.hypotheses) {
    if (h.role == CauseRole::kNone) continue;
    for (const auto& term : h.unseen)
      f.unknown.push_back(fmt::format("No data to decide, for {}: {}", h.title, term.text));
  }
}

void say_next(CaseFile& file) {
  auto& f = file.findings;
  constexpr std::size_t kHypotheses = 2;
  for (std::size_t i = 0; i < f.hypotheses.size() && i < kHypotheses; ++i) {
    const auto& h = f.hypotheses[i];
    if (!h.refute.text.empty()) f.next_checks.push_back(h.refute);
    for (const auto& c : h.checks) f.next_checks.push_back(c);
  }
  const bool denied =
      std::ranges::any_of(f.gaps, [](const Gap& g) { return g.reason == GapReason::kDenied; });
  if (denied)
    f.next_checks.push_back(
        {"Some permissions are missing: find out which, and the least policy that grants them",
         {},
         "culprit doctor --system " + shell_word(file.system.name)});
}

void call_people(CaseFile& file) {
  const auto& severity = file.findings.severity;
  const auto now = [&](const std::vector<std::string>& severities) {
    return !severity.empty() && std::ranges::find(severities, severity) != severities.end();
  };
  for (const auto& c : file.system.contacts)
    file.findings.contacts.push_back({c.role, c.name, c.reach, now(c.severities)});
  for (const auto& s : file.system.stakeholders)
    file.findings.stakeholders.push_back({{}, s.name, s.reach, now(s.severities)});
}

void summarise(CaseFile& file) {
  auto& f = file.findings;
  if (f.verdict == Verdict::kIncident) {
    const auto* primary = f.hypotheses.empty() || f.hypotheses.front().role != CauseRole::kPrimary
                              ? nullptr
                              : &f.hypotheses.front();
    f.headline = primary ? fmt::format("{}: {}", f.severity, primary->title)
                         : fmt::format("{}: users were harmed; the cause is not clear", f.severity);
    if (primary) f.summary.push_back(primary->summary);
    if (f.onset)
      f.summary.push_back(
          f.recovery ? fmt::format("It began at {} and was over at {}, {} later.", file.clock(*f.onset),
                                   file.clock(*f.recovery), time_between(*f.onset, *f.recovery))
                     : fmt::format("It began at {}; the recovery was not seen.", file.clock(*f.onset)));
    for (const auto& c : f.root_cause.contributing) f.summary.push_back(c.text() + ".");
    for (const auto& c : f.severity_reasons)
      f.summary.push_back(fmt::format("{}: {}.", f.severity, c.text()));
  } else {
    f.summary.push_back(f.headline);
  }
  for (auto& caution : cautions(file)) f.summary.push_back(std::move(caution));
  if (!f.gaps.empty())
    f.summary.push_back(wording::plural(f.gaps.size(), "thing", "things") +
                        " could not be seen; see “What could not be seen”.");
}

}  // namespace

void conclude(CaseFile& file) {
  find_root_cause(file);
  recommend(file);
  prevent(file);
  say_known(file);
  say_unknown(file);
  say_next(file);
  call_people(file);
  summarise(file);
}

}  // namespace culprit
