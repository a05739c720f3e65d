#include "base/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <cstdlib>

#include "base/zone_suggestions.h"

namespace culprit {

namespace {

using std::chrono::seconds;

// A copy of the database for other kinds of clock; no name that people use.
bool is_copy(std::string_view name) { return name.starts_with("posix/") || name.starts_with("right/"); }

// The library reports what it cannot find or read by exceptions; here they end.
const date::time_zone* locate(std::string_view name) {
  try {
    const auto* zone = date::locate_zone(name);
    zone->get_info(date::sys_seconds{});  // reads the zone's file now, so that nothing fails later
    return zone;
  } catch (const std::exception&) {
    return nullptr;
  }
}

date::sys_info info_at(const date::time_zone* rules, Time t) {
  if (rules != nullptr) {
    try {
      return rules->get_info(date::floor<seconds>(t));
    } catch (const std::exception&) {  // no rules for that time: treat as UTC
    }
  }
  date::sys_info utc;
  utc.offset = seconds{0};
  utc.abbrev = "UTC";
  return utc;
}

LocalTime apply(Time t, seconds offset) { return LocalTime{t.time_since_epoch() + offset}; }

std::string clock_only(LocalTime local) { return format_local(local).substr(11); }

// How to write an instant so that no zone is needed to read it: with its offset when that is of whole
// minutes (as ISO 8601 wants it), else in UTC.
std::string with_offset(LocalTime local, seconds offset) {
  if (offset.count() % 60 != 0) return format_utc(Time{local.time_since_epoch() - offset});
  auto text = format_local(local);
  text[10] = 'T';
  const auto m = std::abs(offset.count() / 60);
  return fmt::format("{}{}{:02}:{:02}", text, offset.count() < 0 ? '-' : '+', m / 60, m % 60);
}

void explain_gap(LocalReadings& out, const std::string& zone, LocalTime local, const date::local_info& info) {
  const Time change = info.first.end;
  const Time as_before{local.time_since_epoch() - info.first.offset};
  const Time as_after{local.time_since_epoch() - info.second.offset};
  out.refusal = fmt::format("{} does not exist in {}: clocks went from {} {} to {} {}", format_local(local),
                            zone, clock_only(apply(change, info.first.offset)), info.first.abbrev,
                            clock_only(apply(change, info.second.offset)), info.second.abbrev);
  out.suggestion = fmt::format("Write {} ({}) or {} ({}), or give an offset: {} or {}.",
                               format_local(apply(as_before, info.second.offset)), info.second.abbrev,
                               format_local(apply(as_after, info.first.offset)), info.first.abbrev,
                               with_offset(local, info.first.offset), with_offset(local, info.second.offset));
}

void explain_overlap(LocalReadings& out, const std::string& zone, LocalTime local,
                     const date::local_info& info) {
  out.refusal =
      fmt::format("{} happened twice in {}: first as {} ({}), then, after clocks went back, as {} ({})",
                  format_local(local), zone, info.first.abbrev, format_utc(out.instants[0]),
                  info.second.abbrev, format_utc(out.instants[1]));
  out.suggestion = fmt::format("Write {} for the first or {} for the second.",
                               with_offset(local, info.first.offset), with_offset(local, info.second.offset));
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  if (!is_copy(name)) {
    if (const auto* rules = locate(name)) return Zone(std::string(name), rules);
  }
  if (name == "UTC" || name == "Z" || name == "z") return utc();
  return tl::unexpected(unknown_zone(name, all_names()));
}

Zone Zone::utc() { return Zone("UTC", locate("UTC")); }

Zone Zone::local() {
  if (const char* tz = std::getenv("TZ"); tz != nullptr && *tz != '\0') {
    std::string_view name(tz);
    if (name.front() == ':') name.remove_prefix(1);
    if (auto zone = find(name)) return *zone;
  }
  try {
    const auto* zone = date::current_zone();
    if (zone != nullptr && locate(zone->name()) != nullptr) return Zone(zone->name(), zone);
  } catch (const std::exception&) {  // no /etc/localtime, or an unknown one
  }
  return utc();
}

std::vector<std::string> Zone::all_names() {
  std::vector<std::string> names;
  try {
    for (const auto& zone : date::get_tzdb().zones)
      if (!is_copy(zone.name())) names.push_back(zone.name());
  } catch (const std::exception&) {  // no database on this machine
  }
  std::ranges::sort(names);
  return names;
}

std::string Zone::format(Time t) const {
  const auto local = to_local(t);
  auto text = format_local(local);
  if (text.size() == 16) text += ":00";
  return fmt::format("{} {} ({})", text, format_offset(offset(t)), name_);
}

std::string Zone::format_clock(Time t) const {
  auto text = clock_only(to_local(t));
  if (text.size() == 5) text += ":00";
  return text;
}

std::string Zone::format_minute(Time t) const { return format_local(to_local(t)).substr(0, 16); }

Duration Zone::offset(Time t) const { return info_at(rules_, t).offset; }

std::string Zone::abbreviation(Time t) const { return info_at(rules_, t).abbrev; }

LocalTime Zone::to_local(Time t) const { return apply(t, info_at(rules_, t).offset); }

LocalReadings Zone::readings(LocalTime local) const {
  LocalReadings out;
  const auto plain = [&](seconds offset) { out.instants = {Time{local.time_since_epoch() - offset}}; };
  if (rules_ == nullptr) {
    plain(seconds{0});
    return out;
  }
  try {
    const auto whole = date::floor<seconds>(date::local_time<Duration>{local.time_since_epoch()});
    const auto info = rules_->get_info(whole);
    plain(info.first.offset);
    if (info.result == date::local_info::nonexistent) {
      out.instants.clear();
      explain_gap(out, name_, local, info);
    } else if (info.result == date::local_info::ambiguous) {
      out.instants.push_back(Time{local.time_since_epoch() - info.second.offset});
      explain_overlap(out, name_, local, info);
    }
  } catch (const std::exception& e) {
    out.instants.clear();
    out.refusal = fmt::format("{} cannot be placed in {}: {}", format_local(local), name_, e.what());
    out.suggestion = "Give the time with an offset or in UTC.";
  }
  return out;
}

std::string format_offset(Duration offset) {
  const auto s = std::abs(std::chrono::duration_cast<seconds>(offset).count());
  std::string out = fmt::format("{}{:02}", offset.count() < 0 ? '-' : '+', s / 3600);
  if (s % 3600 != 0) out += fmt::format(":{:02}", s / 60 % 60);
  if (s % 60 != 0) out += fmt::format(":{:02}", s % 60);
  return out;
}

std::string format_local(LocalTime local) {
  auto text = format_utc(Time{local.time_since_epoch()});
  text.pop_back();  // 'Z'
  text[10] = ' ';
  if (text.ends_with(":00") && text.size() == 19) text.resize(16);
  return text;
}

}  // namespace culprit
