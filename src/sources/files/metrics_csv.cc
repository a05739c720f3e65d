#include "sources/files/metrics_csv.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>

#include "base/printable.h"
#include "base/zone.h"

namespace culprit {

namespace {

constexpr std::size_t kComplaintsMax = 3;
constexpr std::size_t kCellsMax = 64;
constexpr std::int64_t kPeriodMax_s = 86'400 * 7;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Cells of one line (RFC 4180 quoting, without new lines inside cells).
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size() && out.size() <= kCellsMax; ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"')
      out.back() += line[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  for (auto& cell : out) cell = trimmed(cell);
  return out;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool is_time_name(std::string_view name) {
  return name == "timestamp" || name == "time" || name == "date" || name == "datetime" || name == "ts";
}

bool is_column_name(std::string_view cell) {
  return !cell.empty() && std::isalpha(static_cast<unsigned char>(cell.front())) != 0 &&
         std::ranges::all_of(cell, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

// "A=b;C=d", sorted by name.
Result<std::vector<Dimension>> dimensions_of(std::string_view text) {
  std::vector<Dimension> out;
  while (!text.empty()) {
    const auto end = text.find(';');
    const auto one = trimmed(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (one.empty()) continue;
    const auto equals = one.find('=');
    if (equals == 0 || equals == one.npos)
      return fail(ErrorCode::kInput,
                  fmt::format("dimension '{}' is not NAME=VALUE", printable_text(one, 60)));
    out.push_back({std::string(one.substr(0, equals)), std::string(one.substr(equals + 1))});
  }
  std::ranges::sort(out, {}, [](const Dimension& d) { return std::tie(d.name, d.value); });
  return out;
}

}  // namespace

CsvKind recognise_csv(std::string_view text) {
  auto line = text.substr(0, std::min(text.find('\n'), LineSplitter::kLineBytesMax));
  if (line.find(',') == line.npos) return CsvKind::kNone;
  const auto cells = cells_of(line);
  if (is_time_name(lower(cells[0]))) {
    std::size_t known = 0;
    for (const auto& cell : cells) {
      const auto name = lower(cell);
      known += name == "namespace" || name == "metric" || name == "dimensions" || name == "statistic" ||
               name == "value";
    }
    if (known == 5) return CsvKind::kMetrics;
    return cells.size() == 2 ? CsvKind::kPoints : CsvKind::kOther;
  }
  if (cells.size() >= 3 && std::ranges::all_of(cells, is_column_name)) return CsvKind::kOther;
  // No header: every one of the first lines must be a time and a number.
  if (cells.size() != 2) return CsvKind::kNone;
  for (int i = 0; i < 3 && !text.empty(); ++i) {
    const auto end = text.find('\n');
    line = text.substr(0, std::min(end, LineSplitter::kLineBytesMax));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (trimmed(line).empty()) continue;
    const auto row = cells_of(line);
    if (row.size() != 2 || !parse_csv_time(row[0]) || !number(row[1])) return CsvKind::kNone;
  }
  return CsvKind::kPoints;
}

Result<Time> parse_csv_time(std::string_view text) {
  text = trimmed(text);
  const bool starts_like_a_time =
      !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0;
  if (starts_like_a_time && text.size() >= 9)  // "17:10" has no date, "now" and "-2h" no place in a file
    if (const auto parsed = parse_time(text, Zone::utc(), Time{}); parsed && parsed->date_given)
      return parsed->time;
  return fail(ErrorCode::kInput, fmt::format("'{}' is not a time", printable_text(text, 60)));
}

void MetricsCsvReader::feed(std::string_view block) {
  lines_.feed(block, [this](std::string_view text, std::uint64_t n, bool cut) { line(text, n, cut); });
}

void MetricsCsvReader::finish() {
  lines_.finish([this](std::string_view text, std::uint64_t n, bool cut) { line(text, n, cut); });
}

void MetricsCsvReader::line(std::string_view text, std::uint64_t number, bool cut) {
  if (number == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (trimmed(text).empty() || full_) return;
  if (cut) return complain(number, "the line is longer than 64 KB");
  const auto cells = cells_of(text);
  if (!header_seen_) {
    header_seen_ = true;
    if (is_time_name(lower(cells[0]))) return header(cells);
  }
  if (points_ >= kPointsMax) {
    full_ = true;
    return;
  }
  const auto done = points_of_ ? point(cells) : row(cells);
  if (!done) complain(number, done.error().what);
}

void MetricsCsvReader::header(const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i)
    column_.emplace(is_time_name(lower(cells[i])) ? "timestamp" : lower(cells[i]), i);
}

Result<void> MetricsCsvReader::row(const std::vector<std::string>& cells) {
  if (cells.size() != column_.size())
    return fail(ErrorCode::kInput, fmt::format("{} columns instead of {}", cells.size(), column_.size()));
  const auto cell = [&](std::string_view name) {
    const auto it = column_.find(name);
    return it == column_.end() || it->second >= cells.size() ? std::string_view{}
                                                             : std::string_view(cells[it->second]);
  };
  const auto time = parse_csv_time(cell("timestamp"));
  if (!time) return tl::unexpected(time.error());
  const auto value = number(cell("value"));
  if (!value)
    return fail(ErrorCode::kInput,
                fmt::format("value '{}' is not a number", printable_text(cell("value"), 60)));
  auto dimensions = dimensions_of(cell("dimensions"));
  if (!dimensions) return tl::unexpected(dimensions.error());
  if (cell("metric").empty() || cell("namespace").empty() || cell("statistic").empty())
    return fail(ErrorCode::kInput, "namespace, metric and statistic must not be empty");
  std::int64_t period_s = 60;
  if (const auto text = cell("period_s"); !text.empty()) {
    const auto p = number(text);
    if (!p || *p < 1 || *p > static_cast<double>(kPeriodMax_s))
      return fail(ErrorCode::kInput,
                  fmt::format("period_s '{}' is not a number of seconds", printable_text(text, 60)));
    period_s = static_cast<std::int64_t>(*p);
  }
  MetricId id{std::string(cell("namespace")), std::string(cell("metric")), std::move(*dimensions)};
  auto key = std::tuple(std::move(id), std::string(cell("statistic")), std::string(cell("unit")), period_s);
  const auto [it, is_new] = index_.try_emplace(std::move(key), series_.size());
  if (is_new) {
    const auto& [metric, statistic, unit, period] = it->first;
    series_.push_back({metric, statistic, unit, std::chrono::seconds{period}, {}});
  }
  series_[it->second].points.push_back({*time, *value});
  ++points_;
  return {};
}

Result<void> MetricsCsvReader::point(const std::vector<std::string>& cells) {
  if (cells.size() != 2) return fail(ErrorCode::kInput, fmt::format("{} columns instead of 2", cells.size()));
  const auto time = parse_csv_time(cells[0]);
  if (!time) return tl::unexpected(time.error());
  const auto value = number(cells[1]);
  if (!value)
    return fail(ErrorCode::kInput, fmt::format("value '{}' is not a number", printable_text(cells[1], 60)));
  if (series_.empty()) series_.push_back(*points_of_);
  series_.front().points.push_back({*time, *value});
  ++points_;
  return {};
}

void MetricsCsvReader::complain(std::uint64_t number, std::string_view what) {
  ++wrong_lines_;
  if (complaints_.size() < kComplaintsMax) complaints_.push_back(fmt::format("line {}: {}", number, what));
}

std::vector<Series> MetricsCsvReader::take_series() {
  for (auto& s : series_) {
    sort_points(s.points);
    if (s.period.count() == 0) s.period = period_of(s.points, std::chrono::seconds{60});
  }
  index_.clear();
  return std::exchange(series_, {});
}

void sort_points(std::vector<Datapoint>& points) {
  std::ranges::stable_sort(points, {}, &Datapoint::time);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (kept > 0 && points[kept - 1].time == points[i].time) --kept;
    points[kept++] = points[i];
  }
  points.resize(kept);
}

std::chrono::seconds period_of(const std::vector<Datapoint>& points, std::chrono::seconds fallback) {
  std::map<std::int64_t, std::size_t> distances;
  for (std::size_t i = 1; i < points.size(); ++i)
    ++distances[std::chrono::floor<std::chrono::seconds>(points[i].time - points[i - 1].time).count()];
  std::pair<std::int64_t, std::size_t> best{0, 0};
  for (const auto& [distance, times] : distances)
    if (distance > 0 && times > best.second) best = {distance, times};
  return best.second == 0 ? fallback : std::chrono::seconds{best.first};
}

}  // namespace culprit
