#include "evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <thread>

#include "diagnosis/investigate.h"
#include "diagnosis/predicate.h"

namespace culprit::bench {

namespace {

// Signals are taken out for one judgement and put back.
class Hidden {
 public:
  template <class Wanted>
  Hidden(Observations& seen, const Wanted& hide) : seen_(seen) {
    for (auto it = seen.signals.begin(); it != seen.signals.end();) {
      const auto next = std::next(it);
      if (hide(it->second)) nodes_.push_back(seen.signals.extract(it));
      it = next;
    }
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  ~Hidden() {
    for (auto& node : nodes_) seen_.signals.insert(std::move(node));
  }

 private:
  Observations& seen_;
  std::vector<Signals::node_type> nodes_;
};

struct Variant {
  std::string name;
  System system;
  HypothesisTuning tuning;
  std::optional<Signal::From> hidden;
};

std::vector<Variant> variants_of(const System& system) {
  std::vector<Variant> out;
  const auto add = [&](std::string name) -> Variant& {
    out.push_back({std::move(name), system, {}, std::nullopt});
    return out.back();
  };
  add("everything");
  add("without metrics").hidden = Signal::From::kMetric;
  add("without logs").hidden = Signal::From::kLog;
  add("without ECS and RDS answers").hidden = Signal::From::kState;
  for (auto& issue : add("symptoms that are absent say nothing").system.known_issues)
    for (auto& s : issue.symptoms) s.absent = 0;
  for (auto& issue : add("nothing speaks against").system.known_issues) issue.against.clear();
  add("the order of onsets says nothing").tuning.late_weight = 0;
  add("effects are not explained away").tuning.explains_away = false;
  for (auto& issue : add("only what defines an issue").system.known_issues)
    std::erase_if(issue.symptoms,
                  [&](const Symptom& s) { return !s.required && issue.symptoms.size() > 1 && s.weight < 2; });
  add("without severity rules").system.severity_rules.clear();
  return out;
}

void add(Tally& tally, const LabelledCase& labelled, const Findings& f, double believed_min) {
  const Hypothesis* first = f.hypotheses.empty() ? nullptr : &f.hypotheses.front();
  const bool believed = first != nullptr && first->confidence >= believed_min;
  const bool right = first != nullptr && !labelled.cause.empty() && first->cause == labelled.cause;
  const double told = first == nullptr ? 0 : first->confidence;
  tally.brier += (told - (right ? 1 : 0)) * (told - (right ? 1 : 0));
  if (labelled.cause.empty()) {
    ++tally.quiet;
    tally.false_causes += believed ? 1 : 0;
    tally.false_alarms += f.verdict == Verdict::kIncident ? 1 : 0;
    return;
  }
  ++tally.incidents;
  tally.first_right += right ? 1 : 0;
  tally.named_right += right && believed ? 1 : 0;
  tally.named_wrong += !right && believed ? 1 : 0;
  tally.missed += f.verdict == Verdict::kNoIncident ? 1 : 0;
  tally.cannot_tell += f.verdict == Verdict::kCannotTell ? 1 : 0;
}

double log_odds_of(const Hypothesis& h) {
  double sum = h.prior;
  for (const auto* terms : {&h.evidence_for, &h.evidence_against})
    for (const auto& t : *terms) sum += t.log_odds;
  return sum;
}

class Evaluation {
 public:
  Evaluation(const System& system, const QuietStretch& quiet, const EvaluateOptions& options)
      : system_(system), quiet_(quiet), options_(options), variants_(variants_of(system)) {
    for (const auto& issue : system.known_issues)
      half_.symptoms[issue.id].resize(issue.symptoms.size() + issue.against.size());
  }

  Half run() {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t)
      threads.emplace_back([this, t] {
        for (std::size_t i = t; i < options_.cases; i += kThreads) one(i);
      });
    for (auto& t : threads) t.join();
    return std::move(half_);
  }

 private:
  static constexpr unsigned kThreads = 2;

