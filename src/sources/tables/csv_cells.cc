#include "sources/tables/csv_cells.h"

namespace culprit {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

CsvCells::CsvCells(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

// at_ stands behind the opening quote; afterwards behind the closing one, or at the end.
std::string_view CsvCells::quoted_cell() {
  const auto begin = at_;
  bool doubled = false;
  while (at_ < text_.size()) {
    if (text_[at_] == '\n') ++next_line_;
    if (text_[at_] == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      doubled = true;
      ++at_;
    }
    ++at_;
  }
  const auto raw = text_.substr(begin, at_ - begin);
  if (at_ < text_.size()) ++at_;
  if (!doubled) return raw;
  if (unquoted_used_ == unquoted_.size()) unquoted_.emplace_back();
  auto& cell = unquoted_[unquoted_used_++];
  cell.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    cell += raw[i];
    if (raw[i] == '"') ++i;
  }
  return cell;
}

bool CsvCells::next(std::vector<std::string_view>& cells) {
  while (at_ < text_.size()) {
    cells.clear();
    unquoted_used_ = 0;
    line_ = next_line_;
    const auto row_begin = at_;
    bool more = true;
    while (more) {
      if (at_ < text_.size() && text_[at_] == '"') {
        ++at_;
        cells.push_back(quoted_cell());
        while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n')
          ++at_;  // after a closing quote: nothing
      } else {
        const auto begin = at_;
        while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') ++at_;
        cells.push_back(text_.substr(begin, at_ - begin));
      }
      more = at_ < text_.size() && text_[at_] == ',';
      if (at_ < text_.size()) ++at_;
    }
    if (at_ > row_begin && text_[at_ - 1] == '\n') ++next_line_;
    for (auto& cell : cells) cell = trimmed(cell);
    if (cells.size() > 1 || !cells.front().empty()) return true;
  }
  return false;
}

}  // namespace culprit
