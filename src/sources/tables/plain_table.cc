#include "sources/tables/plain_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "causes/signal_meaning.h"
#include "sources/tables/call_list.h"
#include "sources/tables/csv_cells.h"
#include "sources/tables/table_number.h"

namespace culprit {

namespace {

constexpr std::size_t kSeriesMax = 200'000;

struct Column {
  std::string component;
  std::string metric;
  std::string caller;
};

// "component.metric@caller"
Column column_of(std::string_view heading) {
  Column out;
  if (const auto at = heading.rfind('@'); at != heading.npos && at > 0) {
    out.caller = heading.substr(at + 1);
    heading = heading.substr(0, at);
  }
  const auto dot = heading.rfind('.');
  if (dot == heading.npos || dot == 0 || dot + 1 == heading.size()) {
    out.component = heading;  // a series without a component is one
    out.metric = heading;
  } else {
    out.component = heading.substr(0, dot);
    out.metric = heading.substr(dot + 1);
  }
  return out;
}

ComponentSignal signal_of(const Column& column) {
  const auto named = meaning_of(column.metric);
  return {column.component, column.metric, std::string(named.statistic), column.caller, named.meaning, {}};
}

struct RowCounts {
  std::size_t read = 0;
  std::size_t without_time = 0;
  std::size_t without_number = 0;
};

void note_counts(const RowCounts& counts, MetricTable& table) {
  if (counts.without_time > 0)
    table.notes.push_back(fmt::format("{} rows have no time that can be read", counts.without_time));
  if (counts.without_number > 0)
    table.notes.push_back(fmt::format("{} cells hold no number", counts.without_number));
}

void read_wide(CsvCells& rows, const std::vector<std::string_view>& heading, MetricTable& table,
               RowCounts& counts) {
  for (std::size_t i = 1; i < heading.size(); ++i) table.signals.push_back(signal_of(column_of(heading[i])));
  std::vector<std::string_view> cells;
  while (rows.next(cells)) {
    const auto time = table_time(cells[0]);
    if (!time) {
      ++counts.without_time;
      continue;
    }
    ++counts.read;
    for (std::size_t i = 1; i < std::min(cells.size(), heading.size()); ++i) {
      if (const auto value = table_number(cells[i]))
        table.signals[i - 1].points.push_back({*time, *value});
      else if (!cells[i].empty())
        ++counts.without_number;
    }
  }
}

struct LongColumns {
  std::size_t time = 0, component = 0, metric = 0, value = 0;
  bool all = false;
};

LongColumns long_columns(const std::vector<std::string_view>& heading) {
  LongColumns out;
  const auto place = [&](std::initializer_list<std::string_view> names, std::size_t& at) {
    for (std::size_t i = 0; i < heading.size(); ++i)
      for (const auto name : names)
        if (heading[i] == name) {
          at = i;
          return true;
        }
    return false;
  };
  const bool time = place({"time", "timestamp"}, out.time);
  const bool component = place({"component", "service"}, out.component);
  const bool metric = place({"metric"}, out.metric);
  out.all = place({"value"}, out.value) && time && component && metric;
  return out;
}

Result<void> read_long(CsvCells& rows, const LongColumns& at, MetricTable& table, RowCounts& counts) {
  std::map<std::pair<std::string, std::string>, std::size_t, std::less<>> places;
  std::vector<std::string_view> cells;
  const auto last = std::max({at.time, at.component, at.metric, at.value});
  while (rows.next(cells)) {
    const auto time = cells.size() > last ? table_time(cells[at.time]) : std::nullopt;
    if (!time) {
      ++counts.without_time;
      continue;
    }
    const auto value = table_number(cells[at.value]);
    if (!value) {
      ++counts.without_number;
      continue;
    }
    ++counts.read;
    auto key = std::pair(std::string(cells[at.component]), std::string(cells[at.metric]));
    const auto [found, fresh] = places.emplace(key, table.signals.size());
    if (fresh) {
      if (places.size() > kSeriesMax)
        return fail(ErrorCode::kInput, fmt::format("more than {} series", kSeriesMax));
      auto column = column_of("." + key.second);
      const auto at_sign = key.second.rfind('@');
      column.component = key.first;
      column.metric = key.second.substr(0, at_sign == 0 ? std::string::npos : at_sign);
      table.signals.push_back(signal_of(column));
    }
    table.signals[found->second].points.push_back({*time, *value});
  }
  return {};
}

}  // namespace

Result<MetricTable> read_plain_table(std::string_view text) {
  CsvCells rows(text);
  std::vector<std::string_view> heading;
  if (!rows.next(heading)) return fail(ErrorCode::kInput, "the table is empty");
  const std::vector<std::string> kept(heading.begin(), heading.end());
  const std::vector<std::string_view> names(kept.begin(), kept.end());
  if (names.size() < 2 || table_time(names[0]))
    return fail(ErrorCode::kInput, "the first line is no heading", {},
                "Head the columns: time, then component.metric for each series.");
  if (names.size() > kSeriesMax)
    return fail(ErrorCode::kInput, fmt::format("more than {} columns", kSeriesMax));
  MetricTable table;
  RowCounts counts;
  if (const auto at = long_columns(names); at.all) {
    if (auto done = read_long(rows, at, table, counts); !done) return tl::unexpected(done.error());
  } else {
    read_wide(rows, names, table, counts);
  }
  if (counts.read == 0)
    return fail(ErrorCode::kInput, "no row has a time that can be read", {},
                "Times are epoch seconds or milliseconds, or ISO 8601.");
  note_counts(counts, table);
  return table;
}

Result<ImportedTable> import_plain(const std::filesystem::path& file, const std::filesystem::path& graph) {
  const auto text = read_table_file(file);
  if (!text) return tl::unexpected(text.error());
  auto table = read_plain_table(*text);
  if (!table) return fail(table.error().code, table.error().what, file.string(), table.error().hint);
  ImportedTable out;
  out.table = std::move(*table);
  if (graph.empty()) return out;
  const auto graph_text = read_table_file(graph);
  if (!graph_text) return tl::unexpected(graph_text.error());
  auto calls = read_call_list(*graph_text);
  if (!calls) return fail(calls.error().code, calls.error().what, graph.string(), calls.error().hint);
  out.table.calls = std::move(*calls);
  out.table.graph_given = true;
  return out;
}

}  // namespace culprit
