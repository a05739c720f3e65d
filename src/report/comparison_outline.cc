#include "report/comparison_outline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

constexpr std::size_t kSignalsShown = 15;
constexpr std::size_t kOrderShown = 8;

std::string cause_of(const ComparedIncident& i) {
  if (!i.cause.empty()) return fmt::format("{} ({})", i.title, wording::share(i.confidence));
  return i.verdict == Verdict::kNoIncident ? "none" : "not found";
}

std::string length_of(const ComparedIncident& i) {
  if (!i.onset) return std::string(wording::kNoValue);
  if (!i.recovery) return "recovery not seen";
  return format_duration(std::chrono::floor<std::chrono::seconds>(*i.recovery - *i.onset));
}

Section incidents_section(const IncidentComparison& c) {
  Section s{"incidents", "Incidents", {}};
  Table t{{{"No."}, {"Capsule"}, {"Onset"}, {"Lasted"}, {"Severity"}, {"Primary cause"}}, {}};
  for (std::size_t i = 0; i < c.incidents.size(); ++i) {
    const auto& one = c.incidents[i];
    const wording::Clock clock(one.zone, one.window.start);
    t.rows.push_back({cell(fmt::format("{}", i + 1)), code_cell(one.name),
                      cell(clock.zone().format(one.onset.value_or(one.window.start))), cell(length_of(one)),
                      cell(one.severity, tone_of_severity(one.severity)), cell(cause_of(one))});
  }
  s.blocks.push_back(table(std::move(t)));
  return s;
}

std::string which(const IncidentComparison& c, std::string ComparedIncident::*member, std::string_view none) {
  std::string out;
  for (std::size_t i = 0; i < c.incidents.size(); ++i) {
    const auto& value = c.incidents[i].*member;
    out += fmt::format("{}{} in {}", i == 0 ? "" : ", ", value.empty() ? none : value, i + 1);
  }
  return out;
}

std::string likeness_of(const IncidentPair& pair) {
  std::string out = fmt::format("{} and {}: {:.2f}, {}", pair.a + 1, pair.b + 1, pair.likeness,
                                pair.same_shape ? "the same shape" : "not the same shape");
  if (pair.same_order)
    out += *pair.same_order >= 1 ? "; the signals came in the same order"
                                 : fmt::format("; {} of the pairs of signals came in the same order",
                                               wording::share(*pair.same_order));
  return out;
}

Section verdict_section(const IncidentComparison& c) {
  Section s{"in-short", "In short", {}};
  std::vector<Item> items;
  items.push_back({"Cause", c.same_cause
                                ? say(fmt::format("the same: {}", c.incidents[0].cause), Tone::kStrong)
                                : say(which(c, &ComparedIncident::cause, "none named"))});
  items.push_back({"Severity", say(c.same_severity ? fmt::format("the same: {}", c.incidents[0].severity)
                                                   : which(c, &ComparedIncident::severity, "none"))});
  for (std::size_t i = 0; i < c.incidents.size(); ++i)
    if (!c.incidents[i].further_causes.empty())
      items.push_back({fmt::format("Also in {}", i + 1),
                       say(fmt::format("{}", fmt::join(c.incidents[i].further_causes, ", ")))});
  for (const auto& pair : c.pairs) items.push_back({"Likeness", say(likeness_of(pair))});
  s.blocks.push_back(list(std::move(items)));
  return s;
}

Table signal_table(const std::vector<SignalAcross>& signals, std::size_t incidents) {
  Table t{{{"Signal"}}, {}};
  for (std::size_t i = 0; i < incidents; ++i) t.columns.push_back({fmt::format("In {}", i + 1), true});
  for (std::size_t row = 0; row < signals.size() && row < kSignalsShown; ++row) {
    std::vector<Phrase> cells{code_cell(signals[row].name)};
    for (const auto& spreads : signals[row].spreads)
      cells.push_back(cell(spreads ? wording::moved(*spreads) : "not measured"));
    t.rows.push_back(std::move(cells));
  }
  return t;
}

Section signals_section(const IncidentComparison& c, std::string_view id, std::string_view title,
                        const std::vector<SignalAcross>& signals) {
  Section s{std::string(id), std::string(title), {}};
  if (signals.empty()) {
    s.blocks.push_back(note("None."));
    return s;
  }
  s.blocks.push_back(table(signal_table(signals, c.incidents.size())));
  if (signals.size() > kSignalsShown)
    s.blocks.push_back(note(fmt::format("The {} that moved furthest of {}; all are in the JSON.",
                                        kSignalsShown, signals.size())));
  return s;
}

Section order_section(const IncidentComparison& c) {
  Section s{"order", "Order", {}};
  std::vector<Item> items;
  for (std::size_t i = 0; i < c.incidents.size(); ++i) {
    auto names = c.incidents[i].order;
    const bool more = names.size() > kOrderShown;
    names.resize(std::min(names.size(), kOrderShown));
    items.push_back({fmt::format("In {}", i + 1),
                     say(fmt::format("{}{}", fmt::join(names, ", then "), more ? ", …" : ""))});
  }
  if (c.incidents[0].order.empty())
    s.blocks.push_back(note("No signal that moved in all of them can be dated in all."));
  else
    s.blocks.push_back(list(std::move(items)));
  return s;
}

}  // namespace

std::vector<Section> comparison_outline(const IncidentComparison& c) {
  auto alike = signals_section(c, "alike", "Moved alike", c.alike);
  alike.blocks.push_back(note("How far a signal moved, in times its usual variation."));
  return {incidents_section(c), verdict_section(c), std::move(alike),
          signals_section(c, "different", "Moved differently", c.differ), order_section(c)};
}

}  // namespace culprit
