#include "diagnosis/cautions.h"

#include <fmt/format.h>

#include "diagnosis/phrasing.h"
#include "diagnosis/predicate.h"
#include "telemetry/quantity.h"

namespace culprit {

std::string harm_in(Grid::Range minutes, const CaseFile& file) {
  if (minutes.empty()) return {};
  for (const auto& rule : file.system.severity_rules) {
    if (rule.level == "P3" || rule.all.empty()) continue;
    std::string observed;
    const bool holds = std::ranges::all_of(rule.all, [&](const Predicate& p) {
      const Decision d = decide_in(minutes, p, file);
      if (d.truth != Truth::kHolds) return false;
      observed += (observed.empty() ? "" : "; ") + d.observed_text;
      return true;
    });
    if (holds) return fmt::format("{} ({})", rule.says, observed);
  }
  return {};
}

std::vector<std::string> cautions(const CaseFile& file) {
  std::vector<std::string> out;
  const auto& f = file.findings;
  const auto& grid = file.seen.grid;
  const auto& window = file.seen.window;
  const std::string before = harm_in(file.baseline_minutes(), file);
  if (f.verdict == Verdict::kIncident) {
    if (f.onset && *f.onset < window.start)
      out.push_back(fmt::format(
          "The onset lies before your window: {}, {} earlier. Look again from there on.",
          file.clock(*f.onset),
          wording::seconds(
              static_cast<double>(floor<std::chrono::seconds>(window.start - *f.onset).count()))));
    if (!before.empty())
      out.push_back(fmt::format(
          "The baseline holds an incident itself, {}: that something is no higher than there speaks against "
          "nothing. Give a quieter one with --baseline.",
          before));
    return out;
  }
  const Grid::Range tail{file.window_minutes().last, grid.size()};
  if (!before.empty())
    out.push_back(fmt::format("Your window may miss the incident: before it, {}.", before));
  if (const auto after = harm_in(tail, file); !after.empty())
    out.push_back(fmt::format("Your window may miss the incident: after it, {}.", after));
  return out;
}

}  // namespace culprit
