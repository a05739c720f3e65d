// The report as one HTML file: no network, no script needed, light, dark and on paper.
#include <fmt/format.h>

#include "base/printable.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/outline.h"
#include "report/report.h"

namespace culprit {

namespace {

using html::escape;

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 16 16%27%3E%3Ccircle "
    "cx=%278%27 cy=%278%27 r=%276%27 fill=%27none%27 stroke=%27%235b6ee1%27 "
    "stroke-width=%272.5%27/%3E%3Ccircle "
    "cx=%278%27 cy=%278%27 r=%272%27 fill=%27%235b6ee1%27/%3E%3C/svg%3E";

std::string contents(const std::vector<Section>& sections) {
  std::string out = "<ol>\n";
  for (const auto& s : sections) {
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", s.id, escape(s.title));
  }
  return out + "</ol>\n";
}

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

std::string head(const Findings& f) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<link rel=\"icon\" "
      "href=\"{}\">\n"
      "<style>\n{}</style>\n</head>\n",
      kPolicy, escape(page_title(f)), kIcon, html::style());
}

}  // namespace

std::string render_html(const Findings& f) {
  const std::vector<Section> sections = outline(f);
  const std::string toc = contents(sections);
  std::string out = head(f);
  out +=
      "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
      "<div class=\"topbar\"><span class=\"brand\">Culprit</span>"
      "<details class=\"menu\"><summary>Contents</summary>" +
      toc +
      "</details>"
      "<button type=\"button\" class=\"theme\" hidden aria-label=\"Switch between light and "
      "dark\">Theme</button></div>\n"
      "<div class=\"layout\">\n<nav class=\"toc\" aria-label=\"Contents\">" +
      toc + "</nav>\n<main id=\"main\">\n";
  out += html::summary(f);
  for (std::size_t i = 1; i < sections.size(); ++i)
    out += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}</section>\n",
        sections[i].id, escape(sections[i].title), section_body(f, sections[i]));
  out += fmt::format("</main>\n</div>\n<script>\n{}</script>\n</body>\n</html>\n", html::script());
  return out;
}

}  // namespace culprit
