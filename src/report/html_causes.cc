#include <fmt/format.h>

#include <cmath>

#include "base/printable.h"
#include "base/shell_word.h"
#include "report/html_parts.h"
#include "report/html_text.h"
#include "report/svg_lanes.h"

namespace culprit::html {

namespace {

using wording::Clock;

double largest_term(const Hypothesis& h) {
  double out = std::abs(h.prior);
  for (const auto* terms : {&h.evidence_for, &h.evidence_against})
    for (const auto& t : *terms)
      if (std::isfinite(t.log_odds)) out = std::max(out, std::abs(t.log_odds));
  return out > 0 ? out : 1;
}

// A bar to the right of the middle speaks for the hypothesis, to the left against it.
std::string term_row(const Phrase& text, double log_odds_value, double most, std::string_view extra = "") {
  const double size =
      std::isfinite(log_odds_value) ? std::min(50.0, std::abs(log_odds_value) / most * 50) : 0;
  const bool speaks_for = log_odds_value >= 0;
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td class=\"odds\" aria-hidden=\"true\"><span class=\"{}{}\" "
      "style=\"width:{:.1f}%\"></span></td><td class=\"num\">{}</td></tr>\n",
      phrase(text), speaks_for ? "pro" : "con", extra, size, escape(log_odds(log_odds_value)));
}

std::string terms_table(const Hypothesis& h) {
  const double most = largest_term(h);
  std::string out =
      "<table class=\"terms\"><thead><tr><th scope=\"col\">What speaks for and against it</th>"
      "<th scope=\"col\" class=\"mid\">against | for</th><th scope=\"col\" "
      "class=\"num\">Log-odds</th></tr></thead>\n<tbody>\n";
  for (const auto* terms : {&h.evidence_for, &h.evidence_against})
    for (const auto& t : *terms) {
      Phrase p = say(t.text);
      p.evidence = t.evidence;
      out += term_row(p, t.log_odds, most);
    }
  out += term_row(say("How common the cause is, before any evidence"), h.prior, most, " prior");
  return out + "</tbody></table>\n";
}

std::string check_card(std::string_view label, const NextCheck& c) {
  if (c.text.empty()) return {};
  return fmt::format("<div class=\"check\"><p><span class=\"label\">{}</span> {}</p>{}</div>\n",
                     escape(label), inline_text(one_line(c.text)),
                     commands(c.aws_command, c.culprit_command));
}

std::string hypothesis_body(const Findings& f, const Hypothesis& h, const Clock& clock) {
  std::string out;
  if (!h.summary.empty()) out += fmt::format("<p>{}</p>\n", inline_text(one_line(h.summary)));
  out += fmt::format("<p class=\"meta\"><code>{}</code>", escape(one_line(h.cause)));
  if (!h.family.empty()) out += fmt::format(" of <code>{}</code>", escape(one_line(h.family)));
  if (!h.component.empty()) out += " · " + escape(component_title(f, h.component));
  if (h.onset) out += " · onset " + escape(clock.both(*h.onset));
  out += "</p>\n" + terms_table(h);
  if (!h.unseen.empty()) {
    out += "<p class=\"label\">Could not be seen</p>\n<ul class=\"list muted\">\n";
    for (const auto& t : h.unseen)
      out += fmt::format("<li>{} {}</li>\n", inline_text(one_line(t.text)), references(t.evidence));
    out += "</ul>\n";
  }
  out += check_card("Would refute it", h.refute);
  for (const auto& c : h.checks) out += check_card("Check", c);
  return out;
}

std::string columns(const std::vector<std::pair<std::string, std::vector<std::string>>>& lists,
                    bool numbered) {
  std::string out = "<div class=\"grid three\">\n";
  for (const auto& [title, sentences] : lists) {
    if (sentences.empty()) continue;
    out += fmt::format("<div class=\"card\"><h3>{}</h3>\n{}", escape(title),
                       numbered ? "<ol class=\"list\">\n" : "<ul class=\"list\">\n");
    for (const auto& s : sentences) out += fmt::format("<li>{}</li>\n", inline_text(one_line(s)));
    out += numbered ? "</ol></div>\n" : "</ul></div>\n";
  }
  return out + "</div>\n";
}

}  // namespace

std::string timeline(const Findings& f) {
  const Clock clock(f);
  std::string out = lanes(f, clock) + "<ol class=\"events\">\n";
  for (std::size_t i = 0; i < f.timeline.size(); ++i) {
    const auto& e = f.timeline[i];
    const std::string second =
        clock.is_utc() ? ""
                       : fmt::format("<span class=\"sub\">{}</span>", escape(clock.utc(e.time, e.exact)));
    out += fmt::format(
        "<li id=\"T{0}\"><svg viewBox=\"0 0 26 26\" aria-hidden=\"true\">{1}</svg><span "
        "class=\"when\">{2}{3}</span>"
        "<span class=\"what\"><span class=\"kind\">{4}</span> <span class=\"where\">{5}</span> "
        "{6}</span></li>\n",
        i + 1, timeline_mark(e.kind, i + 1, 13, 13),
        escape(clock.is_utc() ? clock.utc(e.time, e.exact) : clock.local(e.time, e.exact)), second,
        escape(wording::timeline_kind(e.kind)), escape(component_title(f, e.component)),
        phrase(say(e.claim)));
  }
  return out + "</ol>\n";
}

