// CloudWatch metric math: expressions over time series.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "telemetry/metric.h"
#include "telemetry/window.h"

namespace culprit {

// A time series of an expression: points ascending; a period without one is missing.
struct MathSeries {
  std::string id;     // of the query it came from
  std::string label;  // what SEARCH or METRICS tell apart
  std::vector<Datapoint> points;
};

// What an expression gives: a number, a series, or several.
using MathValue = std::variant<double, MathSeries, std::vector<MathSeries>>;

// What an expression may use besides its text.
struct MathContext {
  Window window;  // [start, end) of the answer; periods are counted from its start
  std::chrono::seconds period{60};
  // Answers of the other queries by id; METRICS() gives those that `metric_ids` names, in that order.
  std::map<std::string, MathValue, std::less<>> values;
  std::vector<std::string> metric_ids;
  // SEARCH('…', 'stat', period); unset: refused.
  std::function<Result<std::vector<MathSeries>>(std::string_view expression, std::string_view statistic,
                                                std::chrono::seconds period)>
      search;
  // ANOMALY_DETECTION_BAND(series, width): {upper, lower}; unset: refused.
  std::function<Result<std::vector<MathSeries>>(const MathSeries& series, double width)> band;
};

// A parsed expression. Immutable; copies are cheap; thread-safe.
class MathExpression {
 public:
  // kInput: what is wrong and at which character. At most 2,048 bytes.
  static Result<MathExpression> parse(std::string_view text);

  // Ids that must be in the context's values, in order of appearance.
  const std::vector<std::string>& ids() const { return ids_; }
  // The series that a band is asked of, when the whole expression is ANOMALY_DETECTION_BAND(id, …).
  std::string band_of() const;

  // kInput: an id that is not there, arguments that a function does not take.
  Result<MathValue> evaluate(const MathContext& context) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
  std::vector<std::string> ids_;
};

// Evaluates queries that refer to each other, in any order: the value of every id. kInput for an unknown id
// or a circle. `expressions` are by id; `context.values` holds the metrics already.
Result<void> evaluate_expressions(const std::map<std::string, MathExpression>& expressions,
                                  MathContext& context);

}  // namespace culprit
