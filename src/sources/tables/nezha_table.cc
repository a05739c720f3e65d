#include "sources/tables/nezha_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "causes/signal_meaning.h"
#include "sources/tables/call_list.h"
#include "sources/tables/csv_cells.h"
#include "sources/tables/table_number.h"

namespace culprit {

namespace {

constexpr std::string_view kPodEnding = "_metric.csv";

struct Row {
  Time time;
  bool disagrees = false;  // its two times do
};

// Columns with the time as text and as a number. The text is believed: in published files the numbers
// suffered from text replacements.
class TimeColumns {
 public:
  explicit TimeColumns(const std::vector<std::string>& heading) {
    for (std::size_t i = 0; i < heading.size(); ++i) {
      if (heading[i] == "Time" || heading[i] == "time") text_ = i;
      if (heading[i] == "TimeStamp" || heading[i] == "timestamp") number_ = i;
    }
  }
  bool is_time(std::size_t column) const { return column == text_ || column == number_; }
  std::optional<Row> row(const std::vector<std::string_view>& cells) const {
    const auto read = [&](std::optional<std::size_t> at) {
      return at && *at < cells.size() ? table_time(cells[*at]) : std::nullopt;
    };
    const auto text = read(text_);
    const auto number = read(number_);
    if (!text && !number) return std::nullopt;
    if (!text) return Row{*number, false};
    const bool apart = number && std::chrono::abs(*text - *number) > std::chrono::hours(1);
    return Row{*text, apart};
  }

 private:
  std::optional<std::size_t> text_;
  std::optional<std::size_t> number_;
};

bool starts_with(const std::string& text, std::string_view front) { return text.starts_with(front); }

// Whose the number of a pod's column is: latencies of calls that it makes are its callees', and a node is
// shared.
SignalMeaning meaning_of_pod_column(const std::string& column) {
  if (starts_with(column, "Node") || starts_with(column, "PodClient")) return {};
  return meaning_of(column).meaning;
}

struct Reader {
  MetricTable& table;
  std::size_t apart = 0;

  // One signal a column that `signal_of` gives one for.
  template <class SignalOf>
  Result<void> read(std::string_view text, const SignalOf& signal_of) {
    CsvCells rows(text);
    std::vector<std::string_view> cells;
    if (!rows.next(cells)) return fail(ErrorCode::kInput, "the file is empty");
    const std::vector<std::string> heading(cells.begin(), cells.end());
    const TimeColumns times(heading);
    std::map<std::size_t, std::vector<std::size_t>> places;  // columns, and the signals that they fill
    for (std::size_t i = 0; i < heading.size(); ++i) {
      if (times.is_time(i)) continue;
      for (auto& signal : signal_of(heading[i])) {
        places[i].push_back(table.signals.size());
        table.signals.push_back(std::move(signal));
      }
    }
    while (rows.next(cells)) {
      const auto row = times.row(cells);
      if (!row) continue;
      apart += row->disagrees ? 1 : 0;
      for (const auto& [column, signals] : places) {
        const auto value = column < cells.size() ? table_number(cells[column]) : std::nullopt;
        if (!value) continue;
        for (const auto s : signals) table.signals[s].points.push_back({row->time, *value});
      }
    }
    return {};
  }
};

std::vector<ComponentSignal> pod_signals(const std::string& pod, const std::string& column) {
  if (column == "PodName" || column == "ServiceName") return {};
  return {{pod, column, std::string(meaning_of(column).statistic), {}, meaning_of_pod_column(column), {}}};
}

// "name-5f6585d649-fnmft" -> "name": without a deployment's two random parts.
std::string service_of(const std::string& pod) {
  auto end = pod.rfind('-');
  if (end == pod.npos || end == 0) return pod;
  end = pod.rfind('-', end - 1);
  return end == pod.npos || end == 0 ? pod : pod.substr(0, end);
}

using PodsOfService = std::map<std::string, std::vector<std::string>>;

// "caller_callee": cut where both sides are services.
std::optional<std::pair<std::string, std::string>> call_of(const std::string& column,
                                                           const PodsOfService& pods) {
  for (auto cut = column.find('_'); cut != column.npos; cut = column.find('_', cut + 1)) {
    auto caller = column.substr(0, cut);
    auto callee = column.substr(cut + 1);
    if (pods.contains(caller) && pods.contains(callee))
      return std::pair(std::move(caller), std::move(callee));
  }
  return std::nullopt;
}

std::vector<ComponentSignal> call_signals(const std::string& column, const PodsOfService& pods,
                                          bool seen_by_caller) {
  std::vector<ComponentSignal> out;
  const auto call = call_of(column, pods);
  if (!call) return out;
  const SignalMeaning seconds = seen_by_caller ? SignalMeaning{SignalKind::kLatency, 1, 0} : SignalMeaning{};
  const std::string metric =
      seen_by_caller ? "latency seen by caller" : "latency of calls from " + call->first;
  for (const auto& callee : pods.at(call->second))
    out.push_back({callee, metric, "p50", seen_by_caller ? call->first : std::string(), seconds, {}});
  return out;
}

std::vector<Call> calls_of_pods(const std::vector<Call>& of_services, const PodsOfService& pods) {
  std::vector<Call> out;
  for (const auto& call : of_services) {
    const auto callers = pods.find(call.caller);
    const auto callees = pods.find(call.callee);
    if (callers == pods.end() || callees == pods.end()) continue;
    for (const auto& caller : callers->second)
      for (const auto& callee : callees->second) out.push_back({caller, callee});
  }
  return out;
}

// The pods that call others and are called by none: where users come in.
std::vector<std::string> entry_pods(const std::vector<Call>& calls) {
  std::vector<std::string> out;
  for (const auto& call : calls) {
    const bool called =
        std::any_of(calls.begin(), calls.end(), [&](const Call& c) { return c.callee == call.caller; });
    if (!called && std::find(out.begin(), out.end(), call.caller) == out.end()) out.push_back(call.caller);
  }
  return out;
}

Result<void> read_into(Reader& reader, const std::filesystem::path& file, const auto& signal_of) {
  const auto text = read_table_file(file);
  if (!text) return tl::unexpected(text.error());
  auto done = reader.read(*text, signal_of);
  if (!done) return fail(done.error().code, done.error().what, file.string(), done.error().hint);
  return {};
}

struct DayFiles {
  std::map<std::string, std::filesystem::path> pods;
  std::filesystem::path front, seen_by_callers, seen_by_callees, dependencies;
};

DayFiles find_files(const std::filesystem::path& folder) {
  DayFiles out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(kPodEnding))
      out.pods.emplace(name.substr(0, name.size() - kPodEnding.size()), entry.path());
    else if (name == "front_service.csv")
      out.front = entry.path();
    else if (name == "source_50.csv")
      out.seen_by_callers = entry.path();
    else if (name == "destination_50.csv")
      out.seen_by_callees = entry.path();
    else if (name == "dependency.csv")
      out.dependencies = entry.path();
  }
  return out;
}

