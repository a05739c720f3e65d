#include "report/reviews/review_outline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/outline_parts.h"
#include "report/reviews/review_wording.h"

namespace culprit {

namespace {

using std::chrono::sys_days;

constexpr std::size_t kSentencesMax = 6;

bool is_weekly(const Review& review) { return review.kind == Review::Kind::kWeekly; }

std::string names(const std::vector<std::string>& all) {
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 3 && all.size() > 4) return out + fmt::format(" and {} more", all.size() - 3);
    out += (i == 0 ? "" : ", ") + all[i];
  }
  return out;
}

template <class Wanted>
std::vector<std::string> titles(const Review& review, Wanted wanted) {
  std::vector<std::string> out;
  for (const auto& m : review.metrics)
    if (wanted(m)) out.push_back(m.title);
  return out;
}

ReviewFact fact_of_titles(std::string name, const std::vector<std::string>& found, std::size_t of,
                          Tone tone) {
  return {std::move(name), fmt::format("{} of {}", found.size(), of), names(found),
          found.empty() ? Tone::kPlain : tone};
}

ReviewFact budget_fact(const Review& review) {
  const ObjectiveReview* worst = nullptr;
  for (const auto& o : review.objectives)
    if (o.spent_month() && (worst == nullptr || *o.spent_month() > *worst->spent_month())) worst = &o;
  if (worst == nullptr)
    return {"Error budget", std::string(wording::kNoValue),
            review.objectives.empty() ? "no objective in the system file" : "no event that counts",
            Tone::kPlain};
  const double spent = *worst->spent_month();
  return {"Error budget spent", wording::percent(100 * spent),
          fmt::format("{}, {} days", worst->title, worst->days_month),
          spent >= 1      ? Tone::kBad
          : spent >= 0.75 ? Tone::kWarn
                          : Tone::kGood};
}

ReviewFact alarms_fact(const Review& review) {
  std::vector<std::string> fired;
  for (const auto& a : review.alarms)
    if (!a.fired.empty()) fired.push_back(a.name);
  return {"Alarms that fired", fmt::format("{} of {}", fired.size(), review.alarms.size()),
          fired.size() > 1 ? fmt::format("{} and {} more", fired.front(), fired.size() - 1) : names(fired),
          fired.empty() ? Tone::kPlain : Tone::kWarn};
}

ReviewFact messages_fact(const Review& review) {
  const auto fresh = std::ranges::count(review.templates, "new", &TemplateReview::shift);
  if (!review.templates_compared)
    return {"New messages", std::string(wording::kNoValue), "no logs to compare", {}};
  return {"New messages", fmt::format("{}", fresh), fmt::format("{} changed in all", review.templates_in_all),
          Tone::kPlain};
}

// The metric whose limit comes first, among those that grow.
struct First {
  const MetricReview* metric = nullptr;
  double days = 0;
};
First first_limit(const Review& review) {
  First out;
  for (const auto& m : review.metrics) {
    if (!m.trend || !m.limit) continue;
    const bool passed = m.low_is_bad ? m.trend->level <= *m.limit : m.trend->level >= *m.limit;
    if (!passed && (!m.trend->grows() || !m.reach.days)) continue;
    const double days = passed ? 0 : *m.reach.days;
    if (out.metric == nullptr || days < out.days) out = {&m, days};
  }
  return out;
}

ReviewFact limit_fact(const Review& review) {
  const bool known = std::ranges::any_of(review.metrics, [](const auto& m) { return m.trend.has_value(); });
  if (!known) return {"First limit", std::string(wording::kNoValue), "not enough history", Tone::kPlain};
  const First first = first_limit(review);
  if (first.metric == nullptr) return {"First limit", "none in sight", "", Tone::kGood};
  const auto& m = *first.metric;
  std::string when = wording::reached(review, m, *m.limit, m.reach);
  const std::size_t space = when.find(" (");
  const std::string range = space == std::string::npos ? "" : when.substr(space);
  return {"First limit", when.substr(0, space),
          fmt::format("{} at {}{}", m.title, wording::of_metric(m, *m.limit), range),
          first.days < 31   ? Tone::kBad
          : first.days < 92 ? Tone::kWarn
                            : Tone::kPlain};
}

