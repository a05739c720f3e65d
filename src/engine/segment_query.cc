#include "engine/segment_query.h"

#include <algorithm>

#include "engine/uuid_search.h"

namespace culprit::engine {

namespace {

using Plan = LogSearch::Plan;

constexpr unsigned kCheap = 2;

// How dear it is to look into a variable, for asking the cheap questions first.
unsigned cost_of(VariableKind kind) {
  switch (kind) {
    case VariableKind::kNumber:
    case VariableKind::kWord:
    case VariableKind::kIp:
      return 1;
    case VariableKind::kStamp:
      return 3;
    case VariableKind::kUuid:
      return 8;
    case VariableKind::kList:
      return 64;
  }
  return 1;
}

}  // namespace

Result<RowReader*> SegmentQuery::reader() {
  if (!rows_) {
    auto opened = RowReader::open(segment_);
    if (!opened) return tl::unexpected(opened.error());
    rows_.emplace(std::move(*opened));
  }
  return &*rows_;
}

Result<RowReader*> SegmentQuery::rows() {
  auto opened = reader();
  if (!opened) return opened;
  if (auto done = (*opened)->load_streams(); !done) return tl::unexpected(done.error());
  return opened;
}

// Rows of a column of words whose word holds the needle; false when the column has no texts to look in.
Result<bool> SegmentQuery::in_words(const NeedlePlan& needle, std::uint32_t slot, RowSet& found) {
  const auto body = segment_.body(type_);
  if (!body) return tl::unexpected(body.error());
  const WordColumn& column = *(*body)->slots[slot].word;
  if (column.mode != WordMode::kPlain && column.mode != WordMode::kDictionary) return false;
  auto columns = rows_->columns(type_, slot, slot + 1);
  if (!columns) return tl::unexpected(columns.error());
  const WordValues& words = (*columns)->slot(slot).word;
  const std::string_view texts = words.texts();
  const auto begins = words.begins();
  std::vector<bool> hit(begins.size(), false);
  bool some = false;
  std::size_t entry = 0;
  for (std::size_t at = 0; (at = needle.find(texts, at)) != std::string_view::npos;) {
    while (begins[entry + 1] <= at) ++entry;
    if (at + needle.needle().text.size() <= begins[entry + 1]) {
      hit[entry] = some = true;
      at = begins[entry + 1];
    } else {
      ++at;
    }
  }
  if (!some) return true;
  const auto indexes = words.indexes();
  for (std::size_t row = 0; row < found.rows(); ++row)
    if (hit[column.mode == WordMode::kPlain ? row : indexes[row]]) found.add(row);
  return true;
}

Result<void> SegmentQuery::in_uuids(const NeedlePlan& needle, std::uint32_t slot, RowSet& found) {
  const auto [places, added] = uuid_places_.try_emplace(&needle);
  if (added) {
    const auto uuids = uuids_holding(segment_.directory, rows_->column_reader(), needle.needle());
    if (!uuids) return tl::unexpected(uuids.error());
    if (uuids->empty()) return {};
    auto found_places = rows_->find_uuids(*uuids);
    if (!found_places) return tl::unexpected(found_places.error());
    places->second = std::move(*found_places);
  }
  if (const auto at = places->second.find({type_, slot}); at != places->second.end())
    for (const std::uint32_t row : at->second) found.add(row);
  return {};
}

// Rows whose number, with the static text around it, holds the needle: followed digit by digit, since what
// comes before is the same in all of them.
Result<void> SegmentQuery::in_number(const NeedlePlan& needle, std::uint32_t variable,
                                     const RowSet& candidates, RowSet& found) {
  const TypeShape& shape = known_->shape;
  const std::uint32_t slot = shape.variables[variable].slot;
  auto columns = rows_->columns(type_, slot, slot + 1);
  if (!columns) return tl::unexpected(columns.error());
  const SlotColumns& numbers = (*columns)->slot(slot);
  Places before = 0;
  for (const char c : shape.run(variable)) before = needle.step(before, static_cast<unsigned char>(c), true);
  const std::string_view behind = shape.run(variable + 1);
  std::string text;
  candidates.for_each([&](std::size_t row) {
    if (found.has(row)) return;
    text.clear();
    render_number(numbers.values[row], numbers.form_of(row), text);
    Places places = before;
    for (const char c : text) {
      places = needle.step(places, static_cast<unsigned char>(c), true);
      if (needle.complete(places)) return found.add(row);
    }
    for (const char c : behind) {
      if (places == 0) return;
      places = needle.step(places, static_cast<unsigned char>(c), false);
      if (needle.complete(places)) return found.add(row);
    }
  });
  return {};
}

// The text from the variable before to the variable behind, row by row.
Result<void> SegmentQuery::in_part(const NeedlePlan& needle, const Touch& touch, const RowSet& candidates,
                                   RowSet& found) {
  const auto& variables = known_->shape.variables;
  const std::size_t first = touch.first == 0 ? 0 : variables[touch.first - 1].slot + 1;
  const std::size_t last =
      touch.last + 1 < variables.size() ? variables[touch.last + 1].slot : known_->shape.slots;
  Result<void> done;
  candidates.for_each([&](std::size_t row) {
    if (!done || found.has(row)) return;
    const auto text = rows_->part(type_, static_cast<std::uint32_t>(row), first, last);
    if (!text)
      done = tl::unexpected(text.error());
    else if (needle.found_in(*text))
      found.add(row);
  });
  return done;
}

Result<void> SegmentQuery::touching(const NeedlePlan& needle, const Touch& touch, const RowSet& candidates,
                                    RowSet& found) {
  const auto& variable = known_->shape.variables[touch.first];
  if (touch.first == touch.last && variable.kind == VariableKind::kNumber && needle.exact())
    return in_number(needle, touch.first, candidates, found);
  if (touch.inside && variable.kind == VariableKind::kUuid) return in_uuids(needle, variable.slot, found);
  if (touch.inside && variable.kind == VariableKind::kWord) {
    auto looked = in_words(needle, variable.slot, found);
    if (!looked) return tl::unexpected(looked.error());
    if (*looked) return {};
  }
  return in_part(needle, touch, candidates, found);
}

Result<RowSet> SegmentQuery::holding(std::uint32_t number, const RowSet& candidates) {
  const Decision& decision = known_->needles[number];
  if (decision.truth == Truth::kSurely) return candidates;
  RowSet found(candidates.rows());
  for (const Touch& touch : decision.touches)
    if (auto done = touching(plan_.needles[number], touch, candidates, found); !done)
      return tl::unexpected(done.error());
  found &= candidates;
  return found;
}

Result<void> SegmentQuery::keep_necessary(const Plan::Groups& groups, bool cheap_only, RowSet& candidates) {
  std::vector<std::pair<unsigned, const std::vector<std::uint32_t>*>> open;
  for (const auto& group : groups) {
    unsigned cost = 0;
    bool sure = false;
    for (const std::uint32_t n : group) {
      const Decision& d = known_->needles[n];
      sure = sure || d.truth == Truth::kSurely;
      for (const Touch& t : d.touches)
        for (std::uint32_t v = t.first; v <= t.last; ++v) cost += cost_of(known_->shape.variables[v].kind);
    }
    if (!sure) open.emplace_back(cost, &group);
  }
  std::sort(open.begin(), open.end());
  for (const auto& [cost, group] : open) {
    // As dear as looking at the messages.
    if (cheap_only ? cost > kCheap : cost > 32 && group != open.front().second) break;
    RowSet some(candidates.rows());
    for (const std::uint32_t n : *group) {
      auto rows = holding(n, candidates);
      if (!rows) return tl::unexpected(rows.error());
      some |= *rows;
    }
    candidates &= some;
    if (candidates.none()) break;
  }
  return {};
}

template <class Test>
Result<void> SegmentQuery::keep_messages(RowSet& candidates, Test test) {
  if (candidates.none()) return {};
  Result<void> done;
  RowSet kept(candidates.rows());
  candidates.for_each([&](std::size_t row) {
    if (!done) return;
    const auto message = rows_->part(type_, static_cast<std::uint32_t>(row), 0, known_->shape.slots);
    if (!message)
      done = tl::unexpected(message.error());
    else if (test(*message))
      kept.add(row);
  });
  candidates = std::move(kept);
  return done;
}

Result<RowSet> SegmentQuery::term(const Plan::TermPlan& term, const RowSet& candidates) {
  const Truth truth = truth_of(term, *known_, plan_);
  if (truth == Truth::kSurely) return candidates;
  if (truth == Truth::kNever) return RowSet(candidates.rows());
  if (term.kind == Plan::TermKind::kNeedles) {
    if (term.needles.size() == 1) return holding(term.needles[0], candidates);
    RowSet some(candidates.rows());
    for (const std::uint32_t n : term.needles) {
      auto rows = holding(n, candidates);
      if (!rows) return tl::unexpected(rows.error());
      some |= *rows;
    }
    return some;
  }
  RowSet left = candidates;
  if (auto done = keep_necessary(term.necessary, term.program.has_value(), left); !done)
    return tl::unexpected(done.error());
  if (term.program && !left.none()) {
    RegexRows rows(types_.regex(*term.program), *rows_, type_, known_->shape, uuid_moves_[*term.program]);
    const auto known = rows.keep_matching(left);
    if (!known) return tl::unexpected(known.error());
    if (*known) return left;
  }
  auto done = keep_messages(left, [&](std::string_view message) { return term.regex->found_in(message); });
  if (!done) return tl::unexpected(done.error());
  return left;
}

Result<RowSet> SegmentQuery::matching(std::uint32_t type, const TypeKnowledge& known, std::size_t pattern) {
  type_ = type;
  known_ = &known;
  if (auto opened = reader(); !opened) return tl::unexpected(opened.error());
  const Plan::PatternPlan& plan = plan_.plans[pattern];
  RowSet left(segment_.directory.types[type].rows, true);
  if (!plan.is_terms) {
    if (auto done = keep_necessary(plan.necessary, false, left); !done) return tl::unexpected(done.error());
    auto done = keep_messages(left, [&](std::string_view m) { return plan_.patterns[pattern].matches(m); });
    if (!done) return tl::unexpected(done.error());
    return left;
  }
  const auto by_cost = [&](const std::vector<Plan::TermPlan>& terms, bool regex, auto take) -> Result<void> {
    for (const auto& t : terms) {
      if ((t.kind == Plan::TermKind::kRegex) != regex || left.none()) continue;
      auto rows = term(t, left);
      if (!rows) return tl::unexpected(rows.error());
      take(*rows);
    }
    return {};
  };
  for (const bool regex : {false, true}) {
    if (auto d = by_cost(plan.required, regex, [&](const RowSet& r) { left &= r; }); !d)
      return tl::unexpected(d.error());
    if (auto d = by_cost(plan.excluded, regex, [&](const RowSet& r) { left -= r; }); !d)
      return tl::unexpected(d.error());
  }
  if (plan.optional.empty()) return left;
  RowSet some(left.rows());
  for (const bool regex : {false, true})
    if (auto d = by_cost(plan.optional, regex, [&](const RowSet& r) { some |= r; }); !d)
      return tl::unexpected(d.error());
  left &= some;
  return left;
}

}  // namespace culprit::engine
