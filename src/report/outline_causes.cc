// Root cause with its hypotheses, and the evidence that everything rests on.
#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

using wording::Clock;

std::vector<Item> terms(const std::vector<ScoreTerm>& from) {
  std::vector<Item> out;
  for (const auto& t : from) {
    Phrase p = say(t.text);
    p.evidence = t.evidence;
    out.push_back({log_odds(t.log_odds), std::move(p)});
  }
  return out;
}

Blocks hypothesis_blocks(const Findings& f, std::size_t index, const Clock& clock) {
  const Hypothesis& h = f.hypotheses[index];
  Blocks out;
  out.push_back(heading(fmt::format("{}. {}: {}", index + 1, h.title, wording::share(h.confidence)),
                        fmt::format("H{}", index + 1)));
  std::vector<Item> facts{{"Cause", code_cell(h.cause)}};
  if (!h.family.empty()) facts.push_back({"Family", code_cell(h.family)});
  facts.push_back({"Role", say(wording::role(h.role))});
  if (!h.component.empty()) facts.push_back({"Component", say(component_title(f, h.component))});
  facts.push_back({"Confidence", say(wording::share(h.confidence))});
  if (h.onset) facts.push_back({"Onset", say(clock.both(*h.onset))});
  if (!h.summary.empty()) out.push_back(paragraph(say(h.summary)));
  out.push_back(list(std::move(facts)));
  const auto add = [&](std::string_view title, std::vector<Item> items) {
    if (items.empty()) return;
    out.push_back(heading(title, {}, 4));
    out.push_back(list(std::move(items)));
  };
  std::vector<Item> speaks_for = terms(h.evidence_for);
  speaks_for.push_back(
      {log_odds(h.prior), say("how common the cause is, before any evidence", Tone::kMuted)});
  add("Speaks for it (log-odds)", std::move(speaks_for));
  add("Speaks against it (log-odds)", terms(h.evidence_against));
  std::vector<Item> unseen;
  for (const auto& t : h.unseen)
    unseen.push_back({"", Phrase{one_line(t.text), t.evidence, Tone::kMuted, false}});
  add("Could not be seen", std::move(unseen));
  append(out, check("Would refute it", h.refute));
  for (const auto& c : h.checks) append(out, check("Check", c));
  return out;
}

std::string excerpt_text(const Evidence& e, const Clock& clock) {
  std::string out;
  for (const auto& x : e.excerpts) {
    if (!out.empty()) out += '\n';
    out += fmt::format("# {}  {}  event {}{}\n{}\n", clock.both(x.time), one_line(x.stream), x.number,
                       x.cut ? "  (cut)" : "", x.text);
  }
  return out;
}

Table point_table(const Evidence& e, const Clock& clock) {
  Table t{{{"Local"}, {"UTC"}, {e.statistic.empty() ? "Value" : one_line(e.statistic), true}}, {}};
  if (clock.is_utc()) t.columns.erase(t.columns.begin());
  for (const auto& p : e.points) {
    std::vector<Phrase> row;
    if (!clock.is_utc()) row.push_back(cell(clock.local(p.time)));
    row.push_back(cell(clock.utc(p.time)));
    row.push_back(cell(wording::value(p.value, e.unit)));
    t.rows.push_back(std::move(row));
  }
  return t;
}

// Many minutes of one value (mostly zero) are one sentence.
Block point_block(const Evidence& e, const Clock& clock) {
  constexpr std::size_t kPointsMin = 3;
  const double first = e.points.front().value;
  const bool constant =
      std::all_of(e.points.begin(), e.points.end(), [&](const Datapoint& p) { return p.value == first; });
  if (!constant || e.points.size() < kPointsMin) return table(point_table(e, clock));
  return paragraph(
      say(fmt::format("{}: {} in each of {} datapoints, {} – {}.",
                      e.statistic.empty() ? "Value" : one_line(e.statistic), wording::value(first, e.unit),
                      e.points.size(), clock.both(e.points.front().time), clock.both(e.points.back().time))));
}

Blocks evidence_blocks(const Findings& f, const Evidence& e, const Clock& clock) {
  Blocks out;
  std::vector<Item> facts;
  if (!e.source.empty()) facts.push_back({"Source", code_cell(e.source)});
  if (!e.component.empty()) facts.push_back({"Component", say(component_title(f, e.component))});
  if (e.window)
    facts.push_back({"From – to", say(clock.both(e.window->start) + " – " + clock.both(e.window->end))});
  if (e.count > 0) {
    const bool metric = e.kind == EvidenceKind::kMetric;
    std::string text = metric ? wording::plural(e.count, "datapoint", "datapoints")
                              : wording::plural(e.count, "event", "events");
    const std::size_t shown = metric ? e.points.size() : e.excerpts.size();
    if (shown > 0 && shown < e.count) text += fmt::format(", shown {} of {}", shown, wording::count(e.count));
    facts.push_back({"Count", say(text)});
  }
  if (!facts.empty()) out.push_back(list(std::move(facts)));
  if (!e.excerpts.empty()) out.push_back(code(excerpt_text(e, clock), "text"));
  if (!e.points.empty()) out.push_back(point_block(e, clock));
  if (!e.document.empty()) out.push_back(code(e.document, "json"));
  if (!e.document.empty() && e.kind == EvidenceKind::kState)
    out.push_back(note("These are the fields that matter; both commands show the whole answer."));
  append(out, commands(e.aws_command, e.culprit_command));
  return out;
}

}  // namespace

Section root_cause_section(const Findings& f) {
  const Clock clock(f);
  Section s{"root-cause", "Root cause", {}};
  std::vector<Item> causes;
  for (const auto& c : f.root_cause.primary) causes.push_back({"Primary", say(c)});
  for (const auto& c : f.root_cause.secondary) causes.push_back({"Secondary", say(c)});
  for (const auto& c : f.root_cause.contributing) causes.push_back({"Contributing", say(c)});
  if (causes.empty()) {
    s.blocks.push_back(note(f.verdict == Verdict::kNoIncident
                                ? "No incident was found, so there is no cause to name."
                                : "No cause can be named from what could be seen."));
  } else {
    s.blocks.push_back(list(std::move(causes)));
  }
  if (!f.hypotheses.empty()) s.blocks.push_back(heading("Hypotheses, best first", "hypotheses"));
  for (std::size_t i = 0; i < f.hypotheses.size(); ++i)
    s.blocks.push_back(visual(Block::Visual::kHypothesis, i, hypothesis_blocks(f, i, clock)));
  return s;
}

Section evidence_section(const Findings& f) {
  const Clock clock(f);
  Section s{"evidence", "Evidence", {}};
  const auto& all = f.evidence.all();
  if (all.empty()) s.blocks.push_back(note("No claim was made, so there is no evidence to show."));
  for (std::size_t i = 0; i < all.size(); ++i) {
    Block b = visual(Block::Visual::kEvidence, i, evidence_blocks(f, all[i], clock));
    b.anchor = fmt::format("E{}", all[i].id);
    b.phrase = say(fmt::format("E{} · {}", all[i].id, evidence_title(f, all[i])));
    s.blocks.push_back(std::move(b));
  }
  return s;
}

}  // namespace culprit
