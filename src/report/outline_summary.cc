// Executive summary, timeline, and the sections that say what to do and whom to tell.
#include <fmt/format.h>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

using wording::Clock;

std::string recovery_text(const Findings& f, const Clock& clock) {
  if (f.recovery) return clock.both(*f.recovery);
  return f.onset ? "not seen inside the data" : std::string(wording::kNoValue);
}

Phrase root_cause_phrase(const Findings& f) {
  if (!f.root_cause.primary.empty()) return say(f.root_cause.primary.front());
  if (f.verdict == Verdict::kNoIncident) return say("none: no incident was found in this window");
  return say("not found: no hypothesis is supported well enough by what could be seen");
}

Item severity_item(const Findings& f) {
  if (f.severity.empty()) return {"Severity", say("none", Tone::kMuted)};
  const std::string meaning = wording::severity_meaning(f.severity);
  return {"Severity",
          say(meaning.empty() ? f.severity : f.severity + " — " + meaning, tone_of_severity(f.severity))};
}

Table contact_table(const std::vector<ContactFinding>& contacts, bool with_role) {
  Table t{{{"Name"}, {"Reach"}, {"At this severity"}}, {}};
  if (with_role) t.columns.insert(t.columns.begin(), Column{"Role"});
  for (const auto& c : contacts) {
    std::vector<Phrase> row;
    if (with_role) row.push_back(cell(c.role));
    row.insert(row.end(), {cell(c.name), cell(c.reach),
                           c.now ? cell(with_role ? "Call now" : "Tell now", Tone::kStrong)
                                 : cell("if needed", Tone::kMuted)});
    t.rows.push_back(std::move(row));
  }
  return t;
}

void add_contacts(Blocks& blocks, std::string_view title, const std::vector<ContactFinding>& contacts,
                  bool with_role) {
  if (contacts.empty()) return;
  blocks.push_back(heading(title));
  blocks.push_back(table(contact_table(contacts, with_role)));
}

// A check of a hypothesis stands there with its commands; here it is named once more, in the order to go.
void add_next_checks(Blocks& blocks, const Findings& f) {
  std::vector<Item> items;
  Blocks own;
  for (const auto& c : f.next_checks) {
    const std::size_t of = hypothesis_of(f, c);
    if (of == f.hypotheses.size())
      append(own, check("Check", c));
    else
      items.push_back({"", say(fmt::format("{} (hypothesis {})", c.text, of + 1))});
  }
  if (!items.empty()) blocks.push_back(steps(std::move(items)));
  append(blocks, std::move(own));
}

}  // namespace

std::size_t hypothesis_of(const Findings& f, const NextCheck& c) {
  for (std::size_t i = 0; i < f.hypotheses.size(); ++i) {
    const auto same = [&](const NextCheck& other) { return other.text == c.text; };
    const auto& h = f.hypotheses[i];
    if (same(h.refute) || std::any_of(h.checks.begin(), h.checks.end(), same)) return i;
  }
  return f.hypotheses.size();
}

Section summary_section(const Findings& f) {
  const Clock clock(f);
  Section s{"executive-summary", "Executive summary", {}};
  s.blocks.push_back(paragraph(say(f.headline, Tone::kStrong)));
  std::vector<Item> facts{{"Verdict", say(wording::verdict(f.verdict), tone_of(f.verdict))}};
  if (!clock.is_utc()) facts.push_back({"Window (local)", say(clock.local_range(f.window))});
  facts.push_back({"Window (UTC)", say(clock.utc_range(f.window))});
  facts.push_back(severity_item(f));
  facts.push_back({"Root cause", root_cause_phrase(f)});
  const Hypothesis* cause = primary(f);
  if (cause != nullptr) facts.push_back({"Confidence", say(wording::share(cause->confidence))});
  facts.push_back({"Onset", say(clock.both(f.onset))});
  facts.push_back({"Recovery", say(recovery_text(f, clock))});
  s.blocks.push_back(list(std::move(facts)));
  const std::string cause_text = root_cause_phrase(f).text;
  for (const auto& sentence : summary_sentences(f))
    if (cause_text.find(one_line(sentence)) == std::string::npos && sentence != f.headline)
      s.blocks.push_back(paragraph(say(sentence)));
  if (!f.severity_reasons.empty()) {
    s.blocks.push_back(heading(fmt::format("Why {}", f.severity.empty() ? "this severity" : f.severity)));
    std::vector<Item> reasons;
    for (const auto& claim : f.severity_reasons) reasons.push_back({"", say(claim)});
    s.blocks.push_back(list(std::move(reasons)));
  }
  return s;
}

