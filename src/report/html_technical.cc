#include <fmt/format.h>

#include "base/printable.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/svg_chart.h"

namespace culprit::html {

namespace {

using wording::Clock;

std::string legend(const MetricFinding& m) {
  static constexpr std::string_view kNames[] = {"s1", "s2", "s3"};
  std::string out = "<span class=\"legend\">";
  for (std::size_t i = 0; i < std::min<std::size_t>(m.chart.size(), 3); ++i)
    out += fmt::format("<span class=\"key {}\">{}</span>", kNames[i], escape(one_line(m.chart[i].statistic)));
  if (m.baseline_median)
    out += fmt::format("<span class=\"key base\">Baseline {}</span>",
                       escape(wording::value(*m.baseline_median, m.unit)));
  return out + "</span>";
}

std::string metric_card(const Findings& f, const MetricFinding& m, const Clock& clock) {
  std::string out = fmt::format(
      "<figure class=\"card chart\"><figcaption><span class=\"name\">{}</span>{}</figcaption>\n",
      escape(one_line(m.title)), pill(without_symbol(wording::status(m.status)), tone_of(m.status)));
  const std::string chart = metric_chart(f, m, clock);
  std::string claims;
  for (const auto& claim : m.claims) claims += fmt::format("<p class=\"claim\">{}</p>", phrase(say(claim)));
  if (chart.empty()) return out + "<p class=\"empty\">No datapoints</p>" + claims + "</figure>\n";
  const bool low = low_is_bad(m);
  out += fmt::format("<p class=\"reading\"><b>{}</b> {} in the window</p>",
                     escape(wording::value(low ? m.incident_average : m.incident_maximum, m.unit)),
                     low ? "average" : "max");
  return out + chart + "\n<p class=\"under\">" + legend(m) + "</p>" + claims + "</figure>\n";
}

std::string component_card(const ComponentFinding& c) {
  std::string out = fmt::format(
      "<article class=\"card component\"><header><h4>{}</h4>{}</header>\n<p class=\"resource\">{} "
      "<code>{}</code></p>\n",
      escape(one_line(c.title.empty() ? c.id : c.title)),
      pill(without_symbol(wording::health(c.health)), tone_of(c.health)), escape(one_line(c.kind)),
      escape(one_line(c.name)));
  // A reason that is the summary word for word gives it its evidence instead of repeating it.
  Phrase why = say(c.summary);
  std::string reasons;
  for (const auto& claim : c.reasons) {
    if (claim.text() == c.summary)
      why = say(claim);
    else
      reasons += fmt::format("<li>{}</li>\n", phrase(say(claim)));
  }
  if (!c.summary.empty()) out += fmt::format("<p class=\"why\">{}</p>\n", phrase(why));
  if (!reasons.empty()) out += "<ul class=\"list\">\n" + reasons + "</ul>\n";
  if (!c.facts.empty()) {
    out += "<dl class=\"pairs\">\n";
    for (const auto& x : c.facts)
      out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(one_line(x.name)), escape(one_line(x.value)));
    out += "</dl>\n";
  }
  return out + "</article>\n";
}

}  // namespace

std::string components(const Findings& f) {
  std::string out = "<div class=\"grid\">\n";
  for (const auto& c : f.components) out += component_card(c);
  return out + "</div>\n";
}

std::string metric_charts(const Findings& f) {
  if (f.metrics.empty()) return {};
  const Clock clock(f);
  std::string out = fmt::format(
      "<p class=\"muted hint\">Shaded: the window. Times in {}. Missing datapoints stay open; point at a "
      "chart, "
      "or use the "
      "arrow keys, to read values.</p>\n<div class=\"grid\">\n",
      escape(clock.zone().name()));
  for (const auto& m : f.metrics) out += metric_card(f, m, clock);
  return out + "</div>\n";
}

std::string pattern_charts(const Findings& f, const Table& counts) {
  const Clock clock(f);
  std::string out = table(counts, "Log patterns") + "<div class=\"grid bars-grid\">\n";
  for (const auto& p : f.patterns) {
    if (p.count == 0) continue;
    std::string title = p.component;
    for (const auto& c : f.components)
      if (c.id == p.component && !c.title.empty()) title = c.title;
    out += fmt::format(
        "<figure class=\"card chart\"><figcaption><span class=\"name\">{} <span class=\"of\">{}</span></span>"
        "<span class=\"total\">{}</span></figcaption>\n{}</figure>\n",
        escape(one_line(p.title)), escape(one_line(title)), escape(wording::count(p.count)),
        pattern_chart(f, p, clock));
  }
  return out + "</div>\n";
}

}  // namespace culprit::html
