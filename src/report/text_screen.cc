// What a person woken at night sees first: at most 24 lines that say verdict, severity, cause, onset and
// what to do now. The rest of the report repeats them with their evidence.
#include "report/text_screen.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "report/outline.h"

namespace culprit {

namespace {

constexpr std::size_t kStepsMax = 3;
constexpr std::string_view kLead = "  ";

std::string label(std::string_view name) { return fmt::format("{}{:<11}", kLead, name); }

Phrase cause_phrase(const Findings& f) {
  if (const Hypothesis* h = primary(f))
    return say(fmt::format("{} — {} confident", h->title, wording::share(h->confidence)), Tone::kStrong);
  if (!f.root_cause.primary.empty()) return say(f.root_cause.primary.front());
  if (f.verdict == Verdict::kNoIncident) return say("none", Tone::kMuted);
  return say("not found from what could be seen", Tone::kWarn);
}

std::string verdict_line(const Findings& f) {
  std::string text(wording::verdict(f.verdict));
  if (!f.severity.empty()) text += " · " + one_line(f.severity);
  return text + " · " + one_line(f.system.title.empty() ? f.system.name : f.system.title);
}

std::string onset_line(const Findings& f, const wording::Clock& clock) {
  if (!f.onset) return std::string(wording::kNoValue);
  return clock.both(*f.onset) +
         (f.recovery ? ", recovered " + clock.both(*f.recovery) : std::string(", recovery not seen"));
}

void put_steps(TextCanvas& canvas, const Findings& f) {
  const std::vector<Phrase> todo = first_steps(f);
  const std::string_view name = f.verdict == Verdict::kIncident ? "Do now" : "Check";
  for (std::size_t i = 0; i < todo.size() && i < kStepsMax; ++i)
    canvas.paragraph(label(i == 0 ? name : "") + fmt::format("{}. ", i + 1), todo[i], 2);
}

void put_contact(TextCanvas& canvas, const Findings& f) {
  for (const auto& c : f.contacts)
    if (c.now)
      return canvas.paragraph(label("Call"), say(fmt::format("{}: {} {}", c.role, c.name, c.reach)), 1);
}

}  // namespace

void put_screen(TextCanvas& canvas, const Findings& f) {
  const wording::Clock clock(f);
  canvas.paragraph("", say(verdict_line(f), tone_of(f.verdict)), 1);
  canvas.paragraph(kLead, say(f.headline, Tone::kStrong), 2);
  canvas.blank();
  if (!clock.is_utc()) canvas.paragraph(label("Window"), say(clock.local_range(f.window)), 2);
  canvas.paragraph(label(clock.is_utc() ? "Window" : ""), say(clock.utc_range(f.window)), 2);
  canvas.paragraph(label("Onset"), say(onset_line(f, clock)), 2);
  if (!f.severity.empty()) {
    Phrase why = f.severity_reasons.empty() ? say(wording::severity_meaning(f.severity))
                                            : say(f.severity_reasons.front());
    why.text = one_line(f.severity) + ": " + why.text;
    canvas.paragraph(label("Severity"), why, 2);
  }
  canvas.paragraph(label("Cause"), cause_phrase(f), 1);
  if (const Hypothesis* h = primary(f); h != nullptr && !h->summary.empty())
    canvas.paragraph(label(""), say(h->summary), 3);
  if (f.seen_before && !f.seen_before->alike.empty())
    canvas.paragraph(label("Seen"), seen_before_phrase(f, clock), 2);
  put_steps(canvas, f);
  put_contact(canvas, f);
}

}  // namespace culprit
