// Filter patterns of the third kind: the fields of a space-delimited message.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "logs/filter_value.h"

namespace culprit {

struct PatternField {
  std::string name;       // may be empty: the field only takes its place
  bool ellipsis = false;  // any number of fields
  // Any of these lists of comparisons holds in full; empty: no condition.
  std::vector<std::vector<FilterComparison>> any_of;

  bool takes(std::string_view field) const;
  NecessaryLiterals necessary() const;
};

// Fields are parted by white space; what stands in [ ] or " " is one field. Without an ellipsis the last
// field of the pattern takes the rest of the message.
struct FieldsPlan {
  std::vector<PatternField> fields;  // none: every message matches

  bool matches(std::string_view message) const;
  // Names ("$status", "$3" for the third field of the message when it has no name) and values of a message
  // that matches; empty otherwise.
  std::vector<std::pair<std::string, std::string>> extract(std::string_view message) const;
  NecessaryLiterals necessary() const;
};

// "[ … ]", blanks around it taken away.
Result<FieldsPlan> parse_filter_fields(std::string_view pattern);

}  // namespace culprit
