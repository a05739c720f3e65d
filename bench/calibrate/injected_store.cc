#include "injected_store.h"

#include <algorithm>

namespace culprit::bench {

namespace {

template <class T>
bool holds(const std::vector<std::string>& list, const T& name) {
  return std::ranges::find(list, name) != list.end();
}

class InjectedStore : public Store {
 public:
  InjectedStore(const Store& recording, const Injection& injection)
      : recording_(recording), injection_(injection) {
    std::map<std::string, std::vector<const InjectedLine*>> by_group;
    for (const auto& line : injection.lines) by_group[line.group].push_back(&line);
    for (auto& [group, lines] : by_group) {
      std::ranges::stable_sort(lines, {}, [](const InjectedLine* line) { return line->time; });
      SegmentBuilder builder;
      EventNumber number = kFirstNumber;
      for (const auto* line : lines) builder.add({number++, 0, line->time, line->time, line->message});
      SegmentSummary summary;
      auto bytes = std::make_shared<const std::string>(builder.finish(summary));
      if (auto segment = Segment::open(*bytes, bytes))
        segments_[group] = std::make_shared<const Segment>(std::move(*segment));
    }
  }

  Result<std::vector<LogGroupSummary>> log_groups() const override {
    auto groups = recording_.log_groups();
    if (!groups) return groups;
    std::erase_if(*groups, [&](const auto& g) { return holds(injection_.hidden_groups, g.group); });
    for (auto& g : *groups) {
      const auto more = segments_.find(g.group);
      if (more != segments_.end()) g.events += more->second->summary().events;
    }
    return groups;
  }

  Result<void> scan_logs(const LogQuery& query,
                         const std::function<bool(const LogEventView&)>& visit) const override {
    return recording_.scan_logs(query, visit);  // asked for the format of a log only
  }

  Result<bool> visit_segments(
      const LogQuery& query,
      const std::function<Result<void>(const std::shared_ptr<const Segment>&)>& visit) const override {
    auto visited = recording_.visit_segments(query, visit);
    if (!visited || !*visited) return visited;
    for (const auto& group : query.groups)
      if (const auto more = segments_.find(group); more != segments_.end())
        if (auto done = visit(more->second); !done) return tl::unexpected(done.error());
    return true;
  }

  Result<std::vector<PatternCount>> count_matches(const LogQuery& query, const LogSearch& search,
                                                  Duration period) const override {
    return recording_.count_matches(query, search, period);
  }
  Result<void> scan_matches(const LogQuery& query, const LogSearch& search, std::size_t pattern,
                            const std::function<bool(const LogEventView&)>& visit) const override {
    return recording_.scan_matches(query, search, pattern, visit);
  }
  Result<MinedForms> mine_forms(const LogQuery& query) const override { return recording_.mine_forms(query); }
  Result<void> scan_forms(
      const LogQuery& query, TemplateMiner& miner, const WantedForm& wanted,
      const std::function<bool(TemplateMiner::FormNumber, const LogEventView&)>& visit) const override {
    return recording_.scan_forms(query, miner, wanted, visit);
  }
  Result<LogEvent> event(EventNumber number) const override { return recording_.event(number); }

  Result<std::vector<Series>> series(const MetricId& id, const Window& window) const override {
    if (holds(injection_.hidden_namespaces, id.name_space)) return std::vector<Series>{};
    auto all = recording_.series(id, window);
    if (!all) return all;
    for (const auto& change : injection_.metrics) {
      if (!(change.metric == id)) continue;
      for (auto& s : *all)
        for (auto& p : s.points)
          if (change.window.contains(p.time)) p.value = change.level;
    }
    return all;
  }
  Result<std::vector<MetricId>> metrics() const override { return recording_.metrics(); }

  Result<std::vector<ResourceState>> states(std::string_view kind) const override {
    if (holds(injection_.hidden_state_kinds, kind)) return std::vector<ResourceState>{};
    auto all = recording_.states(kind);
    if (!all) return all;
    for (const auto& state : injection_.states)
      if (state.kind == kind) all->push_back(state);
    return all;
  }
  Result<std::vector<std::string>> state_kinds() const override { return recording_.state_kinds(); }
  Result<std::vector<Gap>> gaps() const override { return recording_.gaps(); }
  Result<std::vector<JournalEntry>> journal() const override { return recording_.journal(); }
  Result<std::optional<std::string>> note(std::string_view key) const override {
    return recording_.note(key);
  }
  Result<std::map<std::string, std::string>> notes() const override { return recording_.notes(); }

 private:
  static constexpr EventNumber kFirstNumber = 1'000'000'000;  // beyond the recording's

  const Store& recording_;
  const Injection& injection_;
  std::map<std::string, std::shared_ptr<const Segment>> segments_;
};

}  // namespace

std::unique_ptr<Store> inject(const Store& recording, const Injection& injection) {
  return std::make_unique<InjectedStore>(recording, injection);
}

}  // namespace culprit::bench
