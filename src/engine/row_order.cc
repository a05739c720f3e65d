#include "engine/row_order.h"

#include <algorithm>

namespace culprit::engine {

std::vector<std::uint32_t> type_begins(std::span<const std::uint64_t> rows_of_type) {
  std::vector<std::uint32_t> begins(rows_of_type.size() + 1, 0);
  for (std::size_t t = 0; t < rows_of_type.size(); ++t)
    begins[t + 1] = begins[t] + static_cast<std::uint32_t>(rows_of_type[t]);
  return begins;
}

std::vector<std::uint32_t> successors_of(std::span<const std::uint32_t> type_of_row,
                                         std::span<const std::uint32_t> begins) {
  std::vector<std::uint32_t> next(begins.begin(), begins.end());
  std::vector<std::uint32_t> out(type_of_row.size(), 0);
  for (std::size_t i = 0; i < type_of_row.size(); ++i) {
    const std::uint32_t at = next[type_of_row[i]]++;
    out[at] = i + 1 < type_of_row.size() ? type_of_row[i + 1] : 0;
  }
  return out;
}

Result<void> follow_successors(std::span<const std::uint32_t> successors,
                               std::span<const std::uint32_t> begins, std::vector<std::uint32_t>& type_of_row,
                               std::vector<std::uint32_t>& rank_of_row) {
  const std::size_t types = begins.size() - 1;
  type_of_row.resize(successors.size());
  rank_of_row.resize(successors.size());
  std::vector<std::uint32_t> next(begins.begin(), begins.end());
  std::uint32_t type = 0;
  for (std::size_t i = 0; i < successors.size(); ++i) {
    if (type >= types || next[type] == begins[type + 1])
      return fail(ErrorCode::kDamaged, "the type stream of the segment does not fit its types");
    const std::uint32_t at = next[type]++;
    type_of_row[i] = type;
    rank_of_row[i] = at - begins[type];
    type = successors[at];
  }
  return {};
}

}  // namespace culprit::engine
