// The log types of a segment as answers: what kinds of message there are, how many of each when, and the
// values of their variables. For mining templates and comparing times without going through messages.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "engine/variable.h"

namespace culprit {

struct TypeCount {
  std::uint32_t type = 0;  // in this segment
  std::string text;        // static pieces with "<number>", "<word>" … where variables stand
  std::vector<engine::VariableKind> variables;
  std::uint64_t rows = 0;
  std::vector<PeriodCount> periods;  // ascending, without empty ones
  Time first;                        // times of the earliest and latest row counted
  Time last;
  std::string example;  // the message of its first row counted
};

struct TypeTableOptions {
  const Window* window = nullptr;
  Duration period = std::chrono::minutes(1);
  bool examples = true;  // without them and without a window nothing but the directory is read for most types
};

// Types in the order of their first appearance, those without rows in the window left out. Two segments may
// hold one type: their texts are then equal. `first` and `last` are exact with examples or a window, else to
// the minute.
Result<void> visit_types(const Segment& segment, const TypeTableOptions& options,
                         const std::function<void(const TypeCount&)>& visit);

// The text of one variable in each row of a type, in ingestion order; the visitor returns false to stop.
// kNotFound when there is no such type or variable.
Result<void> visit_values(const Segment& segment, std::uint32_t type, std::size_t variable,
                          const Window* window, const std::function<bool(Time, std::string_view)>& visit);

// "<number>", "<ip>", "<uuid>", "<time>", "<list>", "<word>".
std::string_view placeholder(engine::VariableKind kind);

}  // namespace culprit
