#include <fmt/format.h>

#include "diagnosis/observation.h"
#include "logs/pattern_matcher.h"

namespace culprit {

namespace {

class PatternObserver : public LogObserver {
 public:
  PatternObserver(PatternMatcher matcher, std::vector<EventCounter*> counters)
      : matcher_(std::move(matcher)), counters_(std::move(counters)) {}

  void see(const LogEventView& event) override {
    for (const auto i : matcher_.match(event.message)) counters_[i]->add(event.time, event.number);
  }

 private:
  PatternMatcher matcher_;
  std::vector<EventCounter*> counters_;
};

// Stands in where there is nothing to look for.
class NothingToObserve : public LogObserver {
 public:
  void see(const LogEventView&) override {}
};

}  // namespace

std::unique_ptr<LogObserver> observe_patterns(Observations& seen, const System& system,
                                              const Component& component) {
  std::vector<PatternSpec> specs;
  std::vector<EventCounter*> counters;
  for (const auto& p : system.patterns) {
    if (p.component != component.id) continue;
    specs.push_back({p.any_of, p.ignore_case, p.all_regex});
    counters.push_back(&seen.counter(component, p.id.substr(p.id.find('.') + 1), p.filter));
    seen.patterns.push_back({&p, component.log_group});
  }
  if (specs.empty()) return std::make_unique<NothingToObserve>();
  auto matcher = PatternMatcher::make(specs);
  if (!matcher) {  // the loader has compiled each of them already
    seen.gaps.push_back({GapReason::kUnreadable,
                         component.log_group,
                         component.id,
                         fmt::format("its patterns could not be searched: {}", matcher.error().what),
                         {},
                         {}});
    return std::make_unique<NothingToObserve>();
  }
  return std::make_unique<PatternObserver>(std::move(*matcher), std::move(counters));
}

}  // namespace culprit
