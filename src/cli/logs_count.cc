// `culprit logs count`: how often each of many patterns matched, by period, in one pass.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "base/printable.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/logs_query.h"

namespace culprit {

namespace {

constexpr std::size_t kLocalTimeColumns = 19;  // "2025-08-21 17:00:00"

struct Arguments {
  LogsQueryOptions query;
  std::vector<std::string> patterns;
  std::string by = "1m";
  bool total = false;
};

Result<Duration> period_of(const Arguments& arguments) {
  const auto period = parse_duration(arguments.by);
  if (period && *period >= std::chrono::seconds(1) && *period <= std::chrono::days(31)) return period;
  return fail(ErrorCode::kUsage,
              fmt::format("'{}' is no period from 1s to 31d", printable_text(arguments.by, 40)), "--by",
              "Write --by 1m, 10s, 5m, 1h.");
}

void print_json(const Arguments& arguments, Duration period, const std::vector<PatternCount>& counts) {
  boost::json::array patterns;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    boost::json::array periods;
    for (const auto& p : counts[i].periods)
      periods.push_back(boost::json::object{{"start", format_utc(p.start)}, {"count", p.count}});
    patterns.push_back(boost::json::object{
        {"pattern", arguments.patterns[i]}, {"total", counts[i].total}, {"periods", std::move(periods)}});
  }
  const boost::json::object out{
      {"period_s", std::chrono::duration_cast<std::chrono::seconds>(period).count()},
      {"patterns", std::move(patterns)}};
  fmt::print("{}\n", boost::json::serialize(out));
}

// A line a period, a column a pattern; patterns that are long are named above.
void print_table(const Arguments& arguments, const Zone& zone, const std::vector<PatternCount>& counts) {
  std::map<Time, std::vector<std::uint64_t>> rows;
  for (std::size_t i = 0; i < counts.size(); ++i)
    for (const auto& p : counts[i].periods) {
      auto& row = rows[p.start];
      row.resize(counts.size());
      row[i] = p.count;
    }
  for (std::size_t i = 0; i < counts.size(); ++i)
    fmt::print("[{}] {}: {} in all\n", i + 1, printable_text(arguments.patterns[i], 200), counts[i].total);
  if (arguments.total || rows.empty()) return;
  const std::size_t time_width = std::max(kLocalTimeColumns, zone.name().size());
  fmt::print("\n{:{}}", zone.name(), time_width);
  for (std::size_t i = 0; i < counts.size(); ++i) fmt::print(" {:>9}", fmt::format("[{}]", i + 1));
  fmt::print("\n");
  for (const auto& [start, row] : rows) {
    fmt::print("{:{}}", format_local(zone.to_local(start)), time_width);
    for (const auto count : row) fmt::print(" {:>9}", count);
    fmt::print("\n");
  }
}

Result<void> count(const Arguments& arguments) {
  const auto period = period_of(arguments);
  if (!period) return tl::unexpected(period.error());
  std::vector<MessagePattern> patterns;
  for (const auto& text : arguments.patterns) {
    auto pattern = arguments.query.pattern(text);
    if (!pattern) return tl::unexpected(pattern.error());
    patterns.push_back(std::move(*pattern));
  }
  const auto logs = open_logs(arguments.query);
  if (!logs) return tl::unexpected(logs.error());
  const auto counts = logs->store().count_matches(logs->query, LogSearch(std::move(patterns)), *period);
  if (!counts) return tl::unexpected(counts.error());
  if (arguments.query.json())
    print_json(arguments, *period, *counts);
  else
    print_table(arguments, logs->zone, *counts);
  return {};
}

}  // namespace

void add_logs_count(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("count", "How often each pattern matched, by period");
  command
      ->add_option("patterns", arguments->patterns,
                   "CloudWatch filter patterns, or with -F plain texts, with -E regular expressions")
      ->required();
  arguments->query.add_to(*command);
  arguments->query.add_pattern_kinds(*command);
  command->add_option("--by", arguments->by, "Length of a period")->capture_default_str();
  command->add_flag("--total", arguments->total, "Only the sums");
  command->footer(R"(Examples:
  culprit logs count ERROR timeout ActiveStorage --by 1m
  culprit logs count -F 'IN (' 'statement timeout' --group postgresql --from "2025-08-21 17:00" --to 17:10
  culprit logs count -E 'status=5\d\d' --by 10s --format json

Periods begin at multiples of their length since the epoch (UTC); those without a match are left out.)");
  command->callback([arguments, &exit] {
    const auto done = count(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
