// What an expression is worth in a row.
#pragma once

#include <span>

#include "insights/functions.h"
#include "insights/query.h"
#include "insights/row.h"

namespace culprit::insights {

// One thread at a time.
class Evaluator {
 public:
  explicit Evaluator(Time now) : now_(now) {}

  // `aggregates`: what Expr::kAggregate stands for. The reference is good until the row changes or `scratch`
  // does.
  const Value& evaluate(const Expr& expr, Row& row, Value& scratch, std::span<const Value> aggregates = {});
  bool holds(const Expr& condition, Row& row);

 private:
  Value compute(const Expr& expr, Row& row, std::span<const Value> aggregates);
  Value call(const Expr& expr, Row& row, std::span<const Value> aggregates);

  const Time now_;
};

}  // namespace culprit::insights
