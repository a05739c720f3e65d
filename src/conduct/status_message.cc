#include "conduct/status_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::size_t kKnownMax = 5, kUnknownMax = 3, kNextMax = 3;
constexpr std::size_t kPhoneColumns = 40, kPhoneLines = 10;

bool is_concerned(const std::vector<std::string>& severities, std::string_view severity) {
  return std::ranges::find(severities, severity) != severities.end();
}

std::string phase(const Incident& incident) {
  if (incident.resolved) return "resolved";
  return incident.acknowledged ? "being worked on" : "open, nobody has taken it yet";
}

// Ends with a full stop, on one line.
std::string sentence(std::string_view text) {
  std::string out = one_line(printable(text));
  if (!out.empty() && out.back() != '.' && out.back() != '!' && out.back() != '?') out += '.';
  return out;
}

void add_list(std::string& out, std::string_view title, const std::vector<std::string>& items,
              std::size_t max) {
  out += fmt::format("\n{}\n", title);
  for (std::size_t i = 0; i < std::min(items.size(), max); ++i) out += "- " + sentence(items[i]) + "\n";
  if (items.size() > max) out += fmt::format("- and {} more in the report\n", items.size() - max);
}

std::vector<std::string> known(const StatusInput& in) {
  std::vector<std::string> out;
  if (in.findings != nullptr) {
    out.push_back(in.findings->headline);
    for (const auto& c : in.findings->root_cause.primary) out.push_back(c.text());
    if (in.findings->onset) out.push_back("It began at " + in.zone.format_clock(*in.findings->onset));
    if (in.findings->recovery)
      out.push_back("It was over at " + in.zone.format_clock(*in.findings->recovery));
    for (const auto& k : in.findings->known)
      if (std::ranges::find(out, k) == out.end()) out.push_back(k);
  }
  for (auto it = in.incident.events.rbegin(); it != in.incident.events.rend(); ++it)
    if (it->kind == IncidentEvent::Kind::kNote)
      out.insert(out.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(out.size(), 1)),
                 fmt::format("{}: {}", in.zone.format_clock(it->time), it->text));
  if (out.empty()) out.emplace_back("Only that it was opened; the evidence has not been looked at yet");
  return out;
}

std::vector<std::string> unknown(const StatusInput& in) {
  if (in.findings == nullptr) return {"The cause, and how many users are affected"};
  std::vector<std::string> out = in.findings->unknown;
  if (out.empty()) out.emplace_back("Nothing that the evidence leaves open");
  return out;
}

std::vector<std::string> next_steps(const StatusInput& in) {
  if (in.incident.resolved) return {"The detailed report and the follow-ups"};
  std::vector<std::string> out;
  if (!in.incident.acknowledged) out.emplace_back("Somebody on call takes the incident");
  if (in.findings == nullptr) {
    out.emplace_back("Evidence is collected: metrics, logs, states");
    return out;
  }
  for (const auto& r : in.findings->recommendations)
    if (r.horizon == "24h") out.push_back(r.text);
  for (const auto& c : in.findings->next_checks) out.push_back("Check: " + c.text);
  return out;
}

std::string heading(const StatusInput& in) {
  return fmt::format("[{}] {}: {}", in.incident.severity, one_line(printable(in.system.title)),
                     one_line(printable(in.incident.title)));
}

std::string recipients(const StatusInput& in) {
  std::string out;
  for (const auto& s : in.system.stakeholders)
    if (is_concerned(s.severities, in.incident.severity))
      out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", printable_text(s.name, 80),
                         printable_text(s.reach, 120));
  return out.empty()
             ? fmt::format("nobody: the system file names no stakeholder for {}", in.incident.severity)
             : out;
}

}  // namespace

Duration update_interval(std::string_view severity) {
  if (severity == "P0") return std::chrono::minutes(15);
  if (severity == "P1") return std::chrono::minutes(30);
  if (severity == "P2") return std::chrono::hours(2);
  return std::chrono::hours(24);
}

std::string status_message(const StatusInput& in) {
  std::string out = heading(in) + "\n";
  out += fmt::format("Status: {}", phase(in.incident));
  if (in.incident.acknowledged && !in.incident.acknowledged_by.empty())
    out += fmt::format(" by {}", printable_text(in.incident.acknowledged_by, 80));
  const Time end = in.incident.resolved.value_or(in.now);
  out += fmt::format(". Open since {}, {}.\n", in.zone.format(in.incident.opened),
                     format_duration(std::chrono::floor<std::chrono::minutes>(end - in.incident.opened)));
  if (in.incident.resolved && !in.incident.resolution.empty()) out += sentence(in.incident.resolution) + "\n";
  add_list(out, "What is known", known(in), kKnownMax);
  add_list(out, "What is not known", unknown(in), kUnknownMax);
  add_list(out, "What happens next", next_steps(in), kNextMax);
  if (in.incident.open())
    out += fmt::format("\nNext update: {}\n",
                       in.zone.format(floor_minute(in.now + update_interval(in.incident.severity))));
  else
    out += "\nThis is the last update.\n";
  return out + "To: " + recipients(in) + "\n";
}

std::string handover(const StatusInput& in) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view label, std::string_view text) {
    if (lines.size() < kPhoneLines && !text.empty())
      lines.push_back(shorten(fmt::format("{}{}", label, one_line(printable(text))), kPhoneColumns, "…"));
  };
  const auto& i = in.incident;
  add("", fmt::format("{} {}", i.severity, i.title));
  add("", fmt::format("{} {}, {}", in.zone.format_minute(i.opened), in.zone.abbreviation(i.opened),
                      i.open() ? "open" : "resolved"));
  add("By: ", i.open() ? (i.acknowledged ? i.acknowledged_by : "nobody yet") : i.resolved_by);
  if (in.findings != nullptr) {
    const auto& f = *in.findings;
    if (!f.hypotheses.empty() && f.verdict == Verdict::kIncident) add("Cause: ", f.hypotheses.front().title);
    if (f.onset)
      add("", fmt::format("Began {}, {}", in.zone.format_clock(*f.onset),
                          f.recovery ? "over " + in.zone.format_clock(*f.recovery) : "not over"));
    if (!f.unknown.empty()) add("Unknown: ", f.unknown.front());
  } else {
    add("", "Cause: not known yet");
  }
  if (!i.resolution.empty()) add("Did: ", i.resolution);
  for (auto it = i.events.rbegin(); it != i.events.rend(); ++it)
    if (it->kind == IncidentEvent::Kind::kNote && lines.size() < kPhoneLines - 2)
      add(in.zone.format_clock(it->time).substr(0, 5) + " ", it->text);
  const auto steps = next_steps(in);
  if (!steps.empty()) add("Next: ", steps.front());
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

}  // namespace culprit
