// What a search knows of log types, whichever segment they are in.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/literal_filter.h"
#include "engine/regex_search.h"
#include "engine/search_plan.h"
#include "engine/type_shape.h"

namespace culprit::engine {

struct TypeKnowledge {
  TypeShape shape;                // empty where no pattern is open
  std::vector<Decision> needles;  // of the patterns that are open
  std::vector<Truth> programs;    // of the patterns that are open
  std::vector<Truth> patterns;
  bool never = true;  // all patterns
};

// What the term's needles tell.
Truth truth_of(const LogSearch::Plan::TermPlan& term, const TypeKnowledge& known,
               const LogSearch::Plan& plan);

// Decides each type once and remembers it. One thread at a time.
class KnownTypes {
 public:
  explicit KnownTypes(std::shared_ptr<const LogSearch::Plan> plan);

  // Null when the type's shape is damaged; else valid until the next call.
  const TypeKnowledge* of(const TypeEntry& type);

  // Of a program of the plan.
  RegexSearch& regex(std::uint32_t program);

 private:
  class Decider;
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0;  // of its shape, in shapes_
    std::uint32_t size = 0;
    std::uint32_t slots = 0;
    const TypeKnowledge* known = nullptr;  // null: a free place
  };
  Slot& find(std::uint64_t hash, const TypeEntry& type);
  const TypeKnowledge* know(const TypeEntry& type);
  void grow();
  void forget();
  // Which of the first 64 needles may have bytes in such a variable.
  std::uint64_t needles_near(const TypeShape::Variable& variable);

  std::shared_ptr<const LogSearch::Plan> plan_;
  LiteralFilter filter_;
  std::vector<std::unique_ptr<RegexSearch>> regexes_;
  TypeKnowledge never_;
  std::deque<TypeKnowledge> known_;
  std::vector<Slot> slots_;  // open addressing; a power of two
  std::size_t used_ = 0;
  std::string shapes_;
  std::unordered_map<std::uint32_t, std::uint64_t> near_;
  // Of the type being decided.
  TypeLooks looks_;
  TypeKnowledge scratch_;
  std::vector<std::uint8_t> found_;
};

}  // namespace culprit::engine
