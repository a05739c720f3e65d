#include "report/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "report/html_text.h"
#include "report/sparkline.h"
#include "report/time_axis.h"

namespace culprit::html {

namespace {

constexpr double kWidth = 480;
constexpr double kHeight = 190;
constexpr double kLeft = 52;
constexpr double kRight = kWidth - 10;
constexpr double kTop = 14;
constexpr double kBottom = kHeight - 26;
constexpr std::size_t kSeriesMax = 3;
constexpr std::size_t kReadoutsMax = 400;

struct ValueAxis {
  double low, high, top, bottom;
  double y(double v) const {
    return bottom - (std::clamp(v, low, high) - low) / (high - low) * (bottom - top);
  }
};

double finite_extreme(const MetricFinding& m, bool largest) {
  double out = 0;
  for (std::size_t i = 0; i < std::min(m.chart.size(), kSeriesMax); ++i)
    for (const auto& p : m.chart[i].points)
      if (std::isfinite(p.value)) out = largest ? std::max(out, p.value) : std::min(out, p.value);
  return out;
}

Window chart_span(const MetricFinding& m) {
  Window span{};
  for (const auto& s : m.chart) {
    if (s.points.empty()) continue;
    const Window own = span_of(s.points, s.period);
    span = span.length().count() == 0 ? own
                                      : Window{std::min(span.start, own.start), std::max(span.end, own.end)};
  }
  return span;
}

std::string shading(const Findings& f, const TimeAxis& axis, double top, double bottom) {
  const double from = axis.x(f.window.start);
  const double to = axis.x(f.window.end);
  if (to <= from) return {};
  return fmt::format("<rect class=\"win\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
                     from, top, to - from, bottom - top);
}

std::string time_labels(const TimeAxis& axis, const wording::Clock& clock, double y, std::size_t most) {
  std::string out;
  for (const Time t : axis.ticks(clock, most)) {
    const double x = axis.x(t);
    const std::string_view anchor = x < axis.left() + 14 ? "start" : x > axis.right() - 14 ? "end" : "middle";
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y,
                       anchor, clock.tick(t));
  }
  return out;
}

std::string grid(const ValueAxis& values, const std::vector<double>& ticks, std::string_view unit) {
  std::string out;
  for (const double v : ticks) {
    const double y = values.y(v);
    out += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>",
        kLeft, kRight, y, kLeft - 8, y + 4, escape(wording::value(v, unit)));
  }
  return out;
}

// One path a run without a missing period: a gap stays a gap.
std::string runs(const Series& s, const TimeAxis& axis, const ValueAxis& values, std::string_view name,
                 bool filled) {
  std::string line;
  std::string area;
  std::string dots;
  const auto period = std::max<Duration>(s.period, Duration{1});
  for (std::size_t i = 0; i < s.points.size();) {
    std::size_t end = i + 1;
    while (end < s.points.size() && s.points[end].time - s.points[end - 1].time <= period + period / 2) ++end;
    const double first = axis.x(s.points[i].time);
    if (end - i == 1)
      dots += fmt::format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\"/>", name, first,
                          values.y(s.points[i].value));
    for (std::size_t p = i; p < end; ++p)
      line += fmt::format("{}{:.1f} {:.1f}", p == i ? "M" : "L", axis.x(s.points[p].time),
                          values.y(s.points[p].value));
    if (filled && end - i > 1) {
      area += fmt::format("M{:.1f} {:.1f}", first, values.bottom);
      for (std::size_t p = i; p < end; ++p)
        area += fmt::format("L{:.1f} {:.1f}", axis.x(s.points[p].time), values.y(s.points[p].value));
      area += fmt::format("L{:.1f} {:.1f}Z", axis.x(s.points[end - 1].time), values.bottom);
    }
    i = end;
  }
  std::string out;
  if (!area.empty()) out += fmt::format("<path class=\"area\" d=\"{}\"/>", area);
  return out + fmt::format("<path class=\"line {}\" d=\"{}\"/>", name, line) + dots;
}

std::string level(const ValueAxis& values, double v, std::string_view name, std::string_view label) {
  if (v < values.low || v > values.high) return {};
  const double y = values.y(v);
  return fmt::format(
      "<line class=\"level {0}\" x1=\"{1}\" x2=\"{2}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\"/>"
      "<text class=\"mark {0}\" x=\"{4}\" y=\"{5:.1f}\" text-anchor=\"end\">{6}</text>",
      name, kLeft, kRight, y, kRight - 3, y - 4, escape(label));
}

std::string onset_mark(const MetricFinding& m, const TimeAxis& axis) {
  if (!m.onset || !axis.span().contains(*m.onset)) return {};
  const double x = axis.x(*m.onset);
  return fmt::format(
      "<line class=\"onset\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
      "<text class=\"mark onset\" x=\"{3:.1f}\" y=\"{4}\" text-anchor=\"end\">onset</text>",
      x, kTop, kBottom, x - 4, kTop + 9);
}

