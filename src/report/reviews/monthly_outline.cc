#include <fmt/format.h>

#include <algorithm>

#include "report/outline_parts.h"
#include "report/reviews/review_outline.h"
#include "report/reviews/review_wording.h"

namespace culprit {

namespace {

Section growth(const Review& review) {
  Section s{"growth", "Growth, and when limits are reached", {}};
  Table t{{{"Metric"},
           {"Unit"},
           {"Now", true},
           {"Growth (95 % interval)"},
           {"Limit reached"},
           {"Forecasts were off by"}},
          {}};
  for (const auto& m : review.metrics)
    t.rows.push_back({cell(m.title), cell(m.unit),
                      cell(m.trend ? wording::of_metric(m, m.trend->level) : wording::of_metric(m, m.week)),
                      cell(wording::growth(m)),
                      cell(!m.limit ? "no limit in the system file"
                                    : fmt::format("{}: {}", wording::of_metric(m, *m.limit),
                                                  wording::reached(review, m, *m.limit, m.reach))),
                      cell(wording::back_test(m))});
  s.blocks.push_back(table(std::move(t)));
  s.blocks.push_back(
      note("Days are told by what their busiest minutes reach (p95; p5 of what is free), since it is these "
           "that meet a "
           "limit. Growth is the median slope between days whole weeks apart. The last column is how far "
           "forecasts of the "
           "last week, made without it, were off (median), and how many of its days lay inside the interval "
           "forecast."));
  return s;
}

Section forecasts(const Review& review) {
  Section s{"forecast", "Forecast", {}};
  Table t{{{"Metric"}, {"In a week", true}, {"In 30 days", true}, {"In 90 days", true}}, {}};
  const auto at = [](const MetricReview& m, std::size_t ahead) {
    const Forecast f = forecast(*m.trend, ahead);
    // Nothing that is measured here falls below zero, whatever a line says.
    const auto text = [&](double v) { return wording::of_metric(m, std::max(v, 0.0)); };
    return cell(fmt::format("{} ({} to {})", text(f.value), text(f.low), text(f.high)));
  };
  for (const auto& m : review.metrics)
    if (m.trend) t.rows.push_back({cell(m.title), at(m, 7), at(m, 30), at(m, 90)});
  if (t.rows.empty()) {
    s.blocks.push_back(note(fmt::format("Not enough history: {} days with data are needed.", kTrendDaysMin)));
    return s;
  }
  s.blocks.push_back(table(std::move(t)));
  s.blocks.push_back(
      note("The line goes on and the weekdays stay as they are; in brackets the 95 % interval of one day."));
  return s;
}

Section capacity(const Review& review) {
  Section s{"capacity", "When resources end", {}};
  Table t{{{"Resource"}, {"Now", true}, {"End", true}, {"What it is"}, {"Reached"}}, {}};
  for (const auto& m : review.metrics)
    if (m.capacity)
      t.rows.push_back(
          {cell(m.title), cell(wording::of_metric(m, m.trend->level)),
           cell(wording::of_metric(m, m.capacity->end)), cell(m.capacity->end_is),
           cell(m.capacity->end ? wording::reached(review, m, *m.capacity->end, m.capacity->reach_end)
                                : "not known")});
  if (t.rows.empty()) {
    s.blocks.push_back(note("Not enough history of a resource that can end."));
    return s;
  }
  s.blocks.push_back(table(std::move(t)));
  return s;
}

Section resizing(const Review& review) {
  Section s{"resizing", "What resizing would do", {}};
  Table t{{{"Resource"},
           {"Change"},
           {"Now", true},
           {"Then", true},
           {"Limit reached then"},
           {"End reached then"},
           {"Assumed"}},
          {}};
  for (const auto& m : review.metrics) {
    if (!m.capacity || !m.capacity->resize) continue;
    const Resize& r = *m.capacity->resize;
    const auto reached = [&](double limit, const Reach& reach) {
      return fmt::format(
          "{}: {}", wording::of_metric(m, limit),
          wording::reached_from(review, m.low_is_bad, r.level, m.trend->grows(), limit, reach));
    };
    t.rows.push_back({cell(m.title), cell(r.what), cell(wording::of_metric(m, m.trend->level)),
                      cell(wording::of_metric(m, r.level)),
                      cell(m.limit ? reached(*m.limit, r.reach_high) : ""),
                      cell(r.end ? reached(*r.end, r.reach_end) : ""), cell(r.assumes)});
  }
  if (t.rows.empty()) {
    s.blocks.push_back(
        note("Nothing to say: sizes of instances and services, or enough history, are not in the evidence."));
    return s;
  }
  s.blocks.push_back(table(std::move(t)));
  s.blocks.push_back(note("Arithmetic on the fitted line; a step or a change of use is not foreseen by it."));
  return s;
}

}  // namespace

std::vector<Section> monthly_sections(const Review& review) {
  return {growth(review), forecasts(review), capacity(review), resizing(review), steps_section(review)};
}

}  // namespace culprit
