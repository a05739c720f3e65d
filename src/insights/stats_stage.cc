// stats … by …
#include <algorithm>
#include <unordered_map>

#include "insights/aggregate.h"
#include "insights/stage.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kGroupsMax = 100'000;

struct Group {
  std::vector<Value> keys;
  std::vector<Tally> tallies;
};

class Stats : public Stage {
 public:
  Stats(Running& running, const StatsCommand& command, Next next)
      : Stage(std::move(next)), running_(running), command_(command) {}

  bool take(Row& row) override {
    Group* group = group_of(row);
    if (group == nullptr) return false;
    for (std::size_t i = 0; i < command_.aggregates.size(); ++i) {
      const auto& aggregate = command_.aggregates[i];
      Tally& tally = group->tallies[i];
      if (!aggregate.value) {
        tally.count_row();
        continue;
      }
      Value scratch;
      tally.add(running_.evaluator.evaluate(*aggregate.value, row, scratch), row.time(), row.number());
      const bool grows =
          aggregate.kind >= AggregateKind::kMinimum || aggregate.kind == AggregateKind::kCountDistinct;
      if (grows && !running_.charge(tally.grown_bytes())) return false;
    }
    return true;
  }

  bool finish() override {
    // Without keys there is one row, even of no events.
    if (groups_.empty() && command_.keys.empty()) groups_.emplace("", new_group({}));
    std::vector<const Group*> sorted;
    for (const auto& [key, group] : groups_) sorted.push_back(&group);
    std::sort(sorted.begin(), sorted.end(), [](const Group* a, const Group* b) {
      for (std::size_t i = 0; i < a->keys.size(); ++i)
        if (const int order = natural_order(a->keys[i], b->keys[i]); order != 0) return order < 0;
      return false;
    });
    Row row(running_.fields);
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (!give(*sorted[i], i, row)) break;
    return Stage::finish();
  }

 private:
  Group* group_of(Row& row) {
    key_.clear();
    keys_.clear();
    std::string scratch;
    for (const auto& key : command_.keys) {
      Value value;
      keys_.push_back(running_.evaluator.evaluate(*key.value, row, value));
      const auto text = view_of(keys_.back(), scratch);
      key_ += is_missing(keys_.back()) ? "-" : std::to_string(text.size());
      key_ += ':';
      key_ += text;
    }
    const auto found = groups_.find(key_);
    if (found != groups_.end()) return &found->second;
    if (groups_.size() >= kGroupsMax) {
      running_.fail("stats makes more than 100000 groups; group by fields with fewer values, or filter");
      return nullptr;
    }
    std::size_t bytes = key_.size() + 128 + command_.aggregates.size() * sizeof(Tally);
    for (const auto& value : keys_) bytes += bytes_of(value);
    if (!running_.charge(bytes)) return nullptr;
    return &groups_.emplace(key_, new_group(keys_)).first->second;
  }

  Group new_group(std::vector<Value> keys) const {
    Group out;
    out.keys = std::move(keys);
    for (const auto& aggregate : command_.aggregates) out.tallies.emplace_back(aggregate.kind);
    return out;
  }

  bool give(const Group& group, std::size_t place, Row& row) {
    std::vector<Value> results;
    for (std::size_t i = 0; i < command_.aggregates.size(); ++i)
      results.push_back(group.tallies[i].result(command_.aggregates[i].parameter));
    row.begin_empty(place);
    for (std::size_t i = 0; i < command_.keys.size(); ++i) row.set(command_.keys[i].slot, group.keys[i]);
    for (const auto& output : command_.outputs) {
      Value scratch;
      Value value = running_.evaluator.evaluate(*output.value, row, scratch, results);
      row.set(output.slot, std::move(value));
    }
    return pass(row);
  }

  Running& running_;
  const StatsCommand& command_;
  std::unordered_map<std::string, Group> groups_;
  std::string key_;  // of the row being looked at
  std::vector<Value> keys_;
};

}  // namespace

Next stats_stage(Running& running, const StatsCommand& command, Next next) {
  return std::make_unique<Stats>(running, command, std::move(next));
}

}  // namespace culprit::insights
