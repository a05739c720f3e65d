#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "report/html_parts.h"
#include "report/html_text.h"

namespace culprit::html {

namespace {

using wording::Clock;

std::string fact(std::string_view name, std::string_view value, std::string_view detail) {
  return fmt::format("<div class=\"fact\"><dt>{}</dt><dd>{}{}</dd></div>\n", escape(name), value,
                     detail.empty() ? "" : fmt::format("<span class=\"sub\">{}</span>", detail));
}

std::string time_fact(std::string_view name, const std::optional<Time>& t, std::string_view absent,
                      const Clock& clock) {
  if (!t) return fact(name, wording::kNoValue, escape(absent));
  if (clock.is_utc()) return fact(name, escape(clock.utc(*t)), "");
  return fact(name, escape(clock.local(*t)), escape(clock.utc(*t)));
}

std::string header(const Findings& f, const Clock& clock) {
  std::string out = "<header class=\"hero\">\n<p class=\"eyebrow\">";
  out += fmt::format("<span class=\"verdict {}\">{}</span>", tone_class(tone_of(f.verdict)),
                     escape(without_symbol(wording::verdict(f.verdict))));
  if (!f.severity.empty())
    out += fmt::format("<span class=\"sev {}\">{}</span>", tone_class(tone_of_severity(f.severity)),
                       escape(one_line(f.severity)));
  out += fmt::format("<span class=\"system\">{}</span></p>\n",
                     escape(one_line(f.system.title.empty() ? f.system.name : f.system.title)));
  out += fmt::format("<h1>{}</h1>\n<p class=\"window\">", inline_text(one_line(f.headline)));
  if (!clock.is_utc()) out += fmt::format("<span>{}</span> ", escape(clock.local_range(f.window)));
  return out + fmt::format("<span>{}</span></p>\n</header>\n", escape(clock.utc_range(f.window)));
}

std::string facts(const Findings& f, const Clock& clock) {
  if (f.severity.empty() && !f.onset && primary(f) == nullptr) return {};
  std::string out = "<dl class=\"facts\">\n";
  if (!f.severity.empty())
    out += fact("Severity", escape(one_line(f.severity)), escape(wording::severity_meaning(f.severity)));
  out += time_fact("Onset", f.onset, "no onset found", clock);
  out += time_fact("Recovery", f.recovery, f.onset ? "not seen inside the data" : "", clock);
  if (const Hypothesis* h = primary(f)) {
    const std::string bar =
        fmt::format("<span class=\"meter\"><span style=\"width:{:.1f}%\"></span></span>",
                    std::isfinite(h->confidence) ? std::clamp(h->confidence, 0.0, 1.0) * 100 : 0.0);
    out += fact("Confidence", escape(wording::share(h->confidence)), bar);
  }
  return out + "</dl>\n";
}

std::string cause_card(const Findings& f) {
  std::string out = "<div class=\"card cause\"><h3>Root cause</h3>\n";
  const Hypothesis* h = primary(f);
  if (h != nullptr)
    out += fmt::format("<p class=\"big\"><a href=\"#H{}\">{}</a></p>\n", h - f.hypotheses.data() + 1,
                       escape(one_line(h->title)));
  for (const auto& claim : f.root_cause.primary) {
    Phrase p = say(claim);
    // The title stands above it, and the confidence beside it.
    if (h != nullptr && !h->summary.empty() && claim.text().starts_with(h->title))
      p.text = one_line(h->summary);
    out += fmt::format("<p>{}</p>\n", phrase(p));
  }
  const auto said = [&](const Claim& claim) { return claim.text().find(h->summary) != std::string::npos; };
  if (h != nullptr && !h->summary.empty() &&
      std::none_of(f.root_cause.primary.begin(), f.root_cause.primary.end(), said))
    out += fmt::format("<p class=\"minor\">{}</p>\n", inline_text(one_line(h->summary)));
  if (h == nullptr && f.root_cause.primary.empty())
    out +=
        "<p class=\"muted\">Not found: no hypothesis is supported well enough by what could be "
        "seen.</p>\n";
  return out + "</div>\n";
}

std::string steps_card(const Findings& f) {
  const std::vector<Phrase> steps = first_steps(f);
  if (steps.empty()) return {};
  const bool incident = f.verdict == Verdict::kIncident;
  std::string out = fmt::format("<div class=\"card now\"><h3>{}</h3>\n<ol class=\"list\">\n",
                                incident ? "Do now" : "Check next");
  for (std::size_t i = 0; i < steps.size() && i < 3; ++i)
    out += fmt::format("<li>{}</li>\n", phrase(steps[i]));
  out += "</ol>\n";
  for (const auto& c : f.contacts)
    if (c.now)
      out += fmt::format("<p class=\"call\"><span class=\"label\">Call {}</span> {} {}</p>\n",
                         escape(one_line(c.role)), escape(one_line(c.name)), escape(one_line(c.reach)));
  return out + "</div>\n";
}

}  // namespace

std::string summary(const Findings& f) {
  const Clock clock(f);
  std::string out = header(f, clock);
  out +=
      "<section id=\"executive-summary\" aria-labelledby=\"h-executive-summary\">\n"
      "<h2 id=\"h-executive-summary\">Executive summary</h2>\n";
  for (const auto& sentence : summary_sentences(f))
    out += fmt::format("<p class=\"lead\">{}</p>\n", inline_text(one_line(sentence)));
  out += facts(f, clock);
  out += "<div class=\"two\">\n" + (f.verdict == Verdict::kNoIncident ? "" : cause_card(f)) + steps_card(f) +
         "</div>\n";
  if (!f.severity_reasons.empty()) {
    out += fmt::format("<h3>Why {}</h3>\n<ul class=\"list\">\n",
                       f.severity.empty() ? "this severity" : escape(one_line(f.severity)));
    for (const auto& claim : f.severity_reasons) out += fmt::format("<li>{}</li>\n", phrase(say(claim)));
    out += "</ul>\n";
  }
  return out + "</section>\n";
}

}  // namespace culprit::html
