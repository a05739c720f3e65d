// Steps that look at one row at a time.
#include <fmt/format.h>

#include "insights/stage.h"

namespace culprit::insights {

bool Running::charge(std::size_t bytes) {
  if (bytes > memory_left_bytes)
    return fail(
        "the query's groups or sorted rows need more memory than a query may take; narrow the time range, "
        "filter, or group by fields with fewer values");
  memory_left_bytes -= bytes;
  return true;
}

bool Running::fail(std::string why) {
  if (failure.empty()) failure = std::move(why);
  return false;
}

namespace {

class Filter : public Stage {
 public:
  Filter(Running& running, const FilterCommand& command, Next next)
      : Stage(std::move(next)), running_(running), condition_(command.condition) {}
  bool take(Row& row) override { return !running_.evaluator.holds(condition_, row) || pass(row); }

 private:
  Running& running_;
  const Expr& condition_;
};

class Fields : public Stage {
 public:
  Fields(Running& running, const FieldsCommand& command, Next next)
      : Stage(std::move(next)), running_(running), assignments_(command.assignments) {}
  bool take(Row& row) override {
    values_.clear();
    Value scratch;
    for (const auto& assignment : assignments_)
      values_.push_back(running_.evaluator.evaluate(*assignment.value, row, scratch));
    for (std::size_t i = 0; i < assignments_.size(); ++i)
      row.set(assignments_[i].slot, std::move(values_[i]));
    return pass(row);
  }

 private:
  Running& running_;
  const std::vector<Assignment>& assignments_;
  std::vector<Value> values_;  // of one command: none of them sees another's
};

// key=value pairs, values perhaps in double quotes.
boost::json::object logfmt_pairs(std::string_view text) {
  constexpr std::size_t kPairsMax = 1000;
  boost::json::object out;
  std::size_t at = 0;
  while (at < text.size() && out.size() < kPairsMax) {
    const auto key_begin = text.find_first_not_of(" \t\r\n", at);
    if (key_begin == std::string_view::npos) break;
    const auto key_end = std::min(text.find_first_of("= \t\r\n", key_begin), text.size());
    at = key_end;
    if (key_end >= text.size() || text[key_end] != '=') continue;
    const std::string_view key = text.substr(key_begin, key_end - key_begin);
    ++at;
    std::string value;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      at = std::min(at + 1, text.size());
    } else {
      const auto end = std::min(text.find_first_of(" \t\r\n", at), text.size());
      value = text.substr(at, end - at);
      at = end;
    }
    if (!key.empty()) out.insert_or_assign(key, value);
  }
  return out;
}

class Parse : public Stage {
 public:
  Parse(Running& running, const ParseCommand& command, Next next)
      : Stage(std::move(next)), running_(running), command_(command) {}

  bool take(Row& row) override {
    Value scratch;
    // A copy: a name may be that of the field that is read.
    const Value text = running_.evaluator.evaluate(command_.text, row, scratch);
    std::string written;
    const std::string_view view = view_of(text, written);
    if (!command_.regex) {
      row.set(*command_.targets.front(),
              is_missing(text) ? Value() : std::make_shared<const boost::json::value>(logfmt_pairs(view)));
      return pass(row);
    }
    const bool found = !is_missing(text) && command_.regex->groups_in(view, groups_);
    for (std::size_t i = 0; i < command_.targets.size(); ++i) {
      if (!command_.targets[i]) continue;
      const bool taken = found && groups_[i].data() != nullptr;
      row.set(*command_.targets[i], taken ? Value(std::string(groups_[i])) : Value());
    }
    return pass(row);
  }

 private:
  Running& running_;
  const ParseCommand& command_;
  std::vector<std::string_view> groups_;
};

// One row an element; a row without a list goes on as it is.
class Unnest : public Stage {
 public:
  Unnest(Running& running, const UnnestCommand& command, Next next)
      : Stage(std::move(next)), running_(running), command_(command) {}

  bool take(Row& row) override {
    Value scratch;
    const Value value = running_.evaluator.evaluate(command_.list, row, scratch);
    const auto* json = std::get_if<JsonValue>(&value);
    const auto* list = json == nullptr ? nullptr : (*json)->if_array();
    if (list == nullptr || list->empty()) {
      row.set(command_.target, {});
      return pass(row);
    }
    const KeptRow kept = row.keep();
    Row element(running_.fields);
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto& each = (*list)[i];
      KeptRow copy = kept;
      copy.part = i;
      element.begin(std::move(copy));
      element.set(command_.target, from_json(each));
      if (!pass(element)) return false;
    }
    return true;
  }

 private:
  Running& running_;
  const UnnestCommand& command_;
};

class Count : public Stage {
 public:
  Count(Running& running, Next next) : Stage(std::move(next)), running_(running) {}
  bool take(Row& row) override {
    if (!running_.earlier) ++running_.matched;
    return pass(row);
  }

 private:
  Running& running_;
};

class First : public Stage {
 public:
  First(std::size_t rows, Next next) : Stage(std::move(next)), left_(rows) {}
  bool take(Row& row) override {
    if (left_ == 0) return false;
    --left_;
    return pass(row) && left_ > 0;
  }

 private:
  std::size_t left_;
};

}  // namespace

Next filter_stage(Running& running, const FilterCommand& command, Next next) {
  return std::make_unique<Filter>(running, command, std::move(next));
}
Next fields_stage(Running& running, const FieldsCommand& command, Next next) {
  return std::make_unique<Fields>(running, command, std::move(next));
}
Next parse_stage(Running& running, const ParseCommand& command, Next next) {
  return std::make_unique<Parse>(running, command, std::move(next));
}
Next unnest_stage(Running& running, const UnnestCommand& command, Next next) {
  return std::make_unique<Unnest>(running, command, std::move(next));
}
Next count_stage(Running& running, Next next) { return std::make_unique<Count>(running, std::move(next)); }
Next first_stage(std::size_t rows, Next next) { return std::make_unique<First>(rows, std::move(next)); }

}  // namespace culprit::insights
