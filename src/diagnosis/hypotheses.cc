#include <fmt/format.h>

#include <cmath>
#include <set>

#include "diagnosis/case_file.h"
#include "diagnosis/confidence.h"
#include "diagnosis/phrasing.h"
#include "diagnosis/placeholders.h"
#include "diagnosis/predicate.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

NextCheck filled(const Check& check, const Placeholders& names) {
  return {names.fill(check.text), names.fill_aws(check.aws_command),
          names.fill_culprit(check.culprit_command)};
}

// Adds the symptom's term. False when a required symptom does not hold, so that there is no hypothesis.
bool weigh(const Symptom& symptom, bool speaks_for, CaseFile& file, Hypothesis& h, double& log_odds) {
  const Decision d = decide(symptom.when, file);
  if (d.truth == Truth::kUnseen) {
    if (speaks_for) h.unseen.push_back({capitalised(symptom.says), 0, {}});
    return !symptom.required;
  }
  const double weight = d.truth == Truth::kHolds ? symptom.weight : symptom.absent;
  if (d.truth == Truth::kFails && symptom.required) return false;
  if (weight == 0) return true;
  log_odds += weight;
  const std::string says = d.truth == Truth::kHolds
                               ? fmt::format("{} ({})", capitalised(symptom.says), d.observed_text)
                               : fmt::format("Not seen: {} ({})", symptom.says, d.observed_text);
  ScoreTerm term{says, weight, {file.evidence.of_signal(*d.signal)}};
  (weight > 0 ? h.evidence_for : h.evidence_against).push_back(std::move(term));
  return true;
}

// What leads: a cause shows before the harm it does. When the symptom that defines an issue came up minutes
// after users were harmed first, it is a consequence or a coincidence.
void weigh_order(const KnownIssue& issue, CaseFile& file, std::optional<Time> harmed_since, Hypothesis& h,
                 double& log_odds) {
  const auto& tuning = file.options.tuning;
  if (!harmed_since || tuning.late_weight == 0) return;
  for (const auto& symptom : issue.symptoms) {
    const Decision d = decide(symptom.when, file);
    if (!symptom.required || d.truth != Truth::kHolds || !d.signal->events) continue;
    const Time first = d.signal->events->first().time;
    if (first <= *harmed_since + tuning.late) continue;
    log_odds += tuning.late_weight;
    h.evidence_against.push_back(
        {fmt::format("It came up {} after users were harmed first",
                     wording::seconds(
                         static_cast<double>(floor<std::chrono::seconds>(first - *harmed_since).count()))),
         tuning.late_weight,
         {file.evidence.of_signal(*d.signal)}});
  }
}

// The earliest sustained excursion among the signals that speak for it.
std::optional<Time> onset_of(const KnownIssue& issue, const CaseFile& file) {
  std::vector<Watched> watched;
  for (const auto& symptom : issue.symptoms) {
    const Decision d = decide(symptom.when, file);
    if (d.truth == Truth::kHolds) watched.push_back({d.signal, symptom.when.below.has_value()});
  }
  const auto onset = earliest_onset(watched, file.seen);
  return onset ? std::optional(onset->time) : std::nullopt;
}

std::optional<Hypothesis> evaluate(const KnownIssue& issue, CaseFile& file,
                                   std::optional<Time> harmed_since) {
  Hypothesis h;
  h.cause = issue.id;
  h.family = issue.family;
  h.component = issue.component;
  h.title = issue.title;
  h.prior = issue.prior;
  double log_odds = issue.prior;
  for (const auto& s : issue.symptoms)
    if (!weigh(s, true, file, h, log_odds)) return std::nullopt;
  for (const auto& s : issue.against)
    if (!weigh(s, false, file, h, log_odds)) return std::nullopt;
  weigh_order(issue, file, harmed_since, h, log_odds);
  h.confidence = confidence_of(log_odds);
  if (h.evidence_for.empty() || h.confidence < file.options.tuning.shown_min) return std::nullopt;
  const Placeholders names(file, issue);
  h.summary = names.fill(issue.summary);
  h.refute = filled(issue.refute, names);
  for (const auto& c : issue.checks) h.checks.push_back(filled(c, names));
  h.onset = onset_of(issue, file);
  const auto by_weight = [](const ScoreTerm& a, const ScoreTerm& b) {
    return std::abs(a.log_odds) > std::abs(b.log_odds);
  };
  std::ranges::stable_sort(h.evidence_for, by_weight);
  std::ranges::stable_sort(h.evidence_against, by_weight);
  return h;
}

double log_odds_of(const Hypothesis& h) {
  double sum = h.prior;
  for (const auto* terms : {&h.evidence_for, &h.evidence_against})
    for (const auto& t : *terms) sum += t.log_odds;
  return sum;
}

bool best_first(const Hypothesis& a, const Hypothesis& b) {
  return a.confidence != b.confidence ? a.confidence > b.confidence : a.cause < b.cause;
}

// Explaining away: what a believed cause brings about is its effect, and so less likely a cause of its own.
// The term also keeps the effect below its cause.
void explain_away(std::vector<Hypothesis>& ranked, const System& system, const HypothesisTuning& tuning) {
  if (!tuning.explains_away) return;
  std::set<std::string> explained;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const std::string cause = ranked[i].cause;
    if (ranked[i].confidence < tuning.believed_min || explained.contains(cause)) continue;
    const auto issue = std::ranges::find(system.known_issues, cause, &KnownIssue::id);
    const double log_odds = log_odds_of(ranked[i]);
    for (auto& effect : ranked) {
      if (effect.cause == cause ||
          std::ranges::find(issue->explains, effect.cause) == issue->explains.end() ||
          !explained.insert(effect.cause).second)
        continue;
      const double term =
          std::max(tuning.explained_least, log_odds_of(effect) - log_odds + tuning.explained_distance);
      effect.evidence_against.push_back({"It is explained by: " + ranked[i].title, -term, {}});
      effect.confidence = confidence_of(log_odds_of(effect));
    }
  }
  std::ranges::sort(ranked, best_first);
}

}  // namespace

void rank_hypotheses(CaseFile& file) {
  auto& ranked = file.findings.hypotheses;
  std::optional<Time> harmed_since;
  if (const auto onset = earliest_onset(file.harmed_signals(), file.seen)) harmed_since = onset->time;
  for (const auto& issue : file.system.known_issues)
    if (auto h = evaluate(issue, file, harmed_since)) ranked.push_back(std::move(*h));
  std::ranges::sort(ranked, best_first);
  explain_away(ranked, file.system, file.options.tuning);
  bool primary_given = false;
  for (auto& h : ranked) {
    if (h.confidence < file.options.tuning.believed_min) continue;
    h.role = primary_given ? CauseRole::kSecondary : CauseRole::kPrimary;
    primary_given = true;
  }
}

}  // namespace culprit
