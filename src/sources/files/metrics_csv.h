// CSV metrics: the format of docs/files.md, and plain two-column files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "sources/files/line_splitter.h"
#include "telemetry/metric.h"

namespace culprit {

inline constexpr std::string_view kMetricsHeader =
    "timestamp,namespace,metric,dimensions,statistic,unit,period_s,value";

enum class CsvKind {
  kMetrics,  // a header with the columns of kMetricsHeader, in any order (unit and period_s may lack)
  kPoints,   // two columns: a time and a number, perhaps under a header
  kOther,    // a CSV with another header
  kNone,
};
CsvKind recognise_csv(std::string_view text);

// Reads either kind block by block. Wrong lines are counted and the first few described; the others count.
class MetricsCsvReader {
 public:
  // For two-column files: what the points belong to (period 0 = told from the points).
  explicit MetricsCsvReader(std::optional<Series> points_of = std::nullopt)
      : points_of_(std::move(points_of)) {}

  void feed(std::string_view block);
  void finish();

  // Sorted, one point a time (the later line wins), in order of first appearance.
  std::vector<Series> take_series();

  std::uint64_t wrong_lines() const { return wrong_lines_; }
  const std::vector<std::string>& complaints() const { return complaints_; }  // "line 17: …"
  bool full() const { return full_; }                                         // stopped at kPointsMax

  static constexpr std::size_t kPointsMax = 4'000'000;

 private:
  void line(std::string_view text, std::uint64_t number, bool cut);
  void header(const std::vector<std::string>& cells);
  Result<void> row(const std::vector<std::string>& cells);
  Result<void> point(const std::vector<std::string>& cells);
  void complain(std::uint64_t number, std::string_view what);

  std::optional<Series> points_of_;
  LineSplitter lines_;
  bool header_seen_ = false;
  std::map<std::string, std::size_t, std::less<>> column_;
  std::map<std::tuple<MetricId, std::string, std::string, std::int64_t>, std::size_t> index_;
  std::vector<Series> series_;
  std::size_t points_ = 0;
  bool full_ = false;
  std::uint64_t wrong_lines_ = 0;
  std::vector<std::string> complaints_;
};

// ISO 8601 (UTC when it has no offset) or epoch seconds or milliseconds.
Result<Time> parse_csv_time(std::string_view text);

// The least distance between neighbouring points that occurs most often; `fallback` for fewer than two.
std::chrono::seconds period_of(const std::vector<Datapoint>& points, std::chrono::seconds fallback);

// Sorts by time; of points with the same time the last one stays.
void sort_points(std::vector<Datapoint>& points);

}  // namespace culprit
