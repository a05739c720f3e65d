// The report for a terminal.
#include <fmt/format.h>

#include "base/printable.h"
#include "base/shell_word.h"
#include "report/outline.h"
#include "report/report.h"
#include "report/sparkline.h"
#include "report/text_canvas.h"
#include "report/text_screen.h"

namespace culprit {

namespace {

constexpr std::size_t kSparkColumnsMax = 60;

class TextReport {
 public:
  TextReport(const Findings& findings, const TextStyle& style)
      : findings_(findings), style_(style), canvas_(style), clock_(findings) {}

  std::string render() {
    put_screen(canvas_, findings_);
    for (const auto& section : outline(findings_)) {
      canvas_.rule(section.title);
      if (section.id == "evidence" && !style_.evidence && !findings_.evidence.all().empty()) {
        put_where_evidence_lies();
        continue;
      }
      previous_ = Block::Kind::kHeading;
      for (const auto& block : section.blocks) put(block);
    }
    return canvas_.take();
  }

 private:
  // Tables, lists and sentences stand apart from each other, but close to their heading.
  void put(const Block& b) {
    const bool stands_apart =
        b.kind == Block::Kind::kTable || b.kind == Block::Kind::kList || b.kind == Block::Kind::kSteps;
    if (stands_apart && previous_ != Block::Kind::kHeading) canvas_.blank();
    put_body(b);
    previous_ = b.kind == Block::Kind::kVisual ? previous_ : b.kind;
  }

  void put_body(const Block& b) {
    switch (b.kind) {
      case Block::Kind::kHeading:
        canvas_.blank();
        canvas_.paragraph(b.level > 3 ? "  " : "", Phrase{b.phrase.text, {}, Tone::kStrong, false});
        break;
      case Block::Kind::kParagraph:
        canvas_.paragraph("  ", b.phrase);
        break;
      case Block::Kind::kList:
        put_list(b.items);
        break;
      case Block::Kind::kSteps:
        put_steps(b.items);
        break;
      case Block::Kind::kTable:
        canvas_.table(b.table);
        break;
      case Block::Kind::kCode:
        put_code(b);
        break;
      case Block::Kind::kVisual:
        put_visual(b);
        break;
    }
  }

  // Thousands of lines between the verdict and the prompt help nobody at night.
  void put_where_evidence_lies() {
    const std::size_t pieces = findings_.evidence.all().size();
    const std::string capsule = shell_word(findings_.capsule.empty() ? "CAPSULE" : findings_.capsule);
    canvas_.blank();
    canvas_.paragraph(
        "  ", say(fmt::format("{} stand behind this report, E1 – E{}. All of them, or one:",
                              wording::plural(pieces, "piece of evidence", "pieces of evidence"), pieces)));
    canvas_.command(fmt::format("culprit report {} --evidence{}", capsule, findings_.capsule_options));
    canvas_.command(fmt::format("culprit explain {} E1{}", capsule, findings_.capsule_options));
  }

  void put_code(const Block& b) {
    b.language == "console" ? canvas_.command(b.phrase.text) : canvas_.code(b.phrase.text);
  }

  void put_list(const std::vector<Item>& items) {
    std::size_t label = 0;
    for (const auto& item : items) label = std::max(label, display_width(item.label));
    label = std::min<std::size_t>(label, 28);
    for (const auto& item : items) {
      std::string lead = "  - ";
      if (label > 0) {
        const std::size_t used = display_width(item.label);
        lead = "  " + item.label + std::string(used < label ? label - used : 0, ' ') + "  ";
      }
      canvas_.paragraph(lead, item.phrase);
    }
  }

  void put_steps(const std::vector<Item>& items) {
    for (std::size_t i = 0; i < items.size(); ++i)
      canvas_.paragraph(fmt::format("  {}. ", i + 1), items[i].phrase);
  }

  void put_visual(const Block& b) {
    if (b.visual == Block::Visual::kEvidence) {
      canvas_.blank();
      canvas_.paragraph("", Phrase{b.phrase.text, {}, Tone::kStrong, false});
      previous_ = Block::Kind::kHeading;
    }
    for (const auto& inner : b.plain) put(inner);
    if (b.visual == Block::Visual::kMetricCharts) put_metric_sparklines();
    if (b.visual == Block::Visual::kPatternCharts) put_pattern_sparklines();
  }

  void put_spark(std::string_view title, const std::vector<Datapoint>& points, Duration period,
                 const std::string& peak) {
    if (points.empty()) return;
    const std::size_t name = static_cast<std::size_t>(canvas_.width()) < 100 ? 20 : 30;
    const std::size_t room = static_cast<std::size_t>(canvas_.width()) - name - 16;
    const std::size_t columns = std::min(room, kSparkColumnsMax);
    const Window span = span_of(points, period);
    std::string shown = shorten(canvas_.plain(one_line(title)), name, style_.unicode ? "…" : "...");
    shown += std::string(name - std::min(name, display_width(shown)), ' ');
    canvas_.verbatim(fmt::format("  {}  {}  {}", shown,
                                 sparkline(points, period, span, columns, style_.unicode),
                                 canvas_.plain(peak)));
  }

  void put_metric_sparklines() {
    Window span{};
    for (const auto& m : findings_.metrics)
      if (!m.chart.empty() && !m.chart.front().points.empty() && span.length().count() == 0)
        span = span_of(m.chart.front().points, m.chart.front().period);
    if (span.length().count() == 0) return;
    canvas_.blank();
    canvas_.paragraph("  ", say(fmt::format("{} – {}, largest value of each metric on the right:",
                                            clock_.both(span.start), clock_.both(span.end)),
                                Tone::kMuted));
    for (const auto& m : findings_.metrics)
      if (!m.chart.empty())
        put_spark(m.title, m.chart.front().points, m.chart.front().period,
                  wording::value(largest(m.chart.front().points), m.unit));
  }

  void put_pattern_sparklines() {
    canvas_.blank();
    for (const auto& p : findings_.patterns)
      if (p.count > 0)
        put_spark(p.title + ", " + component_title(findings_, p.component), p.per_minute,
                  std::chrono::minutes(1), wording::number(largest(p.per_minute)) + "/min");
  }

  static double largest(const std::vector<Datapoint>& points) {
    double out = 0;
    for (std::size_t i = 0; i < points.size(); ++i)
      out = i == 0 ? points[i].value : std::max(out, points[i].value);
    return out;
  }

  Block::Kind previous_ = Block::Kind::kHeading;
  const Findings& findings_;
  TextStyle style_;
  TextCanvas canvas_;
  wording::Clock clock_;
};

}  // namespace

std::string render_text(const Findings& findings, const TextStyle& style) {
  return TextReport(findings, style).render();
}

}  // namespace culprit
