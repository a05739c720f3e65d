#include "report/reviews/daily_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/printable.h"
#include "report/html_text.h"
#include "report/reviews/review_wording.h"
#include "report/time_axis.h"

namespace culprit::html {

namespace {

constexpr double kWidth = 480, kHeight = 190;
constexpr double kLeft = 58, kRight = kWidth - 10;
constexpr double kTop = 14, kBottom = kHeight - 26;
constexpr std::size_t kForecastDays = 30;
constexpr std::size_t kLabelsMax = 6;
constexpr double kLabelWidth = 42;
constexpr double kLimitShown = 3;  // a limit further away than so many times the values would flatten them

// Everything that is drawn of one metric, and where.
class Drawing {
 public:
  Drawing(const Review& review, const MetricReview& metric)
      : review_(review), m_(metric), days_(metric.daily.size()) {
    if (review.kind == Review::Kind::kMonthly && m_.trend)
      for (std::size_t ahead = 1; ahead <= kForecastDays; ++ahead)
        ahead_.push_back(forecast(*m_.trend, ahead));
    double low = 0, high = 0;
    const auto widen = [&](double v) {
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    };
    for (const double v : m_.daily) widen(v);
    // Nothing that is measured here falls below zero, whatever an interval says.
    for (const auto& f : ahead_) widen(std::max(f.value, 0.0)), widen(std::max(f.high, 0.0));
    shows_limit_ = m_.limit && *m_.limit <= kLimitShown * high;
    if (shows_limit_) widen(*m_.limit);
    ticks_ = value_ticks(low, high);
    low_ = ticks_.front();
    high_ = std::max(ticks_.back(), low_ + 1e-12);
  }

  std::string svg() const {
    std::string out = fmt::format(
        "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" tabindex=\"0\" aria-label=\"{}\"{}>", kWidth,
        kHeight, escape(spoken()), readouts());
    out += shading() + grid() + band() + line() + fitted() + limit() + step() + labels();
    return out + fmt::format("<g class=\"cursor\"><line y1=\"{}\" y2=\"{}\"/><circle r=\"3.5\"/></g></svg>",
                             kTop, kBottom);
  }

 private:
  double x(double day) const {
    return kLeft + (day + 0.5) / static_cast<double>(days_ + ahead_.size()) * (kRight - kLeft);
  }
  double x(std::size_t day) const { return x(static_cast<double>(day)); }
  double y(double v) const {
    return kBottom - (std::clamp(v, low_, high_) - low_) / (high_ - low_) * (kBottom - kTop);
  }

  std::string shading() const {
    if (review_.kind != Review::Kind::kWeekly || days_ <= 7) return {};
    const double from = x(static_cast<double>(days_) - 7.5);
    return fmt::format("<rect class=\"win\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>", from,
                       kTop, kRight - from, kBottom - kTop);
  }

  std::string grid() const {
    std::string out;
    for (const double v : ticks_)
      out += fmt::format(
          "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
          "<text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>",
          kLeft, kRight, y(v), kLeft - 8, y(v) + 4, escape(wording::value(v, m_.unit)));
    return out;
  }

  // One path a run of days with data.
  std::string line() const {
    std::string path, dots, area;
    for (std::size_t i = 0; i < days_;) {
      if (std::isnan(m_.daily[i])) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < days_ && !std::isnan(m_.daily[end])) ++end;
      if (end - i == 1)
        dots += fmt::format("<circle class=\"dot s1\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\"/>", x(i),
                            y(m_.daily[i]));
      std::string run;
      for (std::size_t d = i; d < end; ++d)
        run += fmt::format("{}{:.1f} {:.1f}", d == i ? "M" : "L", x(d), y(m_.daily[d]));
      path += run;
      area += fmt::format("{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z", run, x(end - 1), kBottom, x(i), kBottom);
      i = end;
    }
    if (path.empty()) return {};
    return fmt::format("<path class=\"area\" d=\"{}\"/><path class=\"line s1\" d=\"{}\"/>", area, path) +
           dots;
  }

