// Rows in the order of their types: those of the first type first. Streams are kept so, because rows of one
// type resemble each other: three of a request's four lines come at the time of the line before. And which
// type follows a row depends on the row's type: so the order of the rows itself is kept as successors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace culprit::engine {

// Where the rows of each type begin; one more at the end.
std::vector<std::uint32_t> type_begins(std::span<const std::uint64_t> rows_of_type);

// The type of the row that follows each row, in type order; of the last row, 0. The first row is of type 0.
std::vector<std::uint32_t> successors_of(std::span<const std::uint32_t> type_of_row,
                                         std::span<const std::uint32_t> begins);

// The rows' types from their successors, and which of its type's rows each is. kDamaged when they do not lead
// through every row once.
Result<void> follow_successors(std::span<const std::uint32_t> successors,
                               std::span<const std::uint32_t> begins, std::vector<std::uint32_t>& type_of_row,
                               std::vector<std::uint32_t>& rank_of_row);

// A value a row, put in type order.
template <class Value>
std::vector<Value> in_type_order(std::span<const Value> by_row, std::span<const std::uint32_t> type_of_row,
                                 std::span<const std::uint32_t> begins) {
  std::vector<std::uint32_t> next(begins.begin(), begins.end());
  std::vector<Value> out(by_row.size());
  for (std::size_t i = 0; i < by_row.size(); ++i) out[next[type_of_row[i]]++] = by_row[i];
  return out;
}

}  // namespace culprit::engine
