// Steps that need all rows: sorting, the end of a list, one row of many alike.
#include <algorithm>
#include <deque>
#include <unordered_map>

#include "insights/stage.h"

namespace culprit::insights {

namespace {

// The newest first, and of one moment the last that was stored.
struct Place {
  Time time;
  EventNumber number = 0;
  std::size_t part = 0;
};
Place place_of(const Row& row) { return {row.time(), row.number(), row.part()}; }
Place place_of(const KeptRow& row) { return {row.time, row.number, row.part}; }

bool newer(const Place& a, const Place& b) {
  if (a.time != b.time) return a.time > b.time;
  return a.number != b.number ? a.number > b.number : a.part < b.part;
}

int key_order(const std::vector<SortKey>& keys, const std::vector<Value>& a, const std::vector<Value>& b) {
  for (const auto& key : keys) {
    const int order = natural_order(a[key.slot], b[key.slot]);
    if (order != 0) return key.descending ? -order : order;
  }
  return 0;
}

// Gives kept rows to the next step until it wants no more.
template <class Rows, class Give>
bool give_all(const FieldMeanings& fields, Rows& rows, Give give) {
  Row row(fields);
  for (auto& kept : rows) {
    row.begin(std::move(kept));
    if (!give(row)) return false;
  }
  return true;
}

// A heap of the best rows so far, the worst of them on top.
class Top : public Stage {
 public:
  Top(Running& running, RowOrder order, std::size_t rows, Next next)
      : Stage(std::move(next)), running_(running), order_(std::move(order)), rows_max_(rows) {}

  bool take(Row& row) override {
    if (heap_.size() < rows_max_) return push(row);
    if (!better_than_worst(row)) return true;
    std::pop_heap(heap_.begin(), heap_.end(), worst_on_top());
    running_.memory_left_bytes += heap_.back().bytes();
    heap_.pop_back();
    return push(row);
  }

  bool finish() override {
    std::sort_heap(heap_.begin(), heap_.end(), worst_on_top());
    give_all(running_.fields, heap_, [&](Row& row) { return pass(row); });
    return Stage::finish();
  }

 private:
  std::function<bool(const KeptRow&, const KeptRow&)> worst_on_top() const {
    return [this](const KeptRow& a, const KeptRow& b) { return order_.before(a, b); };
  }

  bool push(Row& row) {
    heap_.push_back(row.keep());
    const std::size_t bytes = heap_.back().bytes();
    std::push_heap(heap_.begin(), heap_.end(), worst_on_top());
    return running_.charge(bytes);
  }

  bool better_than_worst(Row& row) const {
    const KeptRow& worst = heap_.front();
    for (const auto& key : order_.keys) {
      const int order = natural_order(row.at(key.slot), worst.values[key.slot]);
      if (order != 0) return key.descending ? order > 0 : order < 0;
    }
    return newer(place_of(row), place_of(worst));
  }

  Running& running_;
  const RowOrder order_;
  const std::size_t rows_max_;
  std::vector<KeptRow> heap_;
};

class Last : public Stage {
 public:
  Last(Running& running, std::size_t rows, Next next)
      : Stage(std::move(next)), running_(running), rows_max_(rows) {}
  bool take(Row& row) override {
    kept_.push_back(row.keep());
    if (kept_.size() > rows_max_) {
      running_.memory_left_bytes += kept_.front().bytes();
      kept_.pop_front();
    }
    return running_.charge(kept_.back().bytes());
  }
  bool finish() override {
    give_all(running_.fields, kept_, [&](Row& row) { return pass(row); });
    return Stage::finish();
  }

 private:
  Running& running_;
  const std::size_t rows_max_;
  std::deque<KeptRow> kept_;
};

class Dedup : public Stage {
 public:
  Dedup(Running& running, const DedupCommand& command, bool in_order, Next next)
      : Stage(std::move(next)), running_(running), fields_(command.fields), in_order_(in_order) {}

  bool take(Row& row) override {
    std::string key;
    const bool whole = key_of(row, key);
    if (in_order_) {
      if (!whole) return pass(row);
      if (seen_.contains(key)) return true;
      if (!running_.charge(key.size() + 64)) return false;
      seen_.emplace(std::move(key), 0);
      return pass(row);
    }
    const auto found = whole ? seen_.find(key) : seen_.end();
    if (found != seen_.end()) {
      KeptRow& held = kept_[found->second];
      if (newer(place_of(row), place_of(held))) held = row.keep();
      return true;
    }
    if (whole) seen_.emplace(key, kept_.size());
    kept_.push_back(row.keep());
    return running_.charge(key.size() + 64 + kept_.back().bytes());
  }

  bool finish() override {
    std::sort(kept_.begin(), kept_.end(),
              [](const KeptRow& a, const KeptRow& b) { return newer(place_of(a), place_of(b)); });
    give_all(running_.fields, kept_, [&](Row& row) { return pass(row); });
    return Stage::finish();
  }

 private:
  // False when a field is missing: such rows are never alike.
  bool key_of(Row& row, std::string& key) const {
    std::string scratch;
    for (const Slot slot : fields_) {
      const Value& value = row.at(slot);
      if (is_missing(value)) return false;
      const auto text = view_of(value, scratch);
      key += std::to_string(text.size());
      key += ':';
      key += text;
    }
    return true;
  }

  Running& running_;
  const std::vector<Slot>& fields_;
  const bool in_order_;
  std::unordered_map<std::string, std::size_t> seen_;  // → its place in kept_
  std::vector<KeptRow> kept_;
};

}  // namespace

bool RowOrder::before(const KeptRow& a, const KeptRow& b) const {
  const int order = key_order(keys, a.values, b.values);
  return order != 0 ? order < 0 : newer(place_of(a), place_of(b));
}

Next top_stage(Running& running, RowOrder order, std::size_t rows, Next next) {
  return std::make_unique<Top>(running, std::move(order), rows, std::move(next));
}
Next last_stage(Running& running, std::size_t rows, Next next) {
  return std::make_unique<Last>(running, rows, std::move(next));
}
Next dedup_stage(Running& running, const DedupCommand& command, bool in_order, Next next) {
  return std::make_unique<Dedup>(running, command, in_order, std::move(next));
}

}  // namespace culprit::insights
