#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/outline_parts.h"
#include "report/reviews/review_outline.h"
#include "report/reviews/review_wording.h"

namespace culprit {

namespace {

constexpr std::size_t kTextMax = 200;  // columns of a message in a table

std::string a_day(std::uint64_t count, const Window& window) {
  const double days = std::max(1.0, static_cast<double>(window.length().count()) / 86'400'000);
  return wording::number(static_cast<double>(count) / days);
}

Section trends(const Review& review, bool bars) {
  Section s{"trends", "Last week against the four before", {}};
  Table t{{{"Metric"}, {"Unit"}, {"Last week", true}, {"Before", true}, {"Change", true}, {"Worst", true}},
          {}};
  if (bars) t.columns.push_back({"By day"});
  bool all_known = true;
  for (const auto& m : review.metrics) {
    all_known = all_known && m.week && m.weeks_before;
    std::vector<Phrase> row{cell(m.title),
                            cell(m.unit),
                            cell(wording::of_metric(m, m.week)),
                            cell(wording::of_metric(m, m.weeks_before)),
                            cell(wording::change(m.change_percent), tone_of(m)),
                            cell(wording::of_metric(m, m.worst))};
    if (bars) row.push_back(cell(wording::days_as_bars(m.daily)));
    t.rows.push_back(std::move(row));
  }
  s.blocks.push_back(table(std::move(t)));
  if (!all_known)
    s.blocks.push_back(
        note("—: not enough history. The last week is told from 7 days of evidence on, a change from 8 on."));
  s.blocks.push_back(note("Medians of days; \"worst\" is the worst datapoint of the last week."));
  return s;
}

Section endpoints(const Review& review) {
  Section s{"endpoints", "Worst endpoints", {}};
  if (review.endpoints.empty()) {
    s.blocks.push_back(note("No request in the logs of that week."));
    return s;
  }
  Table t{{{"Endpoint"},
           {"Time waited", true},
           {"Requests a day", true},
           {"Before", true},
           {"p50", true},
           {"p95", true},
           {"p95 before", true},
           {"Failed", true},
           {"Failed before", true}},
          {}};
  for (const auto& e : review.endpoints) {
    const bool slower = e.p95_before_ms && e.p95_ms > 1.5 * *e.p95_before_ms;
    t.rows.push_back({code_cell(e.endpoint), cell(wording::milliseconds(e.total_ms)),
                      cell(a_day(e.requests, review.week)), cell(a_day(e.requests_before, review.before)),
                      cell(wording::milliseconds(e.p50_ms)),
                      cell(wording::milliseconds(e.p95_ms), slower ? Tone::kWarn : Tone::kPlain),
                      cell(e.p95_before_ms ? wording::milliseconds(*e.p95_before_ms) : ""),
                      cell(wording::count(e.errors), e.errors > 0 ? Tone::kBad : Tone::kPlain),
                      cell(wording::count(e.errors_before))});
  }
  s.blocks.push_back(table(std::move(t)));
  s.blocks.push_back(
      note(fmt::format("{} of {}: those that users waited for longest, then those that failed most.",
                       review.endpoints.size(), review.endpoints_in_all)));
  return s;
}

Section statements(const Review& review) {
  Section s{"statements", "Worst statements", {}};
  if (review.statements.empty()) {
    s.blocks.push_back(note("No statement in the database's log of that week."));
    return s;
  }
  Table t{{{"Statement"},
           {"Time spent", true},
           {"Logged calls a day", true},
           {"Before", true},
           {"p50", true},
           {"p95", true},
           {"Cancelled", true},
           {"Cancelled before", true},
           {"SQL"}},
          {}};
  for (const auto& q : review.statements) {
    const std::uint64_t calls = q.calls;
    t.rows.push_back({code_cell(q.fingerprint), cell(wording::milliseconds(q.total_ms)),
                      cell(a_day(calls, review.week)), cell(a_day(q.calls_before, review.before)),
                      cell(wording::milliseconds(q.p50_ms)), cell(wording::milliseconds(q.p95_ms)),
                      cell(wording::count(q.timeouts), q.timeouts > 0 ? Tone::kBad : Tone::kPlain),
                      cell(wording::count(q.timeouts_before)),
                      code_cell(shorten(one_line(q.sql), kTextMax, "…"))});
  }
  s.blocks.push_back(table(std::move(t)));
  s.blocks.push_back(note(fmt::format(
      "{} of {}; only statements that PostgreSQL logged are counted (log_min_duration_statement).",
      review.statements.size(), review.statements_in_all)));
  return s;
}

Section messages(const Review& review) {
  Section s{"messages", "New and changed messages", {}};
  if (!review.templates_compared) {
    s.blocks.push_back(note("Not enough history: there are no logs from before that week to compare with."));
    return s;
  }
  if (review.templates.empty()) {
    s.blocks.push_back(paragraph(say("No message came more or less often than before.")));
    return s;
  }
  Table t{{{"Message"}, {"Log group"}, {"Change"}, {"A day", true}, {"Before", true}, {"First"}}, {}};
  for (const auto& m : review.templates) {
    const Tone tone = m.shift == "new" || m.shift == "surged" ? Tone::kWarn : Tone::kMuted;
    t.rows.push_back({code_cell(shorten(one_line(m.text), kTextMax, "…")), code_cell(m.group),
                      cell(m.shift, tone), cell(a_day(m.count, review.week)),
                      cell(a_day(m.before, review.before)),
                      cell(m.shift == "new" ? review.zone.format_minute(m.first) : "")});
  }
  s.blocks.push_back(table(std::move(t)));
  if (review.templates_in_all > review.templates.size())
    s.blocks.push_back(
        note(fmt::format("{} of {} that changed.", review.templates.size(), review.templates_in_all)));
  return s;
}

Section alarms(const Review& review) {
  Section s{"alarms", "Alarms that fired", {}};
  Table t{{{"Alarm"}, {"What"}, {"Row"}, {"Fired", true}, {"In ALARM", true}, {"Last"}}, {}};
  std::string silent, blind;
  for (const auto& a : review.alarms) {
    if (!a.fired.empty())
      t.rows.push_back({code_cell(a.name), cell(a.title), cell(a.row),
                        cell(wording::count(a.fired.size()), Tone::kWarn), cell(format_duration(a.in_alarm)),
                        cell(review.zone.format_minute(a.fired.back()))});
    else
      (a.seen ? silent : blind) += ((a.seen ? silent : blind).empty() ? "" : ", ") + a.name;
  }
  if (review.alarms.empty()) s.blocks.push_back(note("The system file has no alarms."));
  const bool any = !t.rows.empty();
  if (any) s.blocks.push_back(table(std::move(t)));
  if (!any && !silent.empty()) s.blocks.push_back(paragraph(say("No alarm fired.")));
  if (!silent.empty()) s.blocks.push_back(note("Silent: " + silent + "."));
  if (!blind.empty())
    s.blocks.push_back(note("Could not see anything, since their metrics have no data here: " + blind + "."));
  if (!review.alarms.empty())
    s.blocks.push_back(
        note("The system file's alarms, evaluated as CloudWatch does over the evidence of that week."));
  return s;
}

Section budgets(const Review& review) {
  Section s{"error-budget", "Error budget", {}};
  if (review.objectives.empty()) {
    s.blocks.push_back(note("The system file has no objective on a log that is there."));
    return s;
  }
  Table t{{{"Objective"},
           {"Target", true},
           {"Good, last week", true},
           {"Bad", true},
           {"Budget of the week", true},
           {"Good, 28 days", true},
           {"Budget of 28 days", true}},
          {}};
  const auto good = [](std::uint64_t all, std::uint64_t bad) {
    return all == 0
               ? std::string()
               : fmt::format("{:.2f} %", 100 * (1 - static_cast<double>(bad) / static_cast<double>(all)));
  };
  const auto spent = [](const std::optional<double>& share) {
    if (!share) return cell("");
    return cell(wording::percent(100 * *share) + " spent", *share >= 1      ? Tone::kBad
                                                           : *share >= 0.75 ? Tone::kWarn
                                                                            : Tone::kGood);
  };
  bool partial = false;
  for (const auto& o : review.objectives) {
    partial = partial || o.days_month < 28;
    t.rows.push_back({cell(o.title), cell(wording::percent(o.target)), cell(good(o.all, o.bad)),
                      cell(fmt::format("{} of {}", wording::count(o.bad), wording::count(o.all))),
                      spent(o.spent()), cell(good(o.all_month, o.bad_month)), spent(o.spent_month())});
  }
  s.blocks.push_back(table(std::move(t)));
  if (partial)
    s.blocks.push_back(
        note(fmt::format("The evidence covers {} of the 28 days.", review.objectives.front().days_month)));
  return s;
}

Section changes(const Review& review) {
  Section s{"changes", "What changed", {}};
  if (review.changes.empty()) {
    s.blocks.push_back(
        note("No deployment, setting, restart or schema change is in the evidence of that week."));
    return s;
  }
  Table t{{{"When"}, {"Component"}, {"Kind"}, {"What"}, {"Times", true}}, {}};
  for (const auto& c : review.changes)
    t.rows.push_back({cell(review.zone.format_minute(c.time)), cell(c.component), cell(c.kind),
                      cell(shorten(one_line(c.text), kTextMax, "…")), cell(wording::count(c.times))});
  s.blocks.push_back(table(std::move(t)));
  if (review.changes_in_all > review.changes.size())
    s.blocks.push_back(note(fmt::format("The last {} of {}.", review.changes.size(), review.changes_in_all)));
  return s;
}

Section incidents(const Review& review) {
  Section s{"incidents", "Incidents", {}};
  if (review.incidents.empty()) {
    s.blocks.push_back(paragraph(say("None was opened.")));
    return s;
  }
  Table t{{{"Opened"}, {"Severity"}, {"Title"}, {"Acknowledged after", true}, {"Resolved after", true}}, {}};
  for (const auto& i : review.incidents)
    t.rows.push_back({cell(review.zone.format_minute(i.opened)),
                      cell(i.severity, tone_of_severity(i.severity)), cell(i.title),
                      cell(i.acknowledged ? format_duration(*i.acknowledged - i.opened) : "not"),
                      cell(i.resolved ? format_duration(*i.resolved - i.opened) : "not")});
  s.blocks.push_back(table(std::move(t)));
  return s;
}

}  // namespace

std::vector<Section> weekly_sections(const Review& review, bool bars) {
  std::vector<Section> out{trends(review, bars), steps_section(review), endpoints(review), statements(review),
                           messages(review),     alarms(review),        budgets(review),   changes(review)};
  if (review.has_book) out.push_back(incidents(review));
  return out;
}

}  // namespace culprit