ReviewFact forecast_fact(const Review& review) {
  std::size_t inside = 0, tested = 0;
  for (const auto& m : review.metrics)
    if (m.error) inside += m.error->inside, tested += m.error->tested;
  if (tested == 0)
    return {"Forecasts held", std::string(wording::kNoValue), "too little history to try them", Tone::kPlain};
  return {"Forecasts held", fmt::format("{} of {}", inside, tested),
          "days of the last week inside the 95 % interval that was forecast without it", Tone::kPlain};
}

void say_metrics(const Review& review, std::vector<std::string>& out) {
  for (const auto& m : review.metrics) {
    if (!m.moved) continue;
    std::string text =
        fmt::format("{} went from {} to {} ({})", m.title, wording::of_metric(m, m.weeks_before),
                    wording::of_metric(m, m.week), wording::change(m.change_percent));
    if (m.trend && m.trend->step)
      text += fmt::format(", in one step on {}", wording::date(day_of(review, m.trend->step->day)));
    else if (m.trend && m.trend->grows())
      text += fmt::format(", {} by {}", m.trend->per_day < 0 ? "changing" : "growing", wording::growth(m));
    out.push_back(text + ".");
  }
}

void say_week(const Review& review, std::vector<std::string>& out) {
  for (const auto& o : review.objectives)
    if (const auto spent = o.spent_month(); spent && *spent >= 1)
      out.push_back(fmt::format("The error budget of \"{}\" is spent: {} of it in {} days.", o.title,
                                wording::percent(100 * *spent), o.days_month));
  for (const auto& a : review.alarms)
    if (!a.fired.empty())
      out.push_back(fmt::format("{} fired {}, {} in ALARM.", a.name,
                                a.fired.size() == 1 ? "once" : fmt::format("{} times", a.fired.size()),
                                format_duration(a.in_alarm)));
  std::vector<std::string> fresh;
  for (const auto& t : review.templates)
    if (t.shift == "new") fresh.push_back(shorten(one_line(t.text), 60, "…"));
  if (!fresh.empty()) out.push_back(fmt::format("Messages that never came before: {}.", names(fresh)));
}

void say_month(const Review& review, std::vector<std::string>& out) {
  for (const auto& m : review.metrics) {
    if (!m.trend) continue;
    if (m.trend->grows()) {
      std::string text =
          fmt::format("{} {} by {}", m.title, m.trend->per_day < 0 ? "changes" : "grows", wording::growth(m));
      const std::string when = m.limit ? wording::reached(review, m, *m.limit, m.reach) : "";
      if (m.limit && m.reach.days)
        text += fmt::format("; it reaches {}{} {}", wording::of_metric(m, *m.limit),
                            when.starts_with("in ") ? "" : " on", when);
      out.push_back(text + ".");
    }
    if (m.trend->step) out.push_back(fmt::format("{} stepped {}.", m.title, wording::step(review, m)));
  }
}

}  // namespace

Tone tone_of(const MetricReview& m) {
  if (!m.moved || !m.change_percent) return Tone::kPlain;
  return (*m.change_percent > 0) != m.low_is_bad ? Tone::kWarn : Tone::kGood;
}

std::string review_title(const Review& review) {
  return fmt::format("{}: {}", is_weekly(review) ? "Weekly performance review" : "Monthly capacity plan",
                     one_line(review.title.empty() ? review.system : review.title));
}

std::string review_scope(const Review& review) {
  return fmt::format("{} to {}, days of {}", wording::date(sys_days{review.first}),
                     wording::date(sys_days{review.last}), review.zone.name());
}

