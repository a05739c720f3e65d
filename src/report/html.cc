// The report as one HTML file: no network, no script needed, light, dark and on paper.
#include <fmt/format.h>

#include "base/printable.h"
#include "report/html_page.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/outline.h"
#include "report/report.h"

namespace culprit {

namespace {

using html::escape;

std::string visual(const Findings& f, const Block& b) {
  switch (b.visual) {
    case Block::Visual::kComponents:
      return html::components(f);
    case Block::Visual::kMetricCharts:
      return html::metric_charts(f);
    case Block::Visual::kPatternCharts:
      return html::pattern_charts(f, b.plain.front().table);
    case Block::Visual::kLanes:
      return html::timeline(f);
    case Block::Visual::kHypothesis:
      return html::hypothesis(f, b.index);
    case Block::Visual::kEvidence:
      return html::evidence(f, b);
  }
  return {};
}

std::string blocks(const Findings& f, const Section& section) {
  std::string out;
  std::string label = section.title;
  if (section.id == "evidence") out += html::evidence_on_paper(f);
  for (const auto& b : section.blocks) {
    if (b.kind == Block::Kind::kHeading) label = b.phrase.text;
    if (b.kind == Block::Kind::kVisual)
      out += visual(f, b);
    else if (b.kind == Block::Kind::kTable)
      out += html::table(b.table, label);
    else
      out += html::block(b);
  }
  return out;
}

std::string section_body(const Findings& f, const Section& s) {
  if (s.id == "recommendations" && !f.recommendations.empty()) return html::recommendations(f);
  if (s.id == "preventive-measures" && !f.prevention.empty()) return html::prevention(f);
  if (s.id == "known-and-unknown" && !(f.known.empty() && f.unknown.empty() && f.next_checks.empty()))
    return html::known(f);
  return blocks(f, s);
}

std::string page_title(const Findings& f) {
  const wording::Clock clock(f);
  const std::string what = f.severity.empty() ? std::string(html::without_symbol(wording::verdict(f.verdict)))
                                              : one_line(f.severity);
  return fmt::format("{} · {} · {}", what, one_line(f.system.title.empty() ? f.system.name : f.system.title),
                     clock.zone().format_minute(f.window.start));
}

}  // namespace

std::string render_html(const Findings& f) {
  const std::vector<Section> sections = outline(f);
  const std::string toc = html::contents(sections);
  std::string out;
  out += html::summary(f);
  for (std::size_t i = 1; i < sections.size(); ++i)
    out += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}</section>\n",
        sections[i].id, escape(sections[i].title), section_body(f, sections[i]));
  return html::page(page_title(f), toc, out);
}

}  // namespace culprit
