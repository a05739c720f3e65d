// A log type as a search sees it: its text with the constant columns written in, and the variables that are
// left; and what that tells of a literal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/directory.h"
#include "engine/needle_plan.h"

namespace culprit::engine {

// Static runs and variables in turn: run i is text[run_ends[i - 1], run_ends[i]), variable i follows it.
struct TypeShape {
  struct Variable {
    std::uint32_t slot = 0;
    VariableKind kind = VariableKind::kWord;
    std::uint16_t form = kAnyForm;
    std::uint8_t classes = 0xff;
  };
  std::string text;
  std::vector<std::uint32_t> run_ends;  // one more than variables
  std::vector<Variable> variables;
  std::uint32_t slots = 0;

  std::string_view run(std::size_t i) const {
    const std::uint32_t begin = i == 0 ? 0 : run_ends[i - 1];
    return std::string_view(text).substr(begin, run_ends[i] - begin);
  }
};

// Writes over `shape`.
void make_shape(const TypeLooks& type, TypeShape& shape);

enum class Truth : std::uint8_t { kNever, kPerhaps, kSurely };

// Where a literal may lie that is not wholly static.
struct Touch {
  std::uint32_t first = 0;  // variables of the shape
  std::uint32_t last = 0;
  bool inside = false;  // wholly within the text of variable `first`
  bool operator==(const Touch&) const = default;
};

struct Decision {
  Truth truth = Truth::kNever;
  std::vector<Touch> touches;  // kPerhaps
};

Decision decide(const TypeShape& shape, const NeedlePlan& needle);
// The same of a needle that no static run holds.
Decision decide_touches(const TypeShape& shape, const NeedlePlan& needle);

// Whether the literals stand in the static text one behind the other.
bool static_sequence(const TypeShape& shape, const std::vector<const NeedlePlan*>& needles);

}  // namespace culprit::engine
