// Filter patterns of the second kind: conditions on the values of a JSON message.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "logs/filter_value.h"
#include "logs/json_select.h"

namespace culprit {

struct JsonCondition {
  enum class Test { kCompare, kIsNull, kIsTrue, kIsFalse, kNotExists };
  JsonSelector selector;
  Test test = Test::kCompare;
  FilterComparison comparison;  // of kCompare

  // `document` must be a JSON document.
  bool holds(std::string_view document) const;
  NecessaryLiterals necessary() const;
};

struct JsonExpression {
  enum class Kind { kCondition, kAll, kAny };
  Kind kind = Kind::kCondition;
  JsonCondition condition;            // of kCondition
  std::vector<JsonExpression> parts;  // of the others

  bool holds(std::string_view document) const;
  NecessaryLiterals necessary() const;
};

// "{ … }", blanks around it taken away.
Result<JsonExpression> parse_filter_json(std::string_view pattern);

// A selector on its own, as metric filters name the value they publish: "$.latency".
Result<JsonSelector> parse_json_selector(std::string_view text);

}  // namespace culprit