  void one(std::size_t number) {
    const auto labelled =
        draw_case(system_, quiet_, options_.seed * 100'000 + static_cast<std::uint32_t>(number));
    const auto store = inject(*quiet_.store, labelled.injection);
    InvestigateOptions options;
    options.window = labelled.window;
    options.baseline = {quiet_.extent.start, labelled.window.start};
    options.excerpts = 0;
    auto seen = observe(*store, system_, options);
    if (!seen) return complain(seen.error());
    for (const auto& variant : variants_) {
      if (!options_.variants && variant.name != "everything") continue;
      options.tuning = variant.tuning;
      const Hidden hidden(**seen, [&](const Signal& s) { return variant.hidden == s.from; });
      const auto findings = judge(*store, variant.system, **seen, options);
      if (!findings) return complain(findings.error());
      const std::lock_guard lock(mutex_);
      add(half_.variants[variant.name], labelled, *findings, options.tuning.believed_min);
      if (variant.name == "everything") take(labelled, *findings);
    }
    options.tuning = {};
    count_symptoms(labelled, *store, **seen, options);
    if (options_.variants) blind(labelled, *store, **seen, options);
  }

  void take(const LabelledCase& labelled, const Findings& f) {
    for (const auto& h : f.hypotheses)
      half_.told.push_back({log_odds_of(h), h.confidence, h.cause == labelled.cause});
    const bool any = !f.hypotheses.empty();
    const bool right = any && f.hypotheses.front().cause == labelled.cause;
    half_.first.push_back(
        {any ? log_odds_of(f.hypotheses.front()) : -10, any ? f.hypotheses.front().confidence : 0, right});
    half_.first_of_quiet.push_back(labelled.cause.empty());
    half_.first_of_cause.push_back(labelled.cause);
    if (!labelled.cause.empty())
      half_.by_cause[labelled.cause].push_back(right && f.hypotheses.front().confidence >=
                                                            HypothesisTuning{}.believed_min);
  }

  void count_symptoms(const LabelledCase& labelled, const Store& store, Observations& seen,
                      const InvestigateOptions& options) {
    Findings findings;
    EvidenceMaker evidence(store, system_, seen, options, findings.evidence);
    const CaseFile file{system_, seen, options, Zone::utc(), evidence, findings};
    const std::lock_guard lock(mutex_);
    for (const auto& issue : system_.known_issues) {
      auto& counts = half_.symptoms[issue.id];
      std::size_t at = 0;
      for (const auto* list : {&issue.symptoms, &issue.against})
        for (const auto& symptom : *list) {
          auto& count = counts[at++];
          const auto truth = decide(symptom.when, file).truth;
          if (truth == Truth::kUnseen) continue;
          const bool mine = issue.id == labelled.cause;
          ++(mine ? count.with : count.without);
          if (truth == Truth::kHolds) ++(mine ? count.with_holds : count.without_holds);
        }
    }
  }

  void blind(const LabelledCase& labelled, const Store& store, Observations& seen,
             const InvestigateOptions& options) {
    for (const auto& component : system_.components) {
      const Hidden hidden(seen, [&](const Signal& s) { return s.component == component.id; });
      const auto findings = judge(store, system_, seen, options);
      if (!findings) return complain(findings.error());
      const std::lock_guard lock(mutex_);
      add(half_.blind[component.id], labelled, *findings, options.tuning.believed_min);
    }
  }

  static void complain(const Error& error) { fmt::print(stderr, "calibrate: {}\n", error.message()); }

  const System& system_;
  const QuietStretch& quiet_;
  const EvaluateOptions& options_;
  std::vector<Variant> variants_;
  std::mutex mutex_;
  Half half_;
};

}  // namespace

Half evaluate(const System& system, const QuietStretch& quiet, const EvaluateOptions& options) {
  return Evaluation(system, quiet, options).run();
}

const std::vector<std::string>& variant_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const auto& v : variants_of({})) out.push_back(v.name);
    return out;
  }();
  return names;
}

}  // namespace culprit::bench
