#include "conduct/follow_ups.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"

namespace culprit {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string owner_of(std::string_view role, const System& system) {
  for (const std::string_view wanted : {role, std::string_view("devops"), std::string_view("")})
    for (const auto& c : system.contacts)
      if (wanted.empty() || lower(c.role).find(wanted) != std::string::npos)
        return c.name.empty() ? c.role : fmt::format("{} ({})", c.role, c.name);
  return "nobody: the system file has no contacts";
}

std::string_view role_for(const Findings& findings, const System& system, std::string_view cause,
                          std::string_view horizon) {
  if (horizon == "1m") return "infrastructure";
  for (const auto& h : findings.hypotheses)
    if (h.cause == cause)
      if (const auto* c = system.component(h.component);
          c != nullptr && c->kind == ComponentKind::kRdsInstance)
        return "database";
  return "devops";
}

std::string due(Time from, const Zone& zone, int days) {
  const auto day = std::chrono::floor<std::chrono::days>(zone.to_local(from)) + std::chrono::days(days);
  const std::chrono::year_month_day d{std::chrono::sys_days{day.time_since_epoch()}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

}  // namespace

std::vector<ProposedFollowUp> propose_follow_ups(const Findings& findings, const System& system, Time from,
                                                 const Zone& zone) {
  std::vector<ProposedFollowUp> out;
  const auto add = [&](std::string_view text, std::string_view role, int days, std::string_view why) {
    const std::string line = one_line(text);
    const bool known = std::ranges::any_of(out, [&](const auto& f) { return f.text == line; });
    if (!line.empty() && !known)
      out.push_back({line, owner_of(role, system), due(from, zone, days), std::string(why)});
  };
  for (const auto& r : findings.recommendations)
    add(r.text, role_for(findings, system, r.cause, r.horizon),
        r.horizon == "24h"  ? 1
        : r.horizon == "1w" ? 7
                            : 30,
        "recommendation");
  for (const auto& p : findings.prevention)
    add(p.text, p.area == "infrastructure" ? "infrastructure" : "devops", 30, p.area);
  std::ranges::stable_sort(out, {}, &ProposedFollowUp::due);
  return out;
}

}  // namespace culprit
