#include "cli/window_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace culprit {

namespace {

constexpr auto kLongWindow = std::chrono::days{14};
// "--from 23:50 --to 00:10" crosses midnight; "--from 17:10 --to 17:00" is more likely a slip.
constexpr auto kOvernightMax = std::chrono::hours{12};

tl::unexpected<Error> about(std::string_view option, Error error) {
  error.where = error.where.empty() ? std::string(option) : fmt::format("{} ({})", option, error.where);
  return tl::unexpected(std::move(error));
}

std::string both_clocks(Time t, const Zone& zone) {
  return fmt::format("{} = {}", zone.format(t), format_utc(t));
}

Result<Zone> choose_zone(const std::string& tz, std::string_view default_zone) {
  if (tz.empty() && default_zone.empty()) return Zone::local();
  auto zone = Zone::find(tz.empty() ? default_zone : std::string_view(tz));
  if (!zone) return about(tz.empty() ? "the system's zone" : "--tz", zone.error());
  return zone;
}

Result<Time> parse_end(const std::string& to, Time start, const Zone& zone, Time now) {
  if (to.empty()) return now;
  const bool from_start = to.starts_with('+');
  auto end = parse_time(to, zone, from_start ? start : now, start);
  if (!end) return about("--to", end.error());
  if (!end->date_given && end->time <= start) {
    const auto next_day = zone.to_local(end->time) + std::chrono::days{1};
    const auto readings = zone.readings(next_day);
    if (readings.instants.size() == 1 && readings.instants.front() - start <= kOvernightMax)
      return readings.instants.front();
  }
  return end->time;
}

}  // namespace

void WindowOptions::add_to(CLI::App& app) {
  app.add_option("--from", from,
                 "Start of the window: \"2025-08-21 17:00\" (local in --tz), ISO 8601, epoch s or ms, -2h");
  app.add_option("--to", to,
                 "End of the window, exclusive: like --from; \"17:10\" is on --from's date, +10m counts from "
                 "--from (default: now)");
  app.add_option("--tz", tz, "Time zone of local times, such as America/Costa_Rica (default: the system's)");
}

Result<WindowChoice> WindowOptions::resolve(std::string_view default_zone, Time now) const {
  auto zone = choose_zone(tz, default_zone);
  if (!zone) return tl::unexpected(zone.error());
  WindowChoice choice{*zone, std::nullopt, {}};
  if (from.empty() && to.empty()) return choice;
  if (from.empty())
    return fail(ErrorCode::kUsage, "a window needs its start too", "--to",
                "Add --from \"2025-08-21 17:00\".");

  const auto start = parse_time(from, *zone, now);
  if (!start) return about("--from", start.error());
  const auto end = parse_end(to, start->time, *zone, now);
  if (!end) return tl::unexpected(end.error());

  if (start->time >= now)
    return fail(ErrorCode::kUsage,
                fmt::format("the window lies in the future: it starts at {}, and now it is {}",
                            both_clocks(start->time, *zone), format_utc(now)),
                "--from", "Check the date, the zone (--tz), and this machine's clock.");
  if (*end <= start->time)
    return fail(ErrorCode::kUsage,
                fmt::format("the window {}: --from is {}, --to is {}",
                            *end == start->time ? "is empty" : "ends before it starts",
                            both_clocks(start->time, *zone), both_clocks(*end, *zone)),
                {}, "Give the earlier time to --from, and both in the same zone.");
  choice.window = Window{start->time, *end};
  if (*end > now)
    choice.warnings.push_back(
        fmt::format("the window ends in the future ({}): nothing after {} can be seen yet",
                    both_clocks(*end, *zone), format_utc(now)));
  if (choice.window->length() > kLongWindow)
    choice.warnings.push_back(
        fmt::format("the window is {} long, more than 14 days: collecting it is slow, and "
                    "CloudWatch has finer metrics for the last 15 days only",
                    format_duration(choice.window->length())));
  return choice;
}

}  // namespace culprit
