#include <fmt/format.h>

#include "report/wording.h"

namespace culprit::wording {

namespace {

Zone zone_of(std::string_view name) {
  if (const auto found = Zone::find(name)) return *found;
  return Zone::utc();
}

}  // namespace

Clock::Clock(const Findings& findings) : Clock(findings.zone, findings.window.start) {}

Clock::Clock(std::string_view zone, Time day_of)
    : zone_(zone_of(zone)),
      is_utc_(zone_.name() == "UTC" || zone_.name() == "Etc/UTC"),
      local_date_(zone_.format_minute(day_of).substr(0, 10)),
      utc_date_(format_utc(day_of).substr(0, 10)) {}

std::string Clock::local(Time t) const {
  const std::string date = zone_.format_minute(t).substr(0, 10);
  const std::string clock = zone_.format_clock(t).substr(0, 8);
  return date == local_date_ ? clock : fmt::format("{} {}", date, clock);
}

std::string Clock::utc(Time t) const {
  const std::string text = format_utc(t);
  const std::string clock = text.substr(11, 8) + "Z";
  return text.substr(0, 10) == utc_date_ ? clock : fmt::format("{} {}", text.substr(0, 10), clock);
}

std::string Clock::both(Time t) const { return is_utc_ ? utc(t) : fmt::format("{} ({})", local(t), utc(t)); }

std::string Clock::both(const std::optional<Time>& t) const { return t ? both(*t) : std::string(kNoValue); }

std::string Clock::local(Time t, bool exact) const {
  const std::string text = local(t);
  return exact ? text : text.substr(0, text.size() - 3);
}

std::string Clock::utc(Time t, bool exact) const {
  const std::string text = utc(t);
  return exact ? text : text.substr(0, text.size() - 4) + "Z";
}

std::string Clock::minute(Time t) const {
  return is_utc_ ? utc(t, false) : fmt::format("{} ({})", local(t, false), utc(t, false));
}

std::string Clock::local_range(Window w) const {
  const std::string start = zone_.format(w.start);
  const std::string end = zone_.format(w.end);
  const std::string_view date_time = std::string_view(start).substr(0, 19);
  const bool same_day = start.substr(0, 10) == end.substr(0, 10);
  return fmt::format("{} – {}", date_time, same_day ? end.substr(11) : end);
}

std::string Clock::utc_range(Window w) const {
  return fmt::format("{} – {}", format_utc(w.start), format_utc(w.end));
}

std::string Clock::tick(Time t) const { return zone_.format_clock(t).substr(0, 5); }

}  // namespace culprit::wording
