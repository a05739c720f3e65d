#include "sources/tables/call_list.h"

#include <algorithm>
#include <cctype>

#include "sources/tables/csv_cells.h"
#include "sources/tables/table_number.h"

namespace culprit {

namespace {

constexpr std::size_t kCallsMax = 1'000'000;

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

bool is_heading(const std::vector<std::string_view>& cells) {
  return (same_word(cells[0], "caller") && same_word(cells[1], "callee")) ||
         (same_word(cells[0], "source") && same_word(cells[1], "target")) ||
         (same_word(cells[0], "from") && same_word(cells[1], "to"));
}

Result<std::vector<Call>> read_matrix(CsvCells& rows, const std::vector<std::string>& names) {
  std::vector<Call> calls;
  std::vector<std::string_view> cells;
  while (rows.next(cells)) {
    for (std::size_t i = 1; i < std::min(cells.size(), names.size()); ++i) {
      const auto weight = table_number(cells[i]);
      if (weight && *weight > 0) calls.push_back({std::string(cells[0]), names[i]});
    }
    if (calls.size() > kCallsMax)
      return fail(ErrorCode::kInput, "more than a million calls", {}, "Is it a graph?");
  }
  return calls;
}

}  // namespace

Result<std::vector<Call>> read_call_list(std::string_view text) {
  CsvCells rows(text);
  std::vector<std::string_view> cells;
  if (!rows.next(cells)) return fail(ErrorCode::kInput, "the graph is empty");
  const bool matrix = cells.size() > 1 && !is_heading(cells) && (cells[0].empty() || cells.size() > 3);
  if (matrix) return read_matrix(rows, std::vector<std::string>(cells.begin(), cells.end()));
  std::vector<Call> calls;
  bool first = true;
  do {
    if (cells.size() < 2)
      return fail(ErrorCode::kInput, "neither a list of calls nor a matrix", {},
                  "Write one call a line: caller,callee");
    if (!(first && is_heading(cells)) && !cells[0].empty() && !cells[1].empty())
      calls.push_back({std::string(cells[0]), std::string(cells[1])});
    first = false;
    if (calls.size() > kCallsMax)
      return fail(ErrorCode::kInput, "more than a million calls", {}, "Is it a graph?");
  } while (rows.next(cells));
  return calls;
}

}  // namespace culprit
