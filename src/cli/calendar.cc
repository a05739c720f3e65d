// `culprit calendar`: what is due.
#include "conduct/calendar.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/system_options.h"

namespace culprit {

namespace {

struct Arguments {
  SystemOptions system;
  std::string from;
  int days = 90;
  std::string format = "text";
  std::string out;
};

std::string date_text(std::chrono::year_month_day d) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

std::string as_text(const System& system, const std::vector<Due>& due, int days) {
  std::string out = fmt::format("{}: due in the next {} days ({})\n\n", system.title, days, system.zone);
  for (const auto& d : due)
    out += fmt::format("{}  {}\n            {}\n", date_text(d.date), d.what->title, d.what->what);
  return out;
}

std::string as_json(const System& system, const std::vector<Due>& due) {
  boost::json::array items;
  for (const auto& d : due)
    items.push_back(boost::json::object{
        {"date", date_text(d.date)}, {"id", d.what->id}, {"title", d.what->title}, {"what", d.what->what}});
  return boost::json::serialize(
             boost::json::object{{"system", system.name}, {"zone", system.zone}, {"due", std::move(items)}}) +
         "\n";
}

Result<void> run_calendar(const Arguments& arguments) {
  const auto system = load_system(arguments.system);
  if (!system) return tl::unexpected(system.error());
  const auto zone = Zone::find(system->zone);
  if (!zone) return tl::unexpected(zone.error());
  Time from = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  if (!arguments.from.empty()) {
    const auto parsed = parse_time(arguments.from, *zone, from);
    if (!parsed) return tl::unexpected(parsed.error());
    from = parsed->time;
  }
  const auto due = due_dates(from, *zone, std::chrono::days(arguments.days));
  const std::string text = arguments.format == "ics" ? as_icalendar(system->name, system->title, from, *zone)
                           : arguments.format == "json" ? as_json(*system, due)
                                                        : as_text(*system, due, arguments.days);
  if (!arguments.out.empty()) return write_file_atomically(arguments.out, text);
  fmt::print("{}", text);
  return {};
}

}  // namespace

void add_calendar(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("calendar", "What is due: reviews, recovery test, architecture review");
  add_system_options(*command, arguments->system);
  command->add_option("--from", arguments->from, "First day (default: today)");
  command->add_option("--days", arguments->days, "How many days to list")
      ->check(CLI::Range(1, 3660))
      ->capture_default_str();
  command->add_option("--format", arguments->format, "text, json, or ics (iCalendar)")
      ->check(CLI::IsMember({"text", "json", "ics"}))
      ->capture_default_str();
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->footer(R"(Examples:
  culprit calendar
  culprit calendar --format ics -o reviews.ics
Mondays: performance review. First Tuesday of a month: capacity planning. Second Wednesday of a quarter's first month:
disaster-recovery test. Third Thursday of January and July: architecture review. Days are those of the system's zone.)");
  command->callback([arguments, &exit] {
    const auto done = run_calendar(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
