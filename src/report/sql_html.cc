// The PostgreSQL report as one HTML file, in the looks of the incident report.
#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "report/html_page.h"
#include "report/html_text.h"
#include "report/sparkline.h"
#include "report/sql_outline.h"
#include "report/sql_tellers.h"
#include "report/time_axis.h"

namespace culprit {

namespace {

using html::escape;
using wording::Clock;

constexpr double kWidth = 480;
constexpr double kHeight = 74;
constexpr double kBottom = kHeight - 18;

Window span_of(const SqlReport& r) {
  if (r.periods.empty()) return {};
  return {r.periods.front().time, r.periods.back().time + r.period};
}

std::string bars(const std::vector<Datapoint>& points, const SqlReport& r, const Clock& clock,
                 std::string_view label) {
  const TimeAxis axis(span_of(r), 0, kWidth);
  double most = 0;
  for (const auto& p : points) most = std::max(most, p.value);
  std::string path;
  for (const auto& p : points) {
    if (!(p.value > 0)) continue;
    const double x = axis.x(p.time);
    const double width = std::max(1.0, axis.x(p.time + r.period) - x - 0.6);
    const double height = std::max(1.0, p.value / most * (kBottom - 4));
    path += fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}Z", x, kBottom, width, -height, -width);
  }
  std::string out = fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">"
      "<line class=\"grid\" x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/><path class=\"bar in\" d=\"{}\"/>",
      kWidth, kHeight, escape(label), kWidth, kBottom, kBottom, path);
  for (const Time t : axis.ticks(clock, 6)) {
    const double x = axis.x(t);
    const std::string_view anchor = x < 14 ? "start" : x > kWidth - 14 ? "end" : "middle";
    out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x,
                       kHeight - 3, anchor, clock.tick(t));
  }
  return out + "</svg>";
}

std::string figure(std::string_view name, std::string_view most, const std::vector<Datapoint>& points,
                   const SqlReport& r, const Clock& clock) {
  return fmt::format(
      "<figure class=\"card chart\"><figcaption><span class=\"name\">{}</span><span class=\"of\">at most "
      "{}</span></figcaption>{}</figure>\n",
      escape(name), escape(most), bars(points, r, clock, fmt::format("{}, at most {}", name, most)));
}

template <class Value, class Written>
std::string period_chart(const SqlReport& r, const Clock& clock, std::string_view name, Value value,
                         Written written) {
  std::vector<Datapoint> points;
  double most = 0;
  for (const auto& p : r.periods) {
    points.push_back({p.time, static_cast<double>(value(p))});
    most = std::max(most, points.back().value);
  }
  return most > 0 ? figure(name, written(most), points, r, clock) : std::string{};
}

std::string period_charts(const SqlReport& r, const Clock& clock) {
  using Row = SqlPeriodRow;
  const auto count = [](double v) { return wording::count(static_cast<std::uint64_t>(v)); };
  const auto duration = [](double v) { return wording::milliseconds(v); };
  const auto bytes = [](double v) { return wording::bytes(v); };
  std::string out = "<div class=\"grid\">\n";
  const auto add = [&](std::string_view name, auto value, auto written) {
    out += period_chart(r, clock, name, value, written);
  };
  add(
      "Calls", [](const Row& p) { return p.durations.count; }, count);
  add(
      "Time in statements", [](const Row& p) { return p.durations.total_ms; }, duration);
  add(
      "p95", [](const Row& p) { return p.durations.p95_ms; }, duration);
  add(
      "Statement time-outs", [](const Row& p) { return p.timeouts; }, count);
  add(
      "Lock waits", [](const Row& p) { return p.lock_waits; }, count);
  add(
      "Errors", [](const Row& p) { return p.errors; }, count);
  add(
      "Connections", [](const Row& p) { return std::max(p.received, p.authorized); }, count);
  add(
      "Temporary files", [](const Row& p) { return p.temp_bytes; }, bytes);
  return out + "</div>\n";
}

