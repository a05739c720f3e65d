#include "sources/tables/dbsherlock_table.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <limits>

#include "sources/tables/csv_cells.h"
#include "sources/tables/table_number.h"

namespace culprit {

namespace {

namespace json = boost::json;

constexpr std::size_t kRowsMax = 100'000;
constexpr std::size_t kColumnsMax = 10'000;
constexpr std::size_t kCellsMax = 20'000'000;
constexpr std::size_t kRangesMax = 10'000;

std::vector<std::string> texts(const json::value* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->is_string()) out.emplace_back(value->get_string());
  if (value->is_array())
    for (const auto& item : value->get_array())
      if (item.is_string()) out.emplace_back(item.get_string());
  return out;
}

// [[first, last], …]
std::vector<RowRange> ranges(const json::value* value) {
  std::vector<RowRange> out;
  if (value == nullptr || !value->is_array()) return out;
  for (const auto& item : value->get_array()) {
    if (out.size() >= kRangesMax || !item.is_array() || item.get_array().size() != 2) continue;
    boost::system::error_code wrong;
    const auto first = item.get_array()[0].to_number<std::size_t>(wrong);
    if (wrong) continue;
    const auto last = item.get_array()[1].to_number<std::size_t>(wrong);
    if (!wrong && first <= last && last < kRowsMax) out.push_back({first, last});
  }
  return out;
}

}  // namespace

Result<std::vector<SignalRows>> read_dbsherlock_run(std::string_view text) {
  CsvCells rows(text);
  std::vector<std::string_view> cells;
  if (!rows.next(cells) || cells.size() < 2)
    return fail(ErrorCode::kInput, "a line with the names of the signals is expected");
  if (cells.size() > kColumnsMax)
    return fail(ErrorCode::kInput, fmt::format("more than {} signals", kColumnsMax));
  std::vector<SignalRows> out;
  for (std::size_t i = 1; i < cells.size(); ++i) out.push_back({std::string(cells[i]), {}, 0});
  for (std::size_t row = 0; rows.next(cells); ++row) {
    if (row == kRowsMax || row * out.size() > kCellsMax)
      return fail(ErrorCode::kInput, fmt::format("more than {} rows", row));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto value = i + 1 < cells.size() ? table_number(cells[i + 1]) : std::nullopt;
      out[i].values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
  }
  return out;
}

Result<std::map<std::string, DbsherlockRegions>> read_dbsherlock_regions(std::string_view text) {
  boost::system::error_code wrong;
  const auto value = json::parse(text, wrong);
  const auto* root = wrong ? nullptr : value.if_object();
  const auto* files = root == nullptr ? nullptr : root->if_contains("files");
  if (files == nullptr || !files->is_object())
    return fail(ErrorCode::kInput, "an object with `files` is expected");
  std::map<std::string, DbsherlockRegions> out;
  for (const auto& [name, entry] : files->get_object()) {
    const auto* object = entry.if_object();
    if (object == nullptr) continue;
    auto& regions = out[std::string(name)];
    regions.causes = texts(object->if_contains("cause"));
    if (regions.causes.empty()) regions.causes = texts(object->if_contains("causes"));
    regions.abnormal = ranges(object->if_contains("abnormal"));
    regions.normal = ranges(object->if_contains("normal"));
  }
  return out;
}

}  // namespace culprit
