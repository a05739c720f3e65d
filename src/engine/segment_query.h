// One segment under search: its rows are read only when a question needs them, columns only as it needs them.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "base/error.h"
#include "engine/row_set.h"
#include "engine/search_plan.h"
#include "engine/segment_state.h"
#include "engine/type_knowledge.h"

namespace culprit::engine {

class SegmentQuery {
 public:
  SegmentQuery(const LogSearch::Plan& plan, KnownTypes& known, const Segment::State& segment)
      : plan_(plan), types_(known), segment_(segment), uuid_moves_(plan.programs.size()) {}

  Result<RowReader*> rows();  // with its streams loaded
  // The rows of a type that match a pattern which its knowledge leaves open.
  Result<RowSet> matching(std::uint32_t type, const TypeKnowledge& known, std::size_t pattern);

 private:
  Result<RowReader*> reader();
  // Of the candidates, those whose text holds the needle.
  Result<RowSet> holding(std::uint32_t needle, const RowSet& candidates);
  Result<void> touching(const NeedlePlan& needle, const Touch& touch, const RowSet& candidates,
                        RowSet& found);
  Result<bool> in_words(const NeedlePlan& needle, std::uint32_t slot, RowSet& found);
  Result<void> in_uuids(const NeedlePlan& needle, std::uint32_t slot, RowSet& found);
  Result<void> in_number(const NeedlePlan& needle, std::uint32_t variable, const RowSet& candidates,
                         RowSet& found);
  Result<void> in_part(const NeedlePlan& needle, const Touch& touch, const RowSet& candidates, RowSet& found);
  Result<void> keep_necessary(const LogSearch::Plan::Groups& groups, bool cheap_only, RowSet& candidates);
  Result<RowSet> term(const LogSearch::Plan::TermPlan& term, const RowSet& candidates);
  template <class Test>
  Result<void> keep_messages(RowSet& candidates, Test test);

  const LogSearch::Plan& plan_;
  KnownTypes& types_;
  const Segment::State& segment_;
  std::optional<RowReader> rows_;
  std::map<const NeedlePlan*, RowReader::UuidPlaces> uuid_places_;
  std::vector<RegexRows::UuidMoves> uuid_moves_;  // by program
  // Of the type being asked about.
  std::uint32_t type_ = 0;
  const TypeKnowledge* known_ = nullptr;
};

}  // namespace culprit::engine