Result<void> read_calls(const DayFiles& files, const PodsOfService& pods, Reader& reader) {
  auto& table = reader.table;
  if (!files.dependencies.empty()) {
    const auto text = read_table_file(files.dependencies);
    if (!text) return tl::unexpected(text.error());
    auto calls = read_call_list(*text);
    if (!calls)
      return fail(calls.error().code, calls.error().what, files.dependencies.string(), calls.error().hint);
    table.calls = calls_of_pods(*calls, pods);
    table.graph_given = !table.calls.empty();
  }
  for (const bool seen_by_caller : {true, false}) {
    const auto& file = seen_by_caller ? files.seen_by_callers : files.seen_by_callees;
    if (file.empty()) continue;
    auto done = read_into(
        reader, file, [&](const std::string& column) { return call_signals(column, pods, seen_by_caller); });
    if (!done) return done;
  }
  if (files.front.empty()) return {};
  const auto entries = entry_pods(table.calls);
  return read_into(reader, files.front, [&](const std::string& column) {
    std::vector<ComponentSignal> out;
    for (const auto& pod : entries)
      for (auto& signal : pod_signals(pod, column)) {
        signal.metric = "front door " + signal.metric;
        out.push_back(std::move(signal));
      }
    return out;
  });
}

}  // namespace

Result<void> add_pod_table(std::string_view text, const std::string& pod, MetricTable& table) {
  Reader reader{table};
  return reader.read(text, [&](const std::string& column) { return pod_signals(pod, column); });
}

Result<ImportedTable> import_nezha(const std::filesystem::path& folder) {
  std::error_code error;
  const auto inner = std::filesystem::is_directory(folder / "metric", error) ? folder / "metric" : folder;
  const auto files = find_files(inner);
  if (files.pods.empty())
    return fail(ErrorCode::kInput, "no file of a pod (…_metric.csv)", inner.string(),
                "Give the folder of a day.");
  ImportedTable out;
  Reader reader{out.table};
  PodsOfService pods;
  for (const auto& [pod, file] : files.pods) {
    pods[service_of(pod)].push_back(pod);
    auto done =
        read_into(reader, file, [&pod = pod](const std::string& column) { return pod_signals(pod, column); });
    if (!done) return tl::unexpected(done.error());
  }
  if (auto done = read_calls(files, pods, reader); !done) return tl::unexpected(done.error());
  if (reader.apart > 0)
    out.table.notes.push_back(
        fmt::format("{} rows have two times that are over an hour apart: the one written out was believed",
                    reader.apart));
  return out;
}

}  // namespace culprit
