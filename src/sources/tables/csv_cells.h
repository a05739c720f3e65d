// Lines of a CSV file as cells (RFC 4180; a quoted cell may hold new lines).
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

class CsvCells {
 public:
  explicit CsvCells(std::string_view text);
  // False at the end. Cells are valid until the next call. Empty lines are skipped.
  bool next(std::vector<std::string_view>& cells);
  std::size_t line() const { return line_; }  // of the row last read, from 1

 private:
  std::string_view quoted_cell();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t next_line_ = 1;
  std::deque<std::string> unquoted_;  // cells that held doubled quotes
  std::size_t unquoted_used_ = 0;
};

// Without blanks around.
std::string_view trimmed(std::string_view text);

}  // namespace culprit
