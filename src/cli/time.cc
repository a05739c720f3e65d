// `culprit time`: one time, written in every way that a tool may want it (runbook row D1).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "base/zone.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "telemetry/window.h"

namespace culprit {

namespace {

constexpr std::size_t kTimesMax = 100'000;  // lines of standard input

struct TimeArguments {
  std::vector<std::string> texts;
  std::string tz;
  std::vector<std::string> to_tz;
  bool json = false;
};

struct TimeLine {
  std::string text;
  Time time;
};

Time wall_clock_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

// The texts to convert: arguments, with "-" replaced by the lines of standard input.
Result<std::vector<std::string>> gather_texts(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const auto& argument : arguments) {
    if (argument != "-") {
      out.push_back(argument);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (line.find_first_not_of(" \t\r") == line.npos) continue;
      if (out.size() >= kTimesMax)
        return fail(ErrorCode::kUsage, fmt::format("more than {} times", kTimesMax), "standard input",
                    "Split the input.");
      out.push_back(line);
    }
  }
  if (out.empty())
    return fail(ErrorCode::kUsage, "no time was given", {},
                "Give one or more times, or - to read them from standard input, one a line.");
  return out;
}

// A clock without a date is on the date of the time before it.
Result<std::vector<TimeLine>> parse_all(const std::vector<std::string>& texts, const Zone& zone, Time now) {
  std::vector<TimeLine> out;
  std::optional<Time> previous;
  for (const auto& text : texts) {
    auto parsed = parse_time(text, zone, now, previous);
    if (!parsed) return tl::unexpected(parsed.error());
    out.push_back({text, parsed->time});
    previous = parsed->time;
  }
  return out;
}

std::string epoch_seconds(Time t) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(t);
  const auto ms = (t - whole).count();
  return ms == 0 ? fmt::format("{}", whole.time_since_epoch().count())
                 : fmt::format("{}.{:03}", whole.time_since_epoch().count(), ms);
}

std::optional<Window> window_of(const std::vector<TimeLine>& lines) {
  if (lines.size() != 2 || lines[1].time <= lines[0].time) return std::nullopt;
  return Window{lines[0].time, lines[1].time};
}

void print_text(const std::vector<TimeLine>& lines, const Zone& zone, const std::vector<Zone>& others) {
  bool first = true;
  for (const auto& line : lines) {
    if (!first) fmt::print("\n");
    first = false;
    fmt::print("{}\n  epoch s   {}\n  epoch ms  {}\n  UTC       {}\n  local     {}\n", line.text,
               epoch_seconds(line.time), to_epoch_ms(line.time), format_utc(line.time),
               zone.format(line.time));
    for (const auto& other : others) fmt::print("  there     {}\n", other.format(line.time));
  }
  if (lines.size() != 2) return;
  const auto window = window_of(lines);
  if (!window) {
    fmt::print("\nno window: the second time is not after the first\n");
    return;
  }
  fmt::print("\nwindow\n  UTC         {} to {}\n  local       {} to {} ({})\n  length      {}\n",
             format_utc(window->start), format_utc(window->end), zone.format_minute(window->start),
             zone.format_minute(window->end), zone.name(), format_duration(window->length()));
  fmt::print("  aws logs    --start-time {} --end-time {}\n", to_epoch_ms(window->start),
             to_epoch_ms(window->end));
  fmt::print("  cloudwatch  --start-time {} --end-time {}\n", format_utc(window->start),
             format_utc(window->end));
}

boost::json::object json_of(const TimeLine& line, const Zone& zone, const std::vector<Zone>& others) {
  boost::json::object out;
  out["input"] = line.text;
  const auto ms = to_epoch_ms(line.time);
  if (ms % 1000 == 0)
    out["epoch_s"] = ms / 1000;
  else
    out["epoch_s"] = static_cast<double>(ms) / 1000;
  out["epoch_ms"] = ms;
  out["utc"] = format_utc(line.time);
  out["local"] = zone.format_minute(line.time) + zone.format_clock(line.time).substr(5);
  out["offset"] = format_offset(zone.offset(line.time));
  out["zone"] = zone.name();
  boost::json::object there;
  for (const auto& other : others) there[other.name()] = other.format(line.time);
  if (!there.empty()) out["to"] = std::move(there);
  return out;
}

void print_json(const std::vector<TimeLine>& lines, const Zone& zone, const std::vector<Zone>& others) {
  boost::json::object out;
  boost::json::array times;
  for (const auto& line : lines) times.push_back(json_of(line, zone, others));
  out["times"] = std::move(times);
  if (const auto window = window_of(lines)) {
    boost::json::object w;
    w["start"] = format_utc(window->start);
    w["end"] = format_utc(window->end);
    w["length_ms"] = window->length().count();
    out["window"] = std::move(w);
  }
  fmt::print("{}\n", boost::json::serialize(out));
}

Result<void> run_time(const TimeArguments& arguments) {
  auto zone = arguments.tz.empty() ? Result<Zone>(Zone::local()) : Zone::find(arguments.tz);
  if (!zone) return tl::unexpected(zone.error());
  std::vector<Zone> others;
  for (const auto& name : arguments.to_tz) {
    auto other = Zone::find(name);
    if (!other) return tl::unexpected(other.error());
    others.push_back(*other);
  }
  const auto texts = gather_texts(arguments.texts);
  if (!texts) return tl::unexpected(texts.error());
  const auto lines = parse_all(*texts, *zone, wall_clock_now());
  if (!lines) return tl::unexpected(lines.error());
  if (arguments.json)
    print_json(*lines, *zone, others);
  else
    print_text(*lines, *zone, others);
  return {};
}

}  // namespace

void add_time(CLI::App& app, int& exit) {
  auto* command = app.add_subcommand(
      "time",
      "Convert local times, ISO 8601, epochs and distances from now into each other; two make a window");
  auto arguments = std::make_shared<TimeArguments>();
  command->add_option(
      "times", arguments->texts,
      "\"2025-08-21 17:00\", 2025-08-21T23:00:00Z, 1755817200, 17:10, now, -2h; - reads standard "
      "input, a time a line");
  command->add_option("--tz", arguments->tz, "Zone of local times (default: this machine's)");
  command->add_option("--to-tz", arguments->to_tz, "Show the time in this zone too")->allow_extra_args(false);
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments, &exit] {
    const auto done = run_time(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
