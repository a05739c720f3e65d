// The steps of a pipeline. Inside this folder only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "insights/evaluate.h"
#include "insights/query.h"
#include "insights/row.h"

namespace culprit::insights {

// What all steps of one run share.
struct Running {
  Running(const FieldMeanings& meanings, Time now, std::size_t memory_bytes_max)
      : fields(meanings), evaluator(now), memory_left_bytes(memory_bytes_max) {}

  const FieldMeanings& fields;
  Evaluator evaluator;
  std::size_t memory_left_bytes;
  std::string failure;   // why the run cannot go on; "" while it can
  bool earlier = false;  // diff: rows of the window that it compares with
  std::uint64_t matched = 0;

  // False, with a failure, when rows and groups would need more memory than there is.
  bool charge(std::size_t bytes);
  bool fail(std::string why);
};

// Takes rows one by one and gives rows to the next step. One thread at a time.
class Stage {
 public:
  explicit Stage(std::unique_ptr<Stage> next) : next_(std::move(next)) {}
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // False: no more rows are wanted.
  virtual bool take(Row& row) = 0;
  // There are no more rows. False as above.
  virtual bool finish() { return next_ == nullptr || next_->finish(); }

 protected:
  bool pass(Row& row) { return next_->take(row); }
  std::unique_ptr<Stage> next_;
};

// Which rows come first.
struct RowOrder {
  std::vector<SortKey> keys;  // then the newest, then the last that was stored
  bool before(const KeptRow& a, const KeptRow& b) const;
};

using Next = std::unique_ptr<Stage>;

// Steps that look at one row (row_stages.cc).
Next filter_stage(Running& running, const FilterCommand& command, Next next);
Next fields_stage(Running& running, const FieldsCommand& command, Next next);
Next parse_stage(Running& running, const ParseCommand& command, Next next);
Next unnest_stage(Running& running, const UnnestCommand& command, Next next);
Next count_stage(Running& running, Next next);  // counts what matched
Next first_stage(std::size_t rows, Next next);  // the first rows

// Steps that look at all rows (order_stages.cc): the first `rows` in an order, the last ones, those that
// differ in some fields.
Next top_stage(Running& running, RowOrder order, std::size_t rows, Next next);
Next last_stage(Running& running, std::size_t rows, Next next);
// `in_order`: rows come in the order that decides which one of several stays; else it is the newest.
Next dedup_stage(Running& running, const DedupCommand& command, bool in_order, Next next);

Next stats_stage(Running& running, const StatsCommand& command, Next next);
// `slots`: of the columns that pattern, diff and anomaly make (pattern_stage.cc).
Next pattern_stage(Running& running, const PatternCommand& command, const std::vector<std::string>& slots,
                   Next next);

}  // namespace culprit::insights
