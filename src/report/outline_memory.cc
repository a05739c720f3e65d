// Remembered incidents that looked like this one, with what agrees and what does not.
#include <fmt/format.h>

#include <cmath>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

using wording::Clock;

constexpr std::size_t kSignalsShown = 8;

Table signal_table(const std::vector<LikeCase::Signal>& signals) {
  Table t{{{"Signal"}, {"Name"}, {"Now", true}, {"Then", true}}, {}};
  for (std::size_t i = 0; i < signals.size() && i < kSignalsShown; ++i)
    t.rows.push_back({cell(signals[i].title), code_cell(signals[i].name),
                      cell(wording::moved(signals[i].now)), cell(wording::moved(signals[i].then))});
  return t;
}

void add_signals(Blocks& blocks, std::string_view title, const std::vector<LikeCase::Signal>& signals) {
  if (signals.empty()) return;
  std::string text = fmt::format("{}: {}", title, wording::plural(signals.size(), "signal", "signals"));
  if (signals.size() > kSignalsShown) text += fmt::format(", the {} that weigh most", kSignalsShown);
  blocks.push_back(heading(text, {}, 4));
  blocks.push_back(table(signal_table(signals)));
}

std::string order_text(double same_order) {
  if (same_order >= 1) return "the same";
  return fmt::format("the same in {} of the pairs of signals", wording::share(same_order));
}

void add_case(Blocks& blocks, const Findings& f, const LikeCase& c, const Clock& clock) {
  const Time when = c.onset.value_or(c.window.start);
  blocks.push_back(heading(
      c.same_incident ? "This incident, as it is remembered"
                      : fmt::format("{}, likeness {:.2f}", clock.zone().format_minute(when), c.likeness)));
  std::vector<Item> facts{{"Confirmed cause", say(c.cause, Tone::kStrong)}};
  if (!c.hypothesis.empty()) facts.push_back({"Named then", code_cell(c.hypothesis)});
  if (!c.severity.empty()) facts.push_back({"Severity", say(c.severity)});
  facts.push_back({"Case", code_cell(c.id)});
  if (c.system != f.system.name) facts.push_back({"System", code_cell(c.system)});
  if (c.same_order && !c.same_incident) facts.push_back({"Order of signals", say(order_text(*c.same_order))});
  blocks.push_back(list(std::move(facts)));
  if (c.same_incident) return;
  add_signals(blocks, "Moved the same way", c.agree);
  add_signals(blocks, "Moved in one only, or the other way", c.differ);
}

}  // namespace

Phrase seen_before_phrase(const Findings& f, const Clock& clock) {
  const auto& c = f.seen_before->alike.front();
  if (c.same_incident) return say("this incident is remembered; its confirmed cause: " + c.cause);
  const auto when = clock.zone().format_minute(c.onset.value_or(c.window.start)).substr(0, 10);
  return say(fmt::format("{}, same shape ({:.2f}): {}", when, c.likeness, c.cause));
}

Section seen_before_section(const Findings& f) {
  const Clock clock(f);
  Section s{"seen-before", "Seen before", {}};
  const auto& seen = *f.seen_before;
  for (const auto& c : seen.alike) add_case(s.blocks, f, c, clock);
  if (!seen.alike.empty())
    s.blocks.push_back(note("Now and Then: how far a signal moved, in times its usual variation."));
  std::string text = fmt::format("Compared with {} of memory {}.",
                                 wording::plural(seen.cases, "remembered incident", "remembered incidents"),
                                 seen.digest.substr(0, 12));
  if (seen.alike.empty() && f.verdict != Verdict::kNoIncident)
    text += fmt::format(" None is alike; the nearest has a likeness of {:.2f}.", std::max(0.0, seen.nearest));
  s.blocks.push_back(note(text));
  for (const auto& name : seen.unreadable)
    s.blocks.push_back(note(fmt::format("{} in the memory is no case that can be read.", name)));
  return s;
}

}  // namespace culprit
