// From a statement's text to the statement it is an execution of, quickly.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "logs/statement.h"

namespace culprit {

// Parses each shape once; after that a text costs one pass (statement_key). Bounded memory: shapes beyond
// kKeysMax are parsed again each time. Not thread-safe.
class StatementIndex {
 public:
  static constexpr std::size_t kKeysMax = 1u << 17;

  struct Found {
    std::uint32_t id = 0;
    std::uint64_t list = 0;  // elements of the longest IN list or array; 0 = none
  };
  // Gives a shape that is met for the first time its id.
  using Intern = std::function<std::uint32_t(const StatementShape&)>;

  explicit StatementIndex(Intern intern);
  Found find(std::string_view sql);

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t id = 0;
    bool used = false;
  };
  Slot& slot_of(std::uint64_t hash);
  void grow();

  Intern intern_;
  StatementShapes shapes_;
  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

}  // namespace culprit