std::string pair(std::string_view name, const std::string& value) {
  return value.empty() ? std::string{} : fmt::format("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
}

std::string statement_card(const SqlStatementRow& s, std::size_t rank, const SqlReport& r,
                           const Clock& clock) {
  std::string out = fmt::format("<article class=\"card component\" id=\"S{}\"><header><h4>{}. {}</h4>", rank,
                                rank, html::code(one_line(s.fingerprint)));
  if (s.timeouts > 0)
    out += html::pill(wording::plural(s.timeouts, "time-out", "time-outs"), Tone::kBad);
  else if (s.share > 0)
    out += html::pill(wording::share(s.share) + " of the time", Tone::kMuted);
  out += fmt::format("</header><pre class=\"code\"><code>{}</code></pre>", escape(printable(s.sql)));
  std::vector<Datapoint> points;
  double most = 0;
  for (const auto& p : s.by_period) {
    points.push_back({p.time, p.total_ms});
    most = std::max(most, p.total_ms);
  }
  if (most > 0)
    out += bars(points, r, clock,
                fmt::format("Time spent, at most {} in a period", wording::milliseconds(most)));
  const auto count = [](std::uint64_t n) { return n == 0 ? std::string{} : wording::count(n); };
  out += "<dl class=\"pairs\">";
  if (s.durations.count > 0)
    out += pair(
        "Durations",
        fmt::format("{}, mean {}, p50 {}, p95 {}, p99 {}, max {}",
                    wording::plural(s.durations.count, "call", "calls"),
                    wording::milliseconds(s.durations.mean_ms), wording::milliseconds(s.durations.p50_ms),
                    wording::milliseconds(s.durations.p95_ms), wording::milliseconds(s.durations.p99_ms),
                    wording::milliseconds(s.durations.max_ms)));
  if (s.list_max > 0)
    out += pair("IN list",
                fmt::format("p50 {}, max {}", wording::count(s.list_p50), wording::count(s.list_max)));
  if (s.lock_waits > 0 || s.lock_wait_ms > 0)
    out += pair("Lock waits", fmt::format("{}, {} until they ended", wording::count(s.lock_waits),
                                          wording::milliseconds(s.lock_wait_ms)));
  out += pair("Errors", count(s.errors)) + pair("Deadlocks", count(s.deadlocks));
  if (s.temp_files > 0)
    out += pair("Temporary files", fmt::format("{}, {}", wording::count(s.temp_files),
                                               wording::bytes(static_cast<double>(s.temp_bytes))));
  if (s.first && s.last)
    out += pair("Seen", fmt::format("{} – {}", clock.both(*s.first), clock.both(*s.last)));
  if (s.slowest_at) out += pair("Slowest", clock.both(*s.slowest_at));
  out += "</dl>";
  if (!s.slowest_plan.empty())
    out +=
        fmt::format("<p class=\"muted\">Plan of its slowest execution with one</p><pre><code>{}</code></pre>",
                    escape(printable(s.slowest_plan)));
  return out + "</article>\n";
}

std::string hero(const SqlReport& r, const Clock& clock) {
  std::string out = fmt::format(
      "<header class=\"hero\">\n<p class=\"eyebrow\"><span class=\"verdict "
      "{}\">PostgreSQL</span></p>\n<h1>{}</h1>\n"
      "<p class=\"window\">",
      r.timeouts > 0 ? "bad" : "", escape(sql_title(r)));
  for (const auto& line : sql_scope(r, clock)) out += fmt::format("<span>{}</span> ", escape(line));
  out += "</p>\n<dl class=\"facts\">\n";
  for (const auto& fact : sql_facts(r))
    out += fmt::format(
        "<div class=\"fact\"><dt>{}</dt><dd class=\"{}\">{}{}</dd></div>\n", escape(fact.name),
        html::tone_class(fact.tone), escape(fact.value),
        fact.detail.empty() ? "" : fmt::format("<span class=\"sub\">{}</span>", escape(fact.detail)));
  return out + "</dl>\n</header>\n";
}

std::string blocks(const Section& section) {
  std::string out;
  for (const auto& b : section.blocks)
    out += b.kind == Block::Kind::kTable ? html::table(b.table, section.title) : html::block(b);
  return out;
}

// The table first; then each statement's own card instead of the plain texts.
std::string statements(const SqlReport& r, const Section& section, const Clock& clock) {
  std::string out;
  for (const auto& b : section.blocks) {
    if (b.kind == Block::Kind::kTable) out += html::table(b.table, section.title);
    if (b.kind == Block::Kind::kParagraph && r.statements.empty()) out += html::block(b);
  }
  std::size_t rank = 0;
  out += "<div class=\"cards\">\n";
  for (const auto& s : r.statements) out += statement_card(s, ++rank, r, clock);
  return out + "</div>\n";
}

}  // namespace

std::string render_sql_html(const SqlReport& r) {
  const Clock clock = clock_of(r);
  const auto sections = sql_outline(r, {});
  std::string main = hero(r, clock);
  for (const auto& s : sections) {
    const std::string body = s.id == "statements" ? statements(r, s, clock)
                             : s.id == "periods"  ? period_charts(r, clock) + blocks(s)
                                                  : blocks(s);
    main += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}</section>\n", s.id,
        escape(s.title), body);
  }
  return html::page("PostgreSQL · " + sql_title(r), html::contents(sections), main);
}

}  // namespace culprit
