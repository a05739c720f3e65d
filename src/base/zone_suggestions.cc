#include "base/zone_suggestions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <numeric>
#include <tuple>

namespace culprit {

namespace {

constexpr std::size_t kNameBytesMax = 64;  // longer input is no misspelt zone
constexpr std::size_t kSuggestionsMax = 3;

struct Abbreviation {
  std::string_view name;
  std::string_view meanings;
};
// Abbreviations of clocks, which are no names of zones: most are shared, and each is in force for a part of
// the year only. (EST, MST, HST, CET, EET, MET and WET are names in the tz database and never come here.)
constexpr Abbreviation kAbbreviations[] = {
    {"ACST", "Australia/Darwin or Australia/Adelaide"},
    {"ADT", "America/Halifax"},
    {"AEDT", "Australia/Sydney"},
    {"AEST", "Australia/Brisbane or Australia/Sydney"},
    {"AKST", "America/Anchorage"},
    {"ART", "America/Argentina/Buenos_Aires"},
    {"AST", "America/Halifax, America/Puerto_Rico or Asia/Riyadh"},
    {"BRT", "America/Sao_Paulo"},
    {"BST", "Europe/London (summer) or Asia/Dhaka"},
    {"CDT", "America/Chicago or America/Havana (summer)"},
    {"CEST", "Europe/Berlin, Europe/Madrid, Europe/Paris …"},
    {"CST",
     "America/Costa_Rica, America/Mexico_City, America/Chicago (winter), America/Havana or Asia/Shanghai"},
    {"EDT", "America/New_York"},
    {"EEST", "Europe/Athens, Europe/Helsinki, Europe/Kyiv …"},
    {"HKT", "Asia/Hong_Kong"},
    {"IST", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin"},
    {"JST", "Asia/Tokyo"},
    {"KST", "Asia/Seoul"},
    {"MDT", "America/Denver"},
    {"MSK", "Europe/Moscow"},
    {"NZDT", "Pacific/Auckland"},
    {"NZST", "Pacific/Auckland"},
    {"PDT", "America/Los_Angeles"},
    {"PKT", "Asia/Karachi"},
    {"PST", "America/Los_Angeles (winter) or Asia/Manila"},
    {"SGT", "Asia/Singapore"},
    {"SST", "Pacific/Pago_Pago or Asia/Singapore"},
    {"WIB", "Asia/Jakarta"},
};

// Lower case, with '_' for spaces, for comparison only.
std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ') c = '_';
  }
  return out;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('/') + 1); }

bool in_a_region(std::string_view name) {
  static constexpr std::string_view kRegions[] = {"Africa/", "America/",  "Antarctica/",
                                                  "Asia/",   "Atlantic/", "Australia/",
                                                  "Europe/", "Indian/",   "Pacific/"};
  return std::ranges::any_of(kRegions, [&](auto region) { return name.starts_with(region); });
}

// The nearest names, best first: the whole name or its city alone misspelt by few letters.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& known_names) {
  struct Candidate {
    std::size_t distance;
    bool old_name;  // "US/Central" and the like, kept for compatibility
    std::string name;
    bool operator<(const Candidate& other) const {
      return std::tie(distance, old_name, name) < std::tie(other.distance, other.old_name, other.name);
    }
  };
  const auto wanted = folded(name);
  const auto wanted_city = std::string(last_part(wanted));
  const std::size_t limit = std::min<std::size_t>(4, std::max<std::size_t>(1, wanted_city.size() / 4));
  std::vector<Candidate> candidates;
  for (const auto& known : known_names) {
    const auto key = folded(known);
    const auto city = last_part(key);
    auto distance = std::min(edit_distance(wanted, key, limit), edit_distance(wanted, city, limit));
    // "Amerika/Costa_Rica", "America/Buenos_Aires": the right city in a wrong region.
    if (distance > limit && city == wanted_city) distance = limit;
    if (distance <= limit) candidates.push_back({distance, !in_a_region(known), known});
  }
  std::sort(candidates.begin(), candidates.end());
  std::vector<std::string> out;
  for (auto& c : candidates)
    if (out.size() < kSuggestionsMax && c.distance <= candidates.front().distance + 1)
      out.push_back(std::move(c.name));
  return out;
}

// "UTC-6", "GMT+02:00", "-06:00" -> "Etc/GMT+6": POSIX's sign is the other way round there.
std::string fixed_offset_name(std::string_view name) {
  if (name.starts_with("UTC") || name.starts_with("GMT")) name.remove_prefix(3);
  if (name.size() < 2 || (name[0] != '-' && name[0] != '+')) return {};
  int hours = 0;
  const auto* end = name.data() + name.size();
  const auto [rest, ec] = std::from_chars(name.data() + 1, end, hours);
  const std::string_view tail(rest, static_cast<std::size_t>(end - rest));
  if (ec != std::errc{} || (!tail.empty() && tail != ":00")) return {};
  if (tail.empty() && hours >= 100 && hours % 100 == 0) hours /= 100;
  if (hours == 0 || hours > 14) return {};
  return fmt::format("Etc/GMT{}{}", name[0] == '-' ? '+' : '-', hours);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const auto difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit) return limit + 1;
  std::vector<std::size_t> row(b.size() + 1), above(b.size() + 1), two_above(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::swap(two_above, above);
    std::swap(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({row[j] + 1, above[j + 1] + 1, above[j] + (a[i] == b[j] ? 0U : 1U)});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return std::min(row[b.size()], limit + 1);
}

Error unknown_zone(std::string_view name, const std::vector<std::string>& known_names) {
  if (name.empty())
    return {
        ErrorCode::kUsage, "the time zone is empty", {}, "Give a name such as America/Costa_Rica or UTC."};
  if (name.size() > kNameBytesMax)
    return {
        ErrorCode::kUsage, "the time zone's name is too long", {}, "Give a name such as America/Costa_Rica."};
  if (known_names.empty())
    return {ErrorCode::kUsage,
            fmt::format("no time zone '{}': this machine has no tz database", name),
            {},
            "Install the package tzdata, or use UTC."};
  for (const auto& a : kAbbreviations)
    if (folded(name) == folded(a.name)) {
      const bool shared =
          a.meanings.find(" or ") != a.meanings.npos || a.meanings.find("…") != a.meanings.npos;
      return {ErrorCode::kUsage,
              fmt::format(
                  "'{}' is {}", name,
                  shared ? "ambiguous: several zones use that abbreviation" : "an abbreviation, not a zone"),
              {},
              fmt::format("Name the zone: {}.", a.meanings)};
    }
  const auto what = fmt::format("there is no time zone '{}'", name);
  if (const auto fixed = fixed_offset_name(name); !fixed.empty())
    return {ErrorCode::kUsage,
            what,
            {},
            fmt::format(
                "For a fixed offset write {} (the tz database turns the sign round), or name a place such as "
                "America/Costa_Rica.",
                fixed)};
  const auto names = nearest(name, known_names);
  if (names.empty())
    return {ErrorCode::kUsage,
            what,
            {},
            "Zones are named Area/City, such as America/Costa_Rica or Europe/Madrid; `timedatectl "
            "list-timezones` "
            "lists them."};
  return {ErrorCode::kUsage, what, {}, fmt::format("Did you mean {}?", fmt::join(names, " or "))};
}

}  // namespace culprit
