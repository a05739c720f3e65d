// Turns signals, events and states into evidence: excerpts or datapoints, and the commands that show them.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "diagnosis/findings.h"
#include "diagnosis/investigate.h"
#include "diagnosis/observation.h"

namespace culprit {

class EvidenceMaker {
 public:
  EvidenceMaker(const Store& store, const System& system, const Observations& seen,
                const InvestigateOptions& options, EvidenceBook& book);

  // What a signal shows in the window. One piece of evidence per signal: asking again gives the same.
  EvidenceRef of_signal(const Signal& signal);

  // Single log events, in the given order; number 0 is skipped.
  EvidenceRef of_events(std::string title, const Component& component,
                        const std::vector<EventCounter::Mark>& events, std::uint64_t count,
                        std::string_view filter);
  EvidenceRef of_change(const ChangeEvent& change);
  EvidenceRef of_state(const ResourceState& state, const Component& component, std::string title);
  EvidenceRef of_gap(const Gap& gap);

  // The series of a metric signal as kept (baseline, window and tail), the one that carries it first; empty
  // for a signal made from logs or states.
  std::vector<Series> chart(const Signal& signal) const;

  // Flags that make an `aws …` command ask the same account: {"--profile", "chatscomm"} …, as far as known.
  const std::vector<std::pair<std::string, std::string>>& aws_flags() const { return aws_flags_; }

  const EvidenceBook& book() const { return book_; }

  // Reads the events that the evidence shows, all at once. Those that cannot be read are left out.
  void fill_excerpts();

 private:
  Evidence metric_evidence(const Signal& signal) const;
  Evidence log_evidence(const Signal& signal) const;
  std::vector<EventCounter::Mark> sample(const Signal& signal) const;
  const ResourceState* state_behind(const Signal& signal) const;
  void add_excerpt(Evidence& evidence, EventCounter::Mark mark) const;
  std::string profile_flags() const;
  std::string culprit_command(std::string_view target) const;
  std::string logs_command(std::string_view group, std::string_view filter, const Window& window) const;

  const Store& store_;
  const System& system_;
  const Observations& seen_;
  const InvestigateOptions& options_;
  EvidenceBook& book_;
  std::vector<std::pair<std::string, std::string>> aws_flags_;
  std::map<std::string, EvidenceRef> by_signal_;
  std::map<std::string, EvidenceRef> by_key_;  // states and changes
};

}  // namespace culprit
