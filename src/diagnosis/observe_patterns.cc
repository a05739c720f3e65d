#include <fmt/format.h>

#include "diagnosis/observation.h"
#include "logs/pattern_matcher.h"

namespace culprit {

namespace {

class PatternObserver : public LogObserver {
 public:
  PatternObserver(std::vector<PatternSpec> specs, PatternMatcher matcher, std::vector<EventCounter*> counters)
      : specs_(std::move(specs)), matcher_(std::move(matcher)), counters_(std::move(counters)) {}

  void see(const LogEventView& event) override {
    for (const auto i : matcher_.match(event.message)) counters_[i]->add(event.time, event.number);
  }

  Result<void> ask(std::vector<MessagePattern>& patterns) override {
    const auto add = [&](std::vector<std::size_t>& places, Result<MessagePattern> pattern) -> Result<void> {
      if (!pattern) return tl::unexpected(pattern.error());
      places.push_back(patterns.size());
      patterns.push_back(std::move(*pattern));
      return {};
    };
    for (const auto& spec : specs_) {
      Asked asked;
      for (const auto& text : spec.any_of)
        if (auto added = add(asked.any_of, MessagePattern::literal(text, spec.ignore_case)); !added)
          return added;
      for (const auto& text : spec.all_regex)
        if (auto added = add(asked.all_of, MessagePattern::regex(text)); !added) return added;
      asked_.push_back(std::move(asked));
    }
    return {};
  }

  Result<void> see_segment(const SegmentFeed& feed) override {
    for (std::size_t i = 0; i < asked_.size(); ++i)
      if (auto counted = count(feed, asked_[i], *counters_[i]); !counted) return counted;
    return {};
  }

 private:
  // Places of a spec's parts among all patterns that are asked.
  struct Asked {
    std::vector<std::size_t> any_of, all_of;
  };

  static Result<void> count(const SegmentFeed& feed, const Asked& asked, EventCounter& counter) {
    TypeRows& rows = *feed.rows;
    std::vector<std::uint32_t> matches;
    for (std::uint32_t t = 0; t < rows.types(); ++t) {
      const auto of_type = matching(rows, t, asked);
      if (!of_type) return tl::unexpected(of_type.error());
      if (of_type->none()) continue;
      const auto all = rows.rows_of(t);
      of_type->for_each([&](std::size_t rank) { matches.push_back(all[rank]); });
    }
    if (!std::ranges::is_sorted(matches)) std::ranges::sort(matches);
    for (const std::uint32_t row : matches)
      if (feed.wants(row)) counter.add(rows.time(row), rows.number(row));
    return {};
  }

  static Result<engine::RowSet> matching(TypeRows& rows, std::uint32_t type, const Asked& asked) {
    engine::RowSet out(rows.rows_of_type(type), asked.any_of.empty());
    for (const std::size_t p : asked.any_of) {
      const auto some = rows.matching(type, p);
      if (!some) return some;
      out |= *some;
    }
    for (const std::size_t p : asked.all_of) {
      if (out.none()) break;
      const auto some = rows.matching(type, p);
      if (!some) return some;
      out &= *some;
    }
    return out;
  }

  std::vector<PatternSpec> specs_;
  PatternMatcher matcher_;
  std::vector<EventCounter*> counters_;
  std::vector<Asked> asked_;
};

// Stands in where there is nothing to look for.
class NothingToObserve : public LogObserver {
 public:
  void see(const LogEventView&) override {}
  Result<void> see_segment(const SegmentFeed&) override { return {}; }
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
  return std::make_unique<PatternObserver>(std::move(specs), std::move(*matcher), std::move(counters));
}

}  // namespace culprit