Section timeline_section(const Findings& f) {
  const Clock clock(f);
  Section s{"timeline", "Timeline", {}};
  if (f.timeline.empty()) {
    s.blocks.push_back(note("No change, onset or symptom was found."));
    return s;
  }
  Table t{{{"Local"}, {"UTC"}, {"Component"}, {"Kind"}, {"What happened"}}, {}};
  if (clock.is_utc()) t.columns.erase(t.columns.begin());
  for (const auto& e : f.timeline) {
    std::vector<Phrase> row;
    if (!clock.is_utc()) row.push_back(cell(clock.local(e.time, e.exact)));
    row.insert(row.end(), {cell(clock.utc(e.time, e.exact)), cell(component_title(f, e.component)),
                           cell(wording::timeline_kind(e.kind)), say(e.claim)});
    t.rows.push_back(std::move(row));
  }
  s.blocks.push_back(visual(Block::Visual::kLanes, 0, {table(std::move(t))}));
  if (!f.recovery && f.verdict == Verdict::kIncident)
    s.blocks.push_back(note("Recovery was not seen inside the data."));
  return s;
}

Section recommendations_section(const Findings& f) {
  Section s{"recommendations", "Recommendations", {}};
  for (const std::string_view horizon : {"24h", "1w", "1m"}) {
    std::vector<Item> items;
    for (const auto& r : f.recommendations)
      if (r.horizon == horizon) items.push_back({"", say(r.text)});
    if (items.empty()) continue;
    s.blocks.push_back(heading(wording::horizon(horizon)));
    s.blocks.push_back(steps(std::move(items)));
  }
  if (s.blocks.empty()) s.blocks.push_back(note("Nothing to recommend from what was found."));
  return s;
}

Section prevention_section(const Findings& f) {
  Section s{"preventive-measures", "Preventive measures", {}};
  for (const std::string_view area : {"monitoring", "code-review", "infrastructure"}) {
    std::vector<Item> items;
    for (const auto& p : f.prevention)
      if (p.area == area) items.push_back({"", say(p.text)});
    if (items.empty()) continue;
    s.blocks.push_back(heading(wording::area(area)));
    s.blocks.push_back(list(std::move(items)));
  }
  if (s.blocks.empty()) s.blocks.push_back(note("None follow from what was found."));
  return s;
}

Section known_section(const Findings& f) {
  Section s{"known-and-unknown", "What is known, what is not", {}};
  const auto add = [&](std::string_view title, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    std::vector<Item> items;
    for (const auto& text : sentences) items.push_back({"", say(text)});
    s.blocks.push_back(heading(title));
    s.blocks.push_back(list(std::move(items)));
  };
  add("Known", f.known);
  add("Not known", f.unknown);
  if (!f.next_checks.empty()) {
    s.blocks.push_back(heading("Check next"));
    add_next_checks(s.blocks, f);
  }
  if (s.blocks.empty()) s.blocks.push_back(note("Nothing beyond the tables above."));
  return s;
}

Section contacts_section(const Findings& f) {
  Section s{"escalation", "Escalation and stakeholders", {}};
  add_contacts(s.blocks, "Escalation contacts", f.contacts, true);
  add_contacts(s.blocks, "Stakeholders", f.stakeholders, false);
  if (s.blocks.empty()) s.blocks.push_back(note("The system file names no contacts."));
  return s;
}

Section gaps_section(const Findings& f) {
  const Clock clock(f);
  Section s{"not-seen", "What could not be seen", {}};
  if (f.gaps.empty()) {
    s.blocks.push_back(note("Everything that was asked for was answered."));
    return s;
  }
  s.blocks.push_back(note("What is missing lowers confidence; it is never counted as zero."));
  Table t{{{"Subject"}, {"Component"}, {"Why"}, {"What is missing"}, {"IAM action"}, {"From – to"}}, {}};
  for (const auto& g : f.gaps)
    t.rows.push_back({code_cell(g.subject), cell(component_title(f, g.component)),
                      cell(wording::gap(g.reason)), cell(g.detail), code_cell(g.action),
                      cell(g.window ? clock.both(g.window->start) + " – " + clock.both(g.window->end) : "")});
  s.blocks.push_back(table(std::move(t)));
  return s;
}

Section sources_section(const Findings& f) {
  Section s{"sources", "Sources and journal", {}};
  if (f.sources.empty()) s.blocks.push_back(note("No source was read."));
  if (!f.sources.empty()) {
    Table t{{{"Action"}, {"What was read"}, {"Calls", true}, {"Size", true}}, {}};
    for (const auto& source : f.sources)
      t.rows.push_back({code_cell(source.action), cell(source.what), cell(wording::count(source.calls)),
                        cell(wording::bytes(static_cast<double>(source.bytes)))});
    s.blocks.push_back(table(std::move(t)));
  }
  if (f.redacted)
    s.blocks.push_back(note(f.redaction_note.empty() ? "Personal data and secrets were replaced."
                                                     : "Redacted: " + f.redaction_note));
  return s;
}

}  // namespace culprit
