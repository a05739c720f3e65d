#include "sources/tables/petshop_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "causes/signal_meaning.h"
#include "sources/tables/call_list.h"
#include "sources/tables/csv_cells.h"
#include "sources/tables/table_number.h"

namespace culprit {

namespace {

constexpr std::size_t kHeadings = 3;

Result<void> add_file(const std::filesystem::path& path, MetricTable& table) {
  const auto text = read_table_file(path);
  if (!text) return tl::unexpected(text.error());
  auto done = add_headed_table(*text, table);
  if (!done) return fail(done.error().code, done.error().what, path.string(), done.error().hint);
  return {};
}

// {"target": {"node": …, "metric": "latency"}}: anything missing stays unset.
void read_target(std::string_view text, ImportedTable& out) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return;
  const auto* target = value.get_object().if_contains("target");
  if (target == nullptr || !target->is_object()) return;
  const auto text_of = [&](std::string_view name) -> std::string_view {
    const auto* member = target->get_object().if_contains(name);
    return member != nullptr && member->is_string() ? std::string_view(member->get_string())
                                                    : std::string_view();
  };
  out.target = text_of("node");
  const auto kind = meaning_of(text_of("metric")).meaning.kind;
  if (kind == SignalKind::kLatency) out.symptom = CauseVoice::kWaiting;
  if (kind == SignalKind::kFailureShare || kind == SignalKind::kFailureCount)
    out.symptom = CauseVoice::kFailures;
}

// The rows of the table as they stand: from the first to one step after the last.
std::optional<Window> window_of(const MetricTable& table) {
  std::vector<Time> times;
  for (const auto& s : table.signals)
    for (const auto& p : s.points) times.push_back(p.time);
  if (times.empty()) return std::nullopt;
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  Duration step = std::chrono::minutes(1);
  for (std::size_t i = 1; i < times.size(); ++i)
    step = i == 1 ? times[i] - times[i - 1] : std::min(step, times[i] - times[i - 1]);
  return Window{times.front(), times.back() + step};
}

}  // namespace

Result<void> add_headed_table(std::string_view text, MetricTable& table) {
  CsvCells rows(text);
  std::vector<std::string_view> cells;
  std::vector<std::vector<std::string>> headings;
  while (headings.size() < kHeadings && rows.next(cells)) headings.emplace_back(cells.begin(), cells.end());
  if (headings.size() < kHeadings || headings[0].size() < 2)
    return fail(ErrorCode::kInput, "three lines of headings are expected: component, metric, statistic");
  const auto columns = std::min({headings[0].size(), headings[1].size(), headings[2].size()});
  const auto first = table.signals.size();
  for (std::size_t i = 1; i < columns; ++i)
    table.signals.push_back(
        {headings[0][i], headings[1][i], headings[2][i], {}, meaning_of(headings[1][i]).meaning, {}});
  std::size_t wrong = 0;
  while (rows.next(cells)) {
    const auto time = table_time(cells[0]);
    if (!time) {
      const bool heading = std::all_of(cells.begin() + 1, cells.end(), [](auto c) { return c.empty(); });
      wrong += heading ? 0 : 1;
      continue;
    }
    for (std::size_t i = 1; i < std::min(cells.size(), columns); ++i)
      if (const auto value = table_number(cells[i]))
        table.signals[first + i - 1].points.push_back({*time, *value});
  }
  if (wrong > 0) table.notes.push_back(fmt::format("{} rows have no time that can be read", wrong));
  return {};
}

Result<ImportedTable> import_petshop(const std::filesystem::path& folder, std::filesystem::path baseline,
                                     std::filesystem::path graph) {
  ImportedTable out;
  if (auto done = add_file(folder / "metrics.csv", out.table); !done) return tl::unexpected(done.error());
  out.window = window_of(out.table);
  const auto above = std::filesystem::absolute(folder).lexically_normal();
  const auto root = (above.has_filename() ? above : above.parent_path()).parent_path().parent_path();
  if (baseline.empty()) baseline = root / "noissue" / "metrics.csv";
  if (graph.empty()) graph = root / "graph.csv";
  if (auto done = add_file(baseline, out.table); !done) return tl::unexpected(done.error());
  const auto graph_text = read_table_file(graph);
  if (!graph_text) return tl::unexpected(graph_text.error());
  auto calls = read_call_list(*graph_text);
  if (!calls) return fail(calls.error().code, calls.error().what, graph.string(), calls.error().hint);
  out.table.calls = std::move(*calls);
  out.table.graph_given = true;
  if (const auto target = read_table_file(folder / "target.json")) read_target(*target, out);
  return out;
}

}  // namespace culprit
