// A review as one HTML file, in the looks of the incident report.
#include <fmt/format.h>

#include "base/printable.h"
#include "report/html_page.h"
#include "report/html_text.h"
#include "report/markdown.h"
#include "report/outline_parts.h"
#include "report/reviews/daily_chart.h"
#include "report/reviews/review_outline.h"
#include "report/reviews/review_tellers.h"
#include "report/reviews/review_wording.h"

namespace culprit {

namespace {

using html::escape;

std::string hero(const Review& r) {
  const bool weekly = r.kind == Review::Kind::kWeekly;
  std::string out = fmt::format(
      "<header class=\"hero\">\n<p class=\"eyebrow\"><span class=\"verdict\">{}</span><span "
      "class=\"system\">{}</span></p>\n<h1>{}</h1>\n<p class=\"window\"><span>{}</span></p>\n",
      weekly ? "Weekly" : "Monthly", escape(one_line(r.system)), escape(review_title(r)),
      escape(review_scope(r)));
  out += "<dl class=\"facts\">\n";
  for (const auto& fact : review_facts(r))
    out += fmt::format(
        "<div class=\"fact\"><dt>{}</dt><dd class=\"{}\">{}{}</dd></div>\n", escape(fact.name),
        html::tone_class(fact.tone), escape(fact.value),
        fact.detail.empty() ? "" : fmt::format("<span class=\"sub\">{}</span>", escape(fact.detail)));
  return out + "</dl>\n</header>\n";
}

std::string pill_of(const Review& r, const MetricReview& m) {
  if (r.kind == Review::Kind::kWeekly) {
    if (!m.change_percent) return html::pill("not enough history", Tone::kMuted);
    return html::pill(wording::change(m.change_percent), m.moved ? tone_of(m) : Tone::kMuted);
  }
  if (!m.trend) return html::pill("not enough history", Tone::kMuted);
  if (m.trend->step) return html::pill("step", Tone::kWarn);
  return m.trend->grows() ? html::pill(m.trend->per_day < 0 ? "shrinks" : "grows", Tone::kWarn)
                          : html::pill("steady", Tone::kMuted);
}

std::string reading_of(const Review& r, const MetricReview& m) {
  if (r.kind == Review::Kind::kWeekly)
    return fmt::format("<b>{}</b> last week, {} before", escape(wording::of_metric(m, m.week)),
                       escape(wording::of_metric(m, m.weeks_before)));
  if (!m.trend) return escape(wording::growth(m));
  return fmt::format("<b>{}</b> now, {} in 30 days", escape(wording::of_metric(m, m.trend->level)),
                     escape(wording::of_metric(m, forecast(*m.trend, 30).value)));
}

// What stands under a chart: what is drawn, then growth, step and limit.
std::string claims_of(const Review& r, const MetricReview& m) {
  std::string out =
      fmt::format("<p class=\"under\"><span class=\"legend\"><span class=\"key s1\">{}</span>{}</span></p>",
                  escape(wording::daily_is(m)),
                  r.kind == Review::Kind::kMonthly && m.trend
                      ? "<span class=\"key s2\">fitted line; then forecast and its 95 % interval</span>"
                      : "");
  const auto claim = [&](const std::string& text) { out += "<p class=\"claim\">" + escape(text) + "</p>"; };
  if (m.trend && m.trend->step) claim("Step " + wording::step(r, m) + ".");
  if (r.kind == Review::Kind::kMonthly && m.trend && m.trend->grows())
    claim(std::string(m.trend->per_day < 0 ? "Changes by " : "Grows by ") + wording::growth(m) + ".");
  if (r.kind == Review::Kind::kMonthly && m.trend && m.limit)
    claim(fmt::format("Limit {}: {}.", wording::of_metric(m, *m.limit),
                      wording::reached(r, m, *m.limit, m.reach)));
  return out;
}

std::string charts(const Review& r) {
  std::string out = "<div class=\"grid\" style=\"margin-bottom:24px\">\n";
  for (const auto& m : r.metrics) {
    const std::string chart = html::daily_chart(r, m);
    if (chart.empty()) continue;
    out += fmt::format(
        "<figure class=\"card chart\"><figcaption><span class=\"name\">{}</span>{}</figcaption>\n"
        "<p class=\"reading\">{}</p>{}\n{}</figure>\n",
        escape(one_line(m.title)), pill_of(r, m), reading_of(r, m), chart, claims_of(r, m));
  }
  return out + "</div>\n";
}

std::string blocks(const Section& section) {
  std::string out;
  for (const auto& b : section.blocks)
    out += b.kind == Block::Kind::kTable ? html::table(b.table, section.title) : html::block(b);
  return out;
}

}  // namespace

std::string render_review_markdown(const Review& r) {
  std::vector<Section> sections = review_outline(r, true);
  std::vector<Item> items;
  for (const auto& sentence : review_lead(r)) items.push_back({"", say(sentence)});
  Section lead{"in-short", "In short", {paragraph(say(review_scope(r) + ".")), list(std::move(items))}};
  sections.insert(sections.begin(), std::move(lead));
  return markdown_of(review_title(r), sections);
}

std::string render_review_html(const Review& r) {
  const std::vector<Section> sections = review_outline(r, false);
  std::string main = hero(r);
  main +=
      "<section id=\"in-short\" aria-labelledby=\"h-in-short\">\n<h2 id=\"h-in-short\">In short</h2>\n<ul "
      "class=\"list\">\n";
  for (const auto& sentence : review_lead(r))
    main += fmt::format("<li>{}</li>\n", html::inline_text(one_line(sentence)));
  main += "</ul>\n</section>\n";
  for (const auto& s : sections) {
    const bool drawn = s.id == "trends" || s.id == "growth";
    main += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}</section>\n", s.id,
        escape(s.title), (drawn ? charts(r) : std::string()) + blocks(s));
  }
  return html::page(review_title(r), html::contents(sections), main);
}

}  // namespace culprit
