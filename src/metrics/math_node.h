// The tree of a metric math expression.
#pragma once

#include <string>
#include <vector>

#include "metrics/metric_math.h"

namespace culprit {

struct MathExpression::Node {
  enum class Kind { kNumber, kText, kId, kCall, kOperator };
  Kind kind = Kind::kNumber;
  double number = 0;
  // Of an operator: "+", "neg", "AND" …; of a call the function in capital letters.
  std::string text;
  std::vector<std::shared_ptr<const Node>> arguments;
};

// Calls a function on evaluated arguments (math_functions.cc). A text argument keeps its words.
struct MathArgument {
  MathValue value;
  std::string text;
  bool is_text = false;
};
Result<MathValue> call_function(std::string_view name, std::vector<MathArgument>& arguments,
                                const MathContext& context);
bool is_math_function(std::string_view name);

// The same operation on numbers, series and lists of series: series meet at equal times.
using BinaryOperation = double (*)(double, double);
Result<MathValue> combine(const MathValue& left, const MathValue& right, BinaryOperation operation);
MathValue transform(const MathValue& value, const std::function<double(double)>& operation);

}  // namespace culprit
