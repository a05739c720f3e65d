// The PostgreSQL report for a terminal.
#include <fmt/format.h>

#include <functional>

#include "base/printable.h"
#include "report/sparkline.h"
#include "report/sql_outline.h"
#include "report/sql_tellers.h"
#include "report/text_canvas.h"

namespace culprit {

namespace {

constexpr std::size_t kPeriodsShownMax = 20;
constexpr std::size_t kSparkColumnsMax = 60;

void put(TextCanvas& canvas, const Block& b) {
  switch (b.kind) {
    case Block::Kind::kHeading:
      canvas.blank();
      canvas.paragraph("", Phrase{b.phrase.text, {}, Tone::kStrong, false});
      break;
    case Block::Kind::kParagraph:
      canvas.paragraph("  ", b.phrase);
      break;
    case Block::Kind::kList:
    case Block::Kind::kSteps:
      for (const auto& item : b.items)
        canvas.paragraph("  - ", Phrase{item.label + ": " + item.phrase.text, {}, item.phrase.tone, false});
      break;
    case Block::Kind::kTable:
      canvas.blank();
      canvas.table(b.table);
      canvas.blank();
      break;
    case Block::Kind::kCode:
      canvas.code(b.phrase.text);
      canvas.blank();
      break;
    case Block::Kind::kVisual:
      break;
  }
}

void put_sparkline(TextCanvas& canvas, const SqlReport& r, bool unicode, std::string_view name,
                   const std::function<double(const SqlPeriodRow&)>& value,
                   const std::function<std::string(double)>& written) {
  std::vector<Datapoint> points;
  double most = 0;
  for (const auto& p : r.periods) {
    points.push_back({p.time, value(p)});
    most = std::max(most, points.back().value);
  }
  if (most <= 0) return;
  const auto columns =
      std::min<std::size_t>(static_cast<std::size_t>(std::max(canvas.width() - 40, 10)), kSparkColumnsMax);
  canvas.verbatim(fmt::format("  {:<12} {}  at most {}", name,
                              sparkline(points, r.period, span_of(points, r.period), columns, unicode),
                              written(most)));
}

void put_sparklines(TextCanvas& canvas, const SqlReport& r, bool unicode) {
  const auto count = [](double v) { return wording::count(static_cast<std::uint64_t>(v)); };
  const auto duration = [](double v) { return wording::milliseconds(v); };
  canvas.blank();
  put_sparkline(
      canvas, r, unicode, "Calls", [](const auto& p) { return static_cast<double>(p.durations.count); },
      count);
  put_sparkline(
      canvas, r, unicode, "Total time", [](const auto& p) { return p.durations.total_ms; }, duration);
  put_sparkline(
      canvas, r, unicode, "p95", [](const auto& p) { return p.durations.p95_ms; }, duration);
  put_sparkline(
      canvas, r, unicode, "Time-outs", [](const auto& p) { return static_cast<double>(p.timeouts); }, count);
  put_sparkline(
      canvas, r, unicode, "Errors", [](const auto& p) { return static_cast<double>(p.errors); }, count);
  put_sparkline(
      canvas, r, unicode, "Connections",
      [](const auto& p) { return static_cast<double>(std::max(p.received, p.authorized)); }, count);
}

}  // namespace

std::string render_sql_text(const SqlReport& r, const TextStyle& style) {
  TextCanvas canvas(style);
  const auto clock = clock_of(r);
  canvas.paragraph("", Phrase{"PostgreSQL: " + sql_title(r), {}, Tone::kStrong, false});
  for (const auto& line : sql_scope(r, clock)) canvas.paragraph("  ", say(line, Tone::kMuted));
  canvas.blank();
  for (const auto& fact : sql_facts(r))
    canvas.paragraph("  ", Phrase{fmt::format("{}: {}{}", fact.name, fact.value,
                                              fact.detail.empty() ? "" : " (" + fact.detail + ")"),
                                  {},
                                  fact.tone,
                                  false});
  for (const auto& section : sql_outline(r, {kPeriodsShownMax, style.width >= 150})) {
    canvas.rule(section.title);
    if (section.id == "periods") put_sparklines(canvas, r, style.unicode);
    for (const auto& block : section.blocks) put(canvas, block);
  }
  return canvas.take();
}

}  // namespace culprit