std::string hypothesis(const Findings& f, std::size_t index) {
  const Hypothesis& h = f.hypotheses[index];
  const double confidence = std::isfinite(h.confidence) ? std::clamp(h.confidence, 0.0, 1.0) : 0;
  const Tone tone = h.role == CauseRole::kPrimary ? Tone::kBad
                    : h.role == CauseRole::kNone  ? Tone::kMuted
                                                  : Tone::kWarn;
  return fmt::format(
      "<details class=\"card hypothesis\"{0}><summary><span class=\"rank\">{1}</span><span "
      "class=\"title\">{2}</span>{3}"
      "<span class=\"meter\" aria-hidden=\"true\"><span style=\"width:{4:.1f}%\"></span></span>"
      "<span class=\"percent\">{5}</span></summary>\n<div class=\"body\" id=\"H{1}\">\n{6}</div></details>\n",
      index == 0 ? " open" : "", index + 1, escape(one_line(h.title)), pill(wording::role(h.role), tone),
      confidence * 100, escape(wording::share(h.confidence)), hypothesis_body(f, h, Clock(f)));
}

std::string evidence(const Findings& f, const Block& b) {
  const Evidence& e = f.evidence.all()[b.index];
  std::string out = fmt::format(
      "<details class=\"ev\"><summary><span class=\"id\">E{0}</span><span class=\"kind\">{1}</span>"
      "<span class=\"title\">{2}</span></summary>\n<div class=\"body\" id=\"E{0}\">\n",
      e.id, escape(to_string(e.kind)), inline_text(one_line(evidence_title(f, e))));
  for (const auto& inner : b.plain) {
    if (inner.kind == Block::Kind::kTable)
      out += table(inner.table, fmt::format("Datapoints of E{}", e.id));
    else if (inner.kind == Block::Kind::kList) {
      out += "<dl class=\"pairs\">\n";
      for (const auto& item : inner.items)
        out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(item.label), phrase(item.phrase));
      out += "</dl>\n";
    } else if (inner.kind == Block::Kind::kParagraph) {
      out += fmt::format("<p class=\"cmd-label\">{}</p>\n", phrase(inner.phrase));
    } else {
      out += block(inner);
    }
  }
  return out + "</div></details>\n";
}

std::string evidence_on_paper(const Findings& f) {
  const std::size_t pieces = f.evidence.all().size();
  if (pieces == 0) return {};
  const std::string capsule = shell_word(f.capsule.empty() ? "CAPSULE" : f.capsule);
  return fmt::format(
      "<p class=\"on-paper\">Left out on paper: {0}, E1 – E{1}. They stand in the HTML file this was printed "
      "from, "
      "and in the capsule: <code>culprit report {2} --evidence{3}</code> shows all of them, "
      "<code>culprit explain {2} E1{3}</code> one.</p>\n",
      wording::plural(pieces, "piece of evidence", "pieces of evidence"), pieces, escape(printable(capsule)),
      escape(printable(f.capsule_options)));
}

std::string recommendations(const Findings& f) {
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  for (const std::string_view horizon : {"24h", "1w", "1m"}) {
    lists.emplace_back(std::string(wording::horizon(horizon)), std::vector<std::string>{});
    for (const auto& r : f.recommendations)
      if (r.horizon == horizon) lists.back().second.push_back(r.text);
  }
  return columns(lists, true);
}

std::string prevention(const Findings& f) {
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  for (const std::string_view area : {"monitoring", "code-review", "infrastructure"}) {
    lists.emplace_back(std::string(wording::area(area)), std::vector<std::string>{});
    for (const auto& p : f.prevention)
      if (p.area == area) lists.back().second.push_back(p.text);
  }
  return columns(lists, false);
}

std::string known(const Findings& f) {
  std::string out;
  if (!f.known.empty() || !f.unknown.empty())
    out += columns({{"Known", f.known}, {"Not known", f.unknown}}, false);
  if (f.next_checks.empty()) return out;
  out += "<h3>Check next</h3>\n";
  // A check of a hypothesis stands there with its commands.
  std::string steps;
  std::string own;
  for (const auto& c : f.next_checks) {
    const std::size_t of = hypothesis_of(f, c);
    if (of == f.hypotheses.size())
      own += check_card("Check", c);
    else
      steps +=
          fmt::format("<li>{0} <a href=\"#H{1}\">commands</a></li>\n", inline_text(one_line(c.text)), of + 1);
  }
  if (!steps.empty()) out += "<ol class=\"list\">\n" + steps + "</ol>\n";
  return out + own;
}

}  // namespace culprit::html