  // The interval that forecasts lie in, and their line.
  std::string band() const {
    if (ahead_.empty()) return {};
    std::string up, down, middle;
    for (std::size_t i = 0; i < ahead_.size(); ++i) {
      up += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x(days_ + i), y(ahead_[i].high));
      middle += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x(days_ + i), y(ahead_[i].value));
    }
    for (std::size_t i = ahead_.size(); i-- > 0;)
      down += fmt::format("L{:.1f} {:.1f}", x(days_ + i), y(ahead_[i].low));
    return fmt::format(
        "<path class=\"area\" style=\"opacity:.16\" d=\"{}{}Z\"/><path class=\"line s1\" "
        "stroke-dasharray=\"3 3\" "
        "d=\"{}\"/>",
        up, down, middle);
  }

  // The trend without its weekdays, on both sides of the step.
  std::string fitted() const {
    if (ahead_.empty()) return {};
    const Trend& t = *m_.trend;
    const double last = static_cast<double>(days_) - 1;
    const auto at = [&](double day) { return t.level - t.per_day * (last - day); };
    const double from = t.step ? static_cast<double>(t.step->day) : 0;
    std::string path =
        fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", x(from), y(at(from)), x(last), y(at(last)));
    if (t.step)
      path += fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", x(0.0), y(at(0) - t.step->size), x(from - 1),
                          y(at(from - 1) - t.step->size));
    return fmt::format("<path class=\"line s2\" d=\"{}\"/>", path);
  }

  std::string limit() const {
    if (!shows_limit_) return {};
    return fmt::format(
        "<line class=\"level high\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"mark high\" x=\"{3}\" y=\"{4:.1f}\">{5}</text>",
        kLeft, kRight, y(*m_.limit), kLeft + 3, y(*m_.limit) - 4,
        escape((m_.low_is_bad ? "low " : "high ") + wording::value(*m_.limit, m_.unit)));
  }

  std::string step() const {
    if (!m_.trend || !m_.trend->step) return {};
    const double at = x(static_cast<double>(m_.trend->step->day) - 0.5);
    const bool right = at < kLeft + 90;
    return fmt::format(
        "<line class=\"onset\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"mark onset\" x=\"{3:.1f}\" y=\"{4}\" text-anchor=\"{5}\">{6}</text>",
        at, kTop, kBottom, right ? at + 4 : at - 4, kTop + 9, right ? "start" : "end",
        escape("step " + wording::signed_of_metric(m_, m_.trend->step->size)));
  }

  std::string labels() const {
    const std::size_t all = days_ + ahead_.size();
    std::size_t every = 1;
    while (all / every >= kLabelsMax) every = every < 7 ? 7 : every + 7;
    if (all < kLabelsMax) every = 1;
    std::string out;
    for (std::size_t day = 0; day < all; day += every) {
      if (x(day) > kRight - kLabelWidth / 2) break;
      const std::string_view anchor = x(day) < kLeft + kLabelWidth / 2 ? "start" : "middle";
      out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
                         anchor == "start" ? kLeft : x(day), kHeight - 8, anchor,
                         wording::short_date(day_of(review_, day)));
    }
    return out;
  }

  std::string readouts() const {
    std::string xs, ys, texts;
    const auto add = [&](std::size_t day, double v, const std::string& text) {
      const bool first = xs.empty();
      xs += fmt::format("{}{:.1f}", first ? "" : ",", x(day));
      ys += fmt::format("{}{:.1f}", first ? "" : ",", y(v));
      texts += fmt::format("{}{}  {}", first ? "" : "|", wording::date(day_of(review_, day)), text);
    };
    for (std::size_t i = 0; i < days_; ++i)
      if (!std::isnan(m_.daily[i])) add(i, m_.daily[i], wording::of_metric(m_, m_.daily[i]));
    for (std::size_t i = 0; i < ahead_.size(); ++i)
      add(days_ + i, ahead_[i].value,
          fmt::format("forecast {} ({} to {})", wording::of_metric(m_, ahead_[i].value),
                      wording::of_metric(m_, ahead_[i].low), wording::of_metric(m_, ahead_[i].high)));
    return fmt::format(" data-x=\"{}\" data-y=\"{}\" data-t=\"{}\"", xs, ys, escape(texts));
  }

  std::string spoken() const {
    std::string out =
        fmt::format("{}, {}: last week {}, before {}", one_line(m_.title), wording::daily_is(m_),
                    wording::of_metric(m_, m_.week), wording::of_metric(m_, m_.weeks_before));
    if (m_.trend && m_.trend->step) out += ", a step " + wording::step(review_, m_);
    if (m_.trend && m_.trend->grows()) out += ", growth " + wording::growth(m_);
    return out;
  }

  const Review& review_;
  const MetricReview& m_;
  std::size_t days_;
  std::vector<Forecast> ahead_;
  std::vector<double> ticks_;
  double low_ = 0, high_ = 1;
  bool shows_limit_ = false;
};

}  // namespace

std::string daily_chart(const Review& review, const MetricReview& metric) {
  const bool any =
      std::any_of(metric.daily.begin(), metric.daily.end(), [](double v) { return std::isfinite(v); });
  return any ? Drawing(review, metric).svg() : std::string();
}

}  // namespace culprit::html