// Positions and texts that the script shows under the pointer.
std::string readouts(const MetricFinding& m, const TimeAxis& axis, const ValueAxis& values,
                     const wording::Clock& clock) {
  const Series& lead = m.chart.front();
  const std::size_t stride = lead.points.size() / kReadoutsMax + 1;
  std::string xs;
  std::string ys;
  std::string texts;
  for (std::size_t i = 0; i < lead.points.size(); i += stride) {
    const auto& p = lead.points[i];
    xs += fmt::format("{}{:.1f}", i == 0 ? "" : ",", axis.x(p.time));
    ys += fmt::format("{}{:.1f}", i == 0 ? "" : ",", values.y(p.value));
    texts += fmt::format("{}{}  {}", i == 0 ? "" : "|", clock.local(p.time), wording::value(p.value, m.unit));
    for (std::size_t s = 1; s < std::min(m.chart.size(), kSeriesMax); ++s) {
      const auto& points = m.chart[s].points;
      const auto at = std::lower_bound(points.begin(), points.end(), p.time,
                                       [](const Datapoint& d, Time t) { return d.time < t; });
      if (at != points.end() && at->time == p.time)
        texts += fmt::format(" · {} {}", one_line(m.chart[s].statistic), wording::value(at->value, m.unit));
    }
  }
  std::replace(texts.begin(), texts.end(), '\n', ' ');
  return fmt::format(" data-x=\"{}\" data-y=\"{}\" data-t=\"{}\"", xs, ys, escape(texts));
}

std::string spoken(const MetricFinding& m, const wording::Clock& clock) {
  std::string out =
      fmt::format("{}: incident average {}, maximum {}, baseline {}", one_line(m.title),
                  wording::value(m.incident_average, m.unit), wording::value(m.incident_maximum, m.unit),
                  wording::value(m.baseline_median, m.unit));
  if (m.peak_time) out += ", peak at " + clock.both(*m.peak_time);
  return out;
}

}  // namespace

std::string metric_chart(const Findings& f, const MetricFinding& given, const wording::Clock& clock) {
  MetricFinding m = given;
  for (auto& s : m.chart)  // what is no number is missing
    std::erase_if(s.points, [](const Datapoint& p) { return !std::isfinite(p.value); });
  if (m.high_line && !std::isfinite(*m.high_line)) m.high_line.reset();
  if (m.baseline_median && !std::isfinite(*m.baseline_median)) m.baseline_median.reset();
  const Window span = chart_span(m);
  if (m.chart.empty() || span.length().count() == 0 || m.chart.front().points.empty()) return {};
  const TimeAxis axis(span, kLeft, kRight);
  const double most = std::max(finite_extreme(m, true), m.high_line.value_or(0));
  const std::vector<double> ticks = value_ticks(finite_extreme(m, false), most);
  const ValueAxis values{ticks.front(), std::max(ticks.back(), ticks.front() + 1e-12), kTop, kBottom};
  std::string out = fmt::format(
      "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" tabindex=\"0\" aria-label=\"{}\"{}>", kWidth,
      kHeight, escape(spoken(m, clock)), readouts(m, axis, values, clock));
  out += shading(f, axis, kTop, kBottom) + grid(values, ticks, m.unit);
  static constexpr std::string_view kNames[] = {"s1", "s2", "s3"};
  for (std::size_t i = std::min(m.chart.size(), kSeriesMax); i-- > 0;)
    out += runs(m.chart[i], axis, values, kNames[i], i == 0);
  if (m.baseline_median) out += level(values, *m.baseline_median, "base", "");
  if (m.high_line)
    out += level(values, *m.high_line, "high",
                 (low_is_bad(m) ? "low " : "high ") + wording::value(*m.high_line, m.unit));
  out += onset_mark(m, axis) + time_labels(axis, clock, kHeight - 8, 6);
  return out + fmt::format("<g class=\"cursor\"><line y1=\"{}\" y2=\"{}\"/><circle r=\"3.5\"/></g></svg>",
                           kTop, kBottom);
}

std::string pattern_chart(const Findings& f, const PatternFinding& p, const wording::Clock& clock) {
  if (p.per_minute.empty()) return {};
  constexpr double kBarsHeight = 74;
  constexpr double kBarsBottom = kBarsHeight - 18;
  const TimeAxis axis(span_of(p.per_minute, std::chrono::minutes(1)), 0, kWidth);
  double most = 1;
  for (const auto& point : p.per_minute) most = std::max(most, point.value);
  std::string out = fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth, kBarsHeight,
      escape(fmt::format("{}: {} in the window, at most {} in a minute", one_line(p.title),
                         wording::count(p.count), wording::number(most))));
  out += shading(f, axis, 0, kBarsBottom);
  out += fmt::format("<line class=\"grid\" x1=\"0\" x2=\"{0}\" y1=\"{1}\" y2=\"{1}\"/>", kWidth, kBarsBottom);
  std::string inside;
  std::string outside;
  for (const auto& point : p.per_minute) {
    if (!(point.value > 0)) continue;
    const double x = axis.x(point.time);
    const double width = std::max(1.0, axis.x(point.time + std::chrono::minutes(1)) - x - 0.6);
    const double height = std::max(1.0, point.value / most * (kBarsBottom - 4));
    (f.window.contains(point.time) ? inside : outside) +=
        fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}Z", x, kBarsBottom, width, -height, -width);
  }
  if (!outside.empty()) out += fmt::format("<path class=\"bar\" d=\"{}\"/>", outside);
  if (!inside.empty()) out += fmt::format("<path class=\"bar in\" d=\"{}\"/>", inside);
  return out + time_labels(axis, clock, kBarsHeight - 3, 6) + "</svg>";
}

bool low_is_bad(const MetricFinding& metric) {
  const auto has = [&](std::string_view statistic) {
    return std::any_of(metric.chart.begin(), metric.chart.end(),
                       [&](const Series& s) { return s.statistic == statistic; });
  };
  return has("Minimum") && !has("Maximum");
}

}  // namespace culprit::html
