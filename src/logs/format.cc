#include "logs/format.h"

#include <fmt/format.h>

#include <array>

#include "logs/line_start.h"

namespace culprit {

namespace {

struct FormatName {
  LogFormat format;
  std::string_view name;
};
constexpr std::array<FormatName, 10> kFormatNames{{
    {LogFormat::kPostgres, "postgres"},
    {LogFormat::kPostgresCsv, "postgres-csv"},
    {LogFormat::kPostgresJson, "postgres-json"},
    {LogFormat::kRails, "rails"},
    {LogFormat::kLograge, "lograge"},
    {LogFormat::kSidekiqJson, "sidekiq-json"},
    {LogFormat::kSidekiqText, "sidekiq-text"},
    {LogFormat::kJson, "json"},
    {LogFormat::kTimestamped, "timestamped"},
    {LogFormat::kUnknown, "unknown"},
}};

constexpr std::size_t kSampleBytesMax = 256 * 1024;
constexpr std::size_t kSampleLinesMax = 2000;
constexpr std::size_t kSampleLineBytesMax = 16 * 1024;

// A specific format is believed when it explains at least this share of the first lines.
constexpr double kShareMin = 0.1;

bool looks_binary(std::string_view sample) {
  const auto head = sample.substr(0, 4096);
  std::size_t control = 0;
  for (const char c : head) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b') ++control;
  }
  return control * 20 > head.size();
}

struct Votes {
  std::array<std::size_t, kFormatNames.size()> of{};
  std::array<std::string, kFormatNames.size()> detail{};
  std::size_t lines = 0;
  bool prefixed = false;
  std::string unknown_zone;
};

std::string detail_of(const LineStart& start) {
  if (start.format == LogFormat::kPostgresCsv) return "csvlog";
  if (start.format == LogFormat::kPostgresJson) return "jsonlog";
  if (start.postgres) return "log_line_prefix " + postgres_prefix_shape(*start.postgres);
  if (!start.time_field.empty()) return fmt::format("time field '{}'", start.time_field);
  if (!start.time) return "no time of its own";
  return start.zone_given ? "" : "no zone: read as UTC";
}

void vote(Votes& votes, std::string_view line) {
  auto start = recognise_line(line, Time{});
  bool prefixed = false;
  if (start.format == LogFormat::kTimestamped) {
    if (const auto prefix = cloudwatch_prefix(line)) {
      for (const std::size_t size : {prefix->size, prefix->stream_size}) {
        if (size == 0) continue;
        auto inner = recognise_line(line.substr(size), Time{});
        if (inner.format == LogFormat::kTimestamped || inner.format == LogFormat::kUnknown) continue;
        start = inner;
        prefixed = true;
        break;
      }
    }
  } else if (start.format == LogFormat::kPostgres) {
    // A CloudWatch time stamp before PostgreSQL's own.
    if (const auto prefix = cloudwatch_prefix(line)) {
      auto inner = recognise_line(line.substr(prefix->size), Time{});
      if (inner.format == LogFormat::kPostgres && inner.time) {
        start = inner;
        prefixed = true;
      }
    }
  }
  const auto index = static_cast<std::size_t>(start.format);
  if (start.format != LogFormat::kUnknown && votes.of[index] == 0) votes.detail[index] = detail_of(start);
  ++votes.of[index];
  votes.prefixed |= prefixed;
  if (!start.unknown_zone.empty() && votes.unknown_zone.empty()) votes.unknown_zone = start.unknown_zone;
}

}  // namespace

std::string_view to_string(LogFormat format) {
  for (const auto& f : kFormatNames)
    if (f.format == format) return f.name;
  return "unknown";
}

std::optional<LogFormat> parse_log_format(std::string_view name) {
  for (const auto& f : kFormatNames)
    if (f.name == name) return f.format;
  if (name == "sidekiq") return LogFormat::kSidekiqJson;
  return std::nullopt;
}

FormatGuess detect_format(std::string_view sample) {
  FormatGuess guess;
  if (sample.empty()) return guess;
  if (looks_binary(sample)) {
    guess.detail = "binary data";
    return guess;
  }
  Votes votes;
  sample = sample.substr(0, kSampleBytesMax);
  for (std::size_t at = 0; at < sample.size() && votes.lines < kSampleLinesMax;) {
    const auto end = std::min(sample.find('\n', at), sample.size());
    auto line = sample.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '\t' || line[0] == ' ') continue;  // continuation lines say nothing
    ++votes.lines;
    vote(votes, line.substr(0, kSampleLineBytesMax));
  }
  if (votes.lines == 0) return guess;
  std::size_t best = static_cast<std::size_t>(LogFormat::kUnknown);
  std::size_t most = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(LogFormat::kTimestamped); ++i)
    if (votes.of[i] > most) best = i, most = votes.of[i];
  const auto stamped = static_cast<std::size_t>(LogFormat::kTimestamped);
  const auto share_of = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(votes.lines);
  };
  if (share_of(most) < kShareMin || votes.of[stamped] > 4 * most) best = stamped, most = votes.of[stamped];
  if (most == 0) return guess;
  guess.format = static_cast<LogFormat>(best);
  guess.share = share_of(most);
  guess.detail = votes.detail[best];
  guess.behind_cloudwatch = votes.prefixed;
  if (votes.prefixed)
    guess.detail +=
        guess.detail.empty() ? "behind CloudWatch's time stamp" : ", behind CloudWatch's time stamp";
  if (!votes.unknown_zone.empty())
    guess.detail += fmt::format(", unknown zone '{}' read as UTC", votes.unknown_zone);
  return guess;
}

}  // namespace culprit
