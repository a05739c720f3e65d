#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sources/files/metric_name.h"
#include "sources/files/metrics_csv.h"
#include "sources/files/read_kinds.h"

namespace culprit {

namespace {

std::string second_column_name(std::string_view first_line) {
  const auto comma = first_line.find(',');
  return comma == first_line.npos ? std::string{} : std::string(first_line.substr(comma + 1));
}

// Two columns say nothing of the metric: the file's name or the second column's header must.
Result<Series> series_of_name(const FileJob& job, const Intake& intake, DetectedFile& row) {
  const auto column = second_column_name(job.recognised.first_line);
  const auto named = name_metric(intake.system(), job.file.hint + " " + column, column);
  if (!named) return tl::unexpected(named.error());
  Series out{named->metric->metric, named->statistic, {}, std::chrono::seconds{0}, {}};
  std::string assumed;
  if (out.statistic.empty()) {
    out.statistic = named->metric->statistics.empty() ? "Average" : named->metric->statistics.front();
    assumed = " assumed";
  }
  row.target = fmt::format("{} {}{}", named->metric->id, out.statistic, assumed);
  return out;
}

}  // namespace

void read_csv(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row) {
  row.format = job.recognised.format;
  std::optional<Series> points_of;
  if (job.recognised.kind == FileKind::kPointsCsv) {
    auto series = series_of_name(job, intake, row);
    if (!series) {
      const auto text = fmt::format("{}. {}", series.error().what, series.error().hint);
      add_note(row, text);
      return intake.unreadable(job.subject, text);
    }
    points_of = std::move(*series);
  }
  MetricsCsvReader reader(std::move(points_of));
  for (auto block = content.next(); !block.empty() && !reader.full(); block = content.next()) {
    reader.feed(block);
    job.progress(content.bytes_given());
  }
  reader.finish();
  auto all = reader.take_series();
  for (const auto& series : all) intake.series(series);
  if (row.target.empty()) row.target = fmt::format("{} series", all.size());
  if (reader.wrong_lines() > 0) {
    const auto text = fmt::format("{} line(s) could not be read: {}{}", reader.wrong_lines(),
                                  fmt::join(reader.complaints(), "; "),
                                  reader.wrong_lines() > reader.complaints().size() ? "; …" : "");
    add_note(row, text);
    intake.unreadable(job.subject, text + ".");
  }
  if (reader.full()) {
    const auto text = fmt::format("stopped after {} datapoints; the rest of the file is not kept",
                                  MetricsCsvReader::kPointsMax);
    add_note(row, text);
    intake.gap({GapReason::kCut, job.subject, {}, text + ".", {}, {}});
  }
}

}  // namespace culprit
