#include "document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/file.h"
#include "diagnosis/hypothesis_tuning.h"

namespace culprit::bench {

namespace {

constexpr std::string_view kBegin = "<!-- calibration: made by `make calibration`, do not edit -->\n";
constexpr std::string_view kEnd = "<!-- end of calibration -->\n";

double ratio(std::size_t a, std::size_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

std::vector<Told> rescaled(std::vector<Told> told, const ConfidenceScale& scale) {
  for (auto& t : told) t.confidence = confidence_of(t.log_odds, scale);
  return told;
}

std::string scores(const Calibration& c, const ConfidenceScale& fit) {
  std::string out =
      "| confidence | half | hypotheses | Brier | of always saying their share | log loss | calibration "
      "error "
      "|\n|---|---|---|---|---|---|---|\n";
  const auto row = [&](std::string_view name, std::string_view half, const std::vector<Told>& told) {
    const auto r = reliability_of(told);
    out += fmt::format("| {} | {} | {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} |\n", name, half, r.cases, r.brier,
                       r.base_brier, r.log_loss, r.calibration_error);
  };
  const std::pair<std::string_view, ConfidenceScale> scales[] = {
      {"sum of the weights as it is", {1, 0}}, {"as told", kConfidenceScale}, {"fitted in this run", fit}};
  for (const auto& [name, scale] : scales) {
    row(name, "fitting", rescaled(c.tuning.told, scale));
    row(name, "report", rescaled(c.test.told, scale));
  }
  return out;
}

std::string thresholds(const Calibration& c) {
  std::string out =
      "| believed from | right cause believed | wrong cause believed | quiet windows with a believed cause "
      "|\n|---|---|---|---|\n";
  const auto cells = [](const Half& half, double threshold) {
    std::size_t incidents = 0, quiet = 0, right = 0, wrong = 0, alarms = 0;
    for (std::size_t i = 0; i < half.first.size(); ++i) {
      const bool believed = half.first[i].confidence >= threshold;
      if (half.first_of_quiet[i]) {
        ++quiet;
        alarms += believed ? 1 : 0;
      } else {
        ++incidents;
        right += believed && half.first[i].right ? 1 : 0;
        wrong += believed && !half.first[i].right ? 1 : 0;
      }
    }
    return std::array{ratio(right, incidents), ratio(wrong, incidents), ratio(alarms, quiet)};
  };
  for (const double t : {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    const auto a = cells(c.tuning, t);
    const auto b = cells(c.test, t);
    out += fmt::format("| {}{:.1f} | {:.2f} · {:.2f} | {:.2f} · {:.2f} | {:.2f} · {:.2f} |\n",
                       std::abs(t - HypothesisTuning{}.believed_min) < 1e-9 ? "→ " : "", t, a[0], b[0], a[1],
                       b[1], a[2], b[2]);
  }
  return out;
}

std::string ablation(const Calibration& c) {
  std::string out =
      "| | right cause first | right cause believed | wrong cause believed | quiet: verdict incident | "
      "quiet: "
      "cause believed | Brier |\n|---|---|---|---|---|---|---|\n";
  for (const auto& name : variant_names()) {
    const auto at = c.test.variants.find(name);
    if (at == c.test.variants.end()) continue;
    const auto& t = at->second;
    out += fmt::format("| {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {:.3f} |\n", name,
                       ratio(t.first_right, t.incidents), ratio(t.named_right, t.incidents),
                       ratio(t.named_wrong, t.incidents), ratio(t.false_alarms, t.quiet),
                       ratio(t.false_causes, t.quiet), t.brier / static_cast<double>(t.incidents + t.quiet));
  }
  return out;
}

std::string blindness(const Calibration& c) {
  std::string out =
      "| nothing is seen of | incident | cannot tell | no incident | right cause believed "
      "|\n|---|---|---|---|---|\n";
  const auto row = [&](std::string_view name, const Tally& t) {
    out += fmt::format("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", name,
                       1 - ratio(t.missed + t.cannot_tell, t.incidents), ratio(t.cannot_tell, t.incidents),
                       ratio(t.missed, t.incidents), ratio(t.named_right, t.incidents));
  };
  row("— (all is seen)", c.test.variants.at("everything"));
  for (const auto& [component, tally] : c.test.blind) {
    const auto* known = c.system.component(component);
    row(fmt::format("`{}`{}", component, known != nullptr && known->critical ? "" : " (not critical)"),
        tally);
  }
  return out;
}

std::string by_cause(const Calibration& c) {
  std::string out = "| cause put in | incidents | believed first |\n|---|---|---|\n";
  for (const auto& [cause, named] : c.test.by_cause)
    out += fmt::format("| {} | {} | {:.2f} |\n", cause, named.size(),
                       ratio(static_cast<std::size_t>(std::ranges::count(named, true)), named.size()));
  return out;
}

std::string_view reason_of(const Symptom& s, bool against) {
  if (against) return "points to another cause of the same harm";
  if (s.required) return "defines the issue: alone it leaves a coin's toss at most";
  if (s.weight >= 2) return "nearly defines the issue, but may go unseen";
  if (s.absent < 0) return "goes with it: expected where there are data, so its absence counts";
  if (s.weight >= 1) return "seldom without it, but often not logged";
  return "a consequence that other causes have, too";
}

std::string odds(std::size_t part, std::size_t all, std::size_t other_part, std::size_t other_all) {
  if (all < 5 || other_all < 5) return "n/a";
  const double p = (static_cast<double>(part) + 0.5) / (static_cast<double>(all) + 1);
  const double q = (static_cast<double>(other_part) + 0.5) / (static_cast<double>(other_all) + 1);
  return fmt::format("{:+.1f}", std::log(p / q));
}

std::string weights(const Calibration& c) {
  std::string out =
      "| issue | symptom | weight (measured) | absent (measured) | reason |\n|---|---|---|---|---|\n";
  for (const auto& issue : c.system.known_issues) {
    std::size_t at = 0;
    const auto& counts = c.tuning.symptoms.at(issue.id);
    const auto list = [&](const std::vector<Symptom>& symptoms, bool against) {
      for (const auto& s : symptoms) {
        const auto& n = counts[at++];
        out +=
            fmt::format("| {} | {}{} | {:+.1f} ({}) | {} ({}) | {} |\n", issue.id, against ? "against: " : "",
                        s.says, s.weight, odds(n.with_holds, n.with, n.without_holds, n.without),
                        s.required ? std::string("none") : fmt::format("{:+.1f}", s.absent),
                        odds(n.with - n.with_holds, n.with, n.without - n.without_holds, n.without),
                        reason_of(s, against));
      }
    };
    list(issue.symptoms, false);
    list(issue.against, true);
  }
  return out;
}

std::string introduction(const Calibration& c) {
  return fmt::format(
      "Two times {} windows of 6 to 14 minutes were drawn (seeds {} and {}): three in five hold one of the "
      "{} known\n"
      "issues, at a random strength and moment, with what such a fault does to logs, metrics and answers\n"
      "(`bench/calibrate/incident_model.cc`, by the author of the calibration, who knew the weights); in "
      "every window "
      "everyday\n"
      "nuisances happen (one on average), and from one in four a source is missing. Those for fitting lie "
      "in\n"
      "`examples/incidents/quiet-hour`, those for the report in the half hour before the incident of\n"
      "`examples/incidents/statement-timeouts`: another recording with another load. A hypothesis is *right* "
      "when it\n"
      "names the issue that was put in. These are modelled incidents: they say whether the numbers are "
      "honest about\n"
      "*such* a world; the share of incidents, and what nuisances look like, are ours.\n\n",
      c.fit_options.cases, c.fit_options.seed, c.report_options.seed, c.system.known_issues.size());
}

}  // namespace

std::string calibration_text(const Calibration& c) {
  const auto fit = fit_platt(c.tuning.told);
  std::string out = introduction(c);
  out += "![Reliability diagram](images/calibration.svg)\n\n";
  out += fmt::format(
      "Confidence is 1 / (1 + e^-({:.2f} × sum {:+.2f})), Platt's scaling; this run fits {:.2f} and "
      "{:+.2f}.\n\n",
      kConfidenceScale.slope, kConfidenceScale.offset, fit.slope, fit.offset);
  out += scores(c, fit) + "\nOf the half for the report, as told:\n\n";
  out += reliability_table(reliability_of(rescaled(c.test.told, kConfidenceScale)));
  out +=
      "\n### From when on a cause is believed\n\nBelieved from the least tenth at which no more than one "
      "quiet window in "
      "fifty has a believed cause. Fitting · report:\n\n" +
      thresholds(c);
  out +=
      "\n### What each voice adds\n\nOn the half for the report. A quiet window in which a task is killed "
      "for memory counts "
      "as an incident by the\nseverity rules, whatever its cause; the model's incidents never show a symptom "
      "late, "
      "so that order adds nothing here.\n*Brier* is of the first hypothesis; a case for which none is told "
      "costs nothing there:\n\n" +
      ablation(c);
  out +=
      "\n### What cannot be told\n\nVerdicts on the incidents of the report's half when one component is "
      "hidden:\n\n" +
      blindness(c);
  out += "\n### By cause\n\n" + by_cause(c);
  out +=
      "\n### Every weight\n\n*Measured* is the logarithm of how much more often the symptom is there (or "
      "absent) "
      "with its issue than in\nall other windows of the half for fitting, each symptom by itself. Weights "
      "are "
      "smaller where symptoms come together.\n\n" +
      weights(c);
  return out;
}

Result<void> write_calibration(const Calibration& c, const std::filesystem::path& docs) {
  const auto path = docs / "diagnosis.md";
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  const auto begin = text->find(kBegin);
  const auto end = text->find(kEnd);
  if (begin == text->npos || end == text->npos || end < begin)
    return fail(ErrorCode::kInput, "no marks for the calibration in it", path.string());
  text->replace(begin + kBegin.size(), end - begin - kBegin.size(), "\n" + calibration_text(c) + "\n");
  if (auto done = write_file_atomically(path, *text); !done) return done;
  const auto svg =
      reliability_svg("Reliability of culprit investigate",
                      {{"sum of the weights as it is", reliability_of(rescaled(c.test.told, {1, 0}))},
                       {"as told", reliability_of(rescaled(c.test.told, kConfidenceScale))}});
  return write_file_atomically(docs / "images" / "calibration.svg", svg);
}

}  // namespace culprit::bench
