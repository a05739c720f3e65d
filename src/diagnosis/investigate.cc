#include "diagnosis/investigate.h"

#include "diagnosis/case_file.h"
#include "diagnosis/cautions.h"

namespace culprit {

namespace {

constexpr auto kTail = std::chrono::minutes(30);
constexpr auto kBaseline = std::chrono::hours(1);

Window span_of(const InvestigateOptions& options) {
  const bool has_baseline = options.baseline.start < options.baseline.end;
  return {has_baseline ? std::min(options.baseline.start, options.window.start)
                       : options.window.start - kBaseline,
          options.window.end + kTail};
}

// The journal summed up by action and outcome, without times: the same for the same evidence.
Result<std::vector<SourceFinding>> sum_up_journal(const Store& store) {
  auto journal = store.journal();
  if (!journal) return tl::unexpected(journal.error());
  std::map<std::pair<std::string, std::string>, SourceFinding> by_action;
  for (const auto& entry : *journal) {
    const bool file = entry.action.starts_with("file:");
    const std::string what = file ? entry.request : entry.outcome;
    auto& s = by_action[{entry.action, what}];
    s.action = entry.action;
    s.what = file ? entry.request + ": " + entry.outcome : entry.outcome;
    ++s.calls;
    s.bytes += entry.answer_bytes;
  }
  std::vector<SourceFinding> out;
  out.reserve(by_action.size());
  for (auto& [key, value] : by_action) out.push_back(std::move(value));
  return out;
}

}  // namespace

Result<std::unique_ptr<Observations>> observe(const Store& store, const System& system,
                                              const InvestigateOptions& options) {
  const Window span = span_of(options);
  auto seen = std::make_unique<Observations>(options.window, Window{span.start, options.window.start}, span);
  auto gaps = store.gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  seen->gaps = std::move(*gaps);
  if (auto done = observe_metrics(store, system, *seen); !done) return tl::unexpected(done.error());
  if (auto done = observe_logs(store, system, *seen); !done) return tl::unexpected(done.error());
  if (auto done = observe_states(store, system, *seen); !done) return tl::unexpected(done.error());
  return seen;
}

Result<Findings> judge(const Store& store, const System& system, const Observations& seen,
                       const InvestigateOptions& options) {
  Findings findings;
  findings.system = {system.name, system.title, system.zone};
  findings.window = options.window;
  findings.capsule = options.capsule;
  findings.capsule_options = options.capsule_options;
  findings.baseline = seen.baseline;
  findings.zone = options.zone.empty() ? system.zone : options.zone;
  const auto zone = Zone::find(findings.zone);
  if (!zone) return tl::unexpected(zone.error());
  findings.gaps = seen.gaps;
  auto sources = sum_up_journal(store);
  if (!sources) return tl::unexpected(sources.error());
  findings.sources = std::move(*sources);

  EvidenceMaker evidence(store, system, seen, options, findings.evidence);
  CaseFile file{system, seen, options, *zone, evidence, findings};
  file.baseline_disturbed = !harm_in(file.baseline_minutes(), file).empty();
  tabulate_metrics(file);
  tabulate_patterns(file);
  tabulate_activity(file);
  evaluate_log_alerts(file);
  rank_hypotheses(file);
  judge_severity(file);
  judge_components(file);
  tell_timeline(file);
  conclude(file);
  findings.signature = sign_incident(file);
  recall_cases(file);
  evidence.fill_excerpts();
  for (auto& pattern : findings.patterns)
    if (pattern.evidence) pattern.shown = findings.evidence.get(*pattern.evidence).excerpts.size();
  return findings;
}

Result<Findings> investigate(const Store& store, const System& system, const InvestigateOptions& options) {
  const auto seen = observe(store, system, options);
  return seen ? judge(store, system, **seen, options) : tl::unexpected(seen.error());
}

}  // namespace culprit