std::vector<ReviewFact> review_facts(const Review& review) {
  const auto stepped = titles(review, [](const MetricReview& m) { return m.trend && m.trend->step; });
  if (is_weekly(review)) {
    std::vector<ReviewFact> out{
        fact_of_titles("Metrics that moved", titles(review, [](const MetricReview& m) { return m.moved; }),
                       review.metrics.size(), Tone::kWarn),
        fact_of_titles("Steps", stepped, review.metrics.size(), Tone::kWarn),
        budget_fact(review),
        alarms_fact(review),
        messages_fact(review),
        {"Changes", fmt::format("{}", review.changes_in_all), "deployments, settings, restarts",
         Tone::kPlain}};
    return out;
  }
  return {limit_fact(review),
          fact_of_titles("Growing",
                         titles(review, [](const MetricReview& m) { return m.trend && m.trend->grows(); }),
                         review.metrics.size(), Tone::kPlain),
          fact_of_titles("Steps", stepped, review.metrics.size(), Tone::kWarn), forecast_fact(review)};
}

std::vector<std::string> review_lead(const Review& review) {
  std::vector<std::string> out;
  if (is_weekly(review)) {
    say_metrics(review, out);
    say_week(review, out);
  } else {
    say_month(review, out);
  }
  const bool known = std::ranges::any_of(review.metrics, [](const auto& m) { return m.trend.has_value(); });
  if (out.empty())
    out.push_back(known
                      ? "Nothing stands out: no metric left its usual, and no limit is in sight."
                      : fmt::format("Not enough history to tell what moves: a trend needs {} days with data.",
                                    kTrendDaysMin));
  if (out.size() > kSentencesMax) {
    const std::size_t more = out.size() - kSentencesMax;
    out.resize(kSentencesMax);
    out.push_back(fmt::format("{} more below.", more));
  }
  return out;
}

Section steps_section(const Review& review) {
  Section s{"steps", "Steps", {}};
  std::vector<Item> items;
  std::string unknown;
  bool any_known = false;
  for (const auto& m : review.metrics) {
    any_known = any_known || m.trend;
    if (!m.trend) unknown += (unknown.empty() ? "" : ", ") + m.title;
    if (!m.trend || !m.trend->step) continue;
    const auto day = day_of(review, m.trend->step->day);
    std::string text = fmt::format("{}: {}.", m.title, wording::step(review, m));
    std::string changed;
    for (const auto& c : review.changes) {
      const auto of = std::chrono::floor<std::chrono::days>(review.zone.to_local(c.time)).time_since_epoch();
      const auto distance = (day.time_since_epoch() - of).count();
      if (distance == 0 || distance == 1)
        changed += (changed.empty() ? "" : "; ") + shorten(one_line(c.text), 100, "…");
    }
    text += changed.empty() ? " What was changed on that day?"
                            : " Changed on that day or the day before: " + changed;
    items.push_back({"", say(text)});
  }
  if (!items.empty()) s.blocks.push_back(list(std::move(items)));
  if (s.blocks.empty() && any_known)
    s.blocks.push_back(paragraph(say("No metric changed its level from one day to the next.")));
  if (!unknown.empty())
    s.blocks.push_back(note(fmt::format("Not enough history to tell ({} days with data are needed): {}.",
                                        kTrendDaysMin, unknown)));
  return s;
}

std::vector<Section> review_outline(const Review& review, bool bars) {
  std::vector<Section> out = is_weekly(review) ? weekly_sections(review, bars) : monthly_sections(review);
  Section unseen{"not-seen", "Not seen", {}};
  std::vector<Item> items;
  for (const auto& title : review.without_data)
    items.push_back({"", say(title + ": no datapoint in the evidence")});
  for (const auto& text : review.not_seen) items.push_back({"", say(text)});
  if (!items.empty()) {
    unseen.blocks.push_back(list(std::move(items)));
    out.push_back(std::move(unseen));
  }
  return out;
}

}  // namespace culprit
