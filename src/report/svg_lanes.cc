#include "report/svg_lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/html_text.h"
#include "report/time_axis.h"

namespace culprit::html {

namespace {

constexpr double kWidth = 920;
constexpr double kGutter = 196;  // component names
constexpr double kEdge = 44;     // where earlier and later entries stand
constexpr double kMark = 24;     // room of one mark
constexpr double kHead = 26;

struct Placed {
  std::size_t index;
  double x;
  std::size_t level;
};

struct Lane {
  std::string component;
  std::string title;
  std::vector<Placed> marks;
  std::size_t levels = 1;
};

std::vector<Lane> lanes_of(const Findings& f) {
  std::vector<Lane> out;
  for (const auto& entry : f.timeline) {
    const auto same = [&](const Lane& lane) { return lane.component == entry.component; };
    if (std::any_of(out.begin(), out.end(), same)) continue;
    out.push_back({entry.component,
                   entry.component.empty() ? "Whole system" : component_title(f, entry.component),
                   {},
                   1});
  }
  return out;
}

// Marks that would overlap stack below each other; each keeps its own time.
void place(Lane& lane, const Findings& f, const TimeAxis& axis) {
  std::vector<double> last;
  for (std::size_t i = 0; i < f.timeline.size(); ++i) {
    const auto& entry = f.timeline[i];
    if (entry.component != lane.component) continue;
    double x = axis.x(entry.time);
    if (entry.time < axis.span().start) x = kGutter + kEdge / 2;
    if (entry.time > axis.span().end) x = kWidth - kEdge / 2;
    std::size_t level = 0;
    while (level < last.size() && x - last[level] < kMark) ++level;
    if (level == last.size()) last.push_back(x);
    last[level] = x;
    lane.marks.push_back({i, x, level});
  }
  lane.levels = std::max<std::size_t>(1, last.size());
}

Window visible(const Findings& f) {
  const Duration margin = f.window.length() / 4;
  return {f.window.start - margin, f.window.end + margin};
}

std::string line(std::string_view name, double x, double top, double bottom) {
  return fmt::format("<line class=\"{0}\" x1=\"{1:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{3:.1f}\"/>",
                     name, x, top, bottom);
}

std::string axis_marks(const Findings& f, const TimeAxis& axis, const wording::Clock& clock, double bottom) {
  std::string out = fmt::format(
      "<rect class=\"win\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
      axis.x(f.window.start), kHead, axis.x(f.window.end) - axis.x(f.window.start), bottom - kHead);
  for (const Time t : axis.ticks(clock, 8)) {
    const double x = axis.x(t);
    out += line("grid", x, kHead, bottom);
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x,
                       kHead - 9, clock.tick(t));
  }
  const auto edge = [&](bool any, double x, std::string_view label) {
    if (!any) return;
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x,
                       kHead - 9, label);
  };
  const auto outside = [&](bool before) {
    return std::any_of(f.timeline.begin(), f.timeline.end(), [&](const TimelineEntry& e) {
      return before ? e.time < axis.span().start : e.time > axis.span().end;
    });
  };
  edge(outside(true), kGutter + kEdge / 2, "earlier");
  edge(outside(false), kWidth - kEdge / 2, "later");
  if (f.onset && axis.span().contains(*f.onset)) out += line("onset", axis.x(*f.onset), kHead, bottom);
  return out;
}

std::string_view kind_class(TimelineEntry::Kind kind) {
  switch (kind) {
    case TimelineEntry::Kind::kChange:
      return "k-change";
    case TimelineEntry::Kind::kOnset:
      return "k-onset";
    case TimelineEntry::Kind::kSymptom:
      return "k-symptom";
    case TimelineEntry::Kind::kPeak:
      return "k-peak";
    case TimelineEntry::Kind::kRecovery:
      return "k-recovery";
    case TimelineEntry::Kind::kState:
      return "k-state";
  }
  return "k-state";
}

}  // namespace

std::string timeline_mark(TimelineEntry::Kind kind, std::size_t number, double x, double y) {
  std::string shape;
  switch (kind) {
    case TimelineEntry::Kind::kChange:
      shape = fmt::format("<path d=\"M{0:.1f} {1:.1f}l11 11l-11 11l-11 -11Z\"/>", x, y - 11);
      break;
    case TimelineEntry::Kind::kOnset:
      shape = fmt::format("<path d=\"M{0:.1f} {1:.1f}l11.5 19h-23Z\"/>", x, y - 11.5);
      break;
    case TimelineEntry::Kind::kPeak:
      shape = fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"19\" height=\"19\" rx=\"3\"/>", x - 9.5,
                          y - 9.5);
      break;
    default:
      shape = fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"10\"/>", x, y);
  }
  const double text_y = kind == TimelineEntry::Kind::kOnset ? y + 5.5 : y + 3.8;
  return fmt::format(
      "<g class=\"tmark {}\">{}<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text></g>",
      kind_class(kind), shape, x, text_y, number);
}

std::string lanes(const Findings& f, const wording::Clock& clock) {
  const TimeAxis axis(visible(f), kGutter + kEdge, kWidth - kEdge);
  std::vector<Lane> all = lanes_of(f);
  double height = kHead;
  for (auto& lane : all) {
    place(lane, f, axis);
    height += static_cast<double>(lane.levels) * kMark + 18;
  }
  std::string body;
  double top = kHead;
  for (const auto& lane : all) {
    const double lane_height = static_cast<double>(lane.levels) * kMark + 18;
    body +=
        fmt::format("<line class=\"lane\" x1=\"0\" x2=\"{0}\" y1=\"{1:.1f}\" y2=\"{1:.1f}\"/>", kWidth, top);
    body += fmt::format("<text class=\"lane-name\" x=\"0\" y=\"{:.1f}\">{}</text>", top + 9 + kMark / 2 + 4,
                        escape(shorten(one_line(lane.title), 26, "…")));
    for (const auto& mark : lane.marks) {
      const auto& entry = f.timeline[mark.index];
      body += fmt::format("<a href=\"#T{}\"><title>{}</title>", mark.index + 1,
                          escape((entry.exact ? clock.both(entry.time) : clock.minute(entry.time)) + " " +
                                 one_line(entry.claim.text())));
      body += timeline_mark(entry.kind, mark.index + 1, mark.x,
                            top + 9 + (static_cast<double>(mark.level) + 0.5) * kMark);
      body += "</a>";
    }
    top += lane_height;
  }
  return fmt::format(
      "<div class=\"lanes\" role=\"region\" tabindex=\"0\" aria-label=\"Timeline by component\">"
      "<svg viewBox=\"0 0 {} {:.0f}\" role=\"group\" aria-label=\"{} events on {} lanes\">{}{}</svg></div>\n",
      kWidth, height, f.timeline.size(), all.size(), axis_marks(f, axis, clock, height), body);
}

}  // namespace culprit::html
