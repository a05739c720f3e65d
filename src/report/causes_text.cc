#include <fmt/format.h>

#include <cmath>

#include "base/printable.h"
#include "report/causes_tellers.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

constexpr std::size_t kNameBytesMax = 200;

std::string name(const std::string& text) { return printable_text(text, kNameBytesMax); }

std::string amount(CauseVoice voice, double value, bool per_request) {
  switch (voice) {
    case CauseVoice::kWaiting:
      return (value < 0 ? "-" : "") + wording::seconds(std::abs(value)) +
             (per_request ? " a request" : " of waiting");
    case CauseVoice::kFailures:
      return fmt::format("{:.3g} {}", value, per_request ? "of a request failed" : "failed requests");
    case CauseVoice::kLostTraffic:
      return fmt::format("{:.3g} requests that its callees did not get", value);
    case CauseVoice::kOwnLoad:
      break;
  }
  return fmt::format("{:.3g}", value);
}

std::string evidence_line(const VoiceEvidence& e) {
  std::string line = e.hidden_in.empty() ? "" : "not measured, may hide in " + name(e.hidden_in) + ": ";
  line += fmt::format("{} beyond the usual {:.3g} ({})", amount(e.voice, e.total, e.per_request), e.usual,
                      name(e.what));
  if (e.voice != CauseVoice::kOwnLoad && std::abs(e.total - e.own) > 1e-9 * std::abs(e.total))
    line += fmt::format(", {} its own", amount(e.voice, e.own, e.per_request));
  line += fmt::format("; {:.1f} times its noise; {:.0f}% of this evidence", e.times_noise, 100 * e.share);
  return line;
}

std::string moved_line(const MovedSignal& m, const Zone& zone) {
  auto what = name(m.metric);
  if (!m.statistic.empty() && m.metric.find(m.statistic) == m.metric.npos) what += " " + name(m.statistic);
  if (!m.caller.empty()) what += " from " + name(m.caller);
  const auto unit = m.kind == SignalKind::kLatency ? " s" : "";
  return fmt::format("{}{} {:.4g}{} -> {:.4g}{}, most at {}", what,
                     m.kind == SignalKind::kFailureShare ? " (share that failed)" : "", m.usual, unit,
                     m.during, unit, zone.format_clock(m.peak));
}

void tell_cause(const RankedCause& cause, std::size_t place, const Zone& zone, std::string& out) {
  out += fmt::format("\n{:>3}  {:.2f}  {}\n", place, cause.confidence, name(cause.component));
  const auto line = [&](std::string_view what, const std::string& text) {
    out += fmt::format("           {:<12} {}\n", what, text);
  };
  for (const auto& e : cause.evidence) line(name_of(e.voice), evidence_line(e));
  if (cause.evidence.empty()) line("-", "nothing of it is out of the ordinary");
  for (const auto& m : cause.moved) line("moved", moved_line(m, zone));
  if (cause.onset)
    line("onset", fmt::format("between {} and {}{}", zone.format_clock(cause.onset->earliest),
                              zone.format_clock(cause.onset->latest),
                              cause.onset->before_window ? ", before the window" : ""));
  if (cause.way.size() > 1) {
    std::string way;
    for (const auto& step : cause.way) way += (way.empty() ? "" : " -> ") + name(step);
    line("calls", way);
  }
}

}  // namespace

std::string tell_causes_text(const CauseRanking& ranking, const CausesTelling& telling, const Zone& zone) {
  std::string out = fmt::format("verdict  {}: {}\n", name_of(ranking.verdict), ranking.reason);
  out += fmt::format("window   {} to {}: {} rows of {}, beside {} rows of baseline\n",
                     zone.format(telling.window.start), zone.format(telling.window.end), ranking.window_rows,
                     format_duration(ranking.step), ranking.quiet_rows);
  out += fmt::format(
      "looked   at {} components{}\n", ranking.components,
      ranking.target.empty() ? "" : " that " + name(ranking.target) + " depends on, and at itself");
  for (std::size_t i = 0; i < std::min(ranking.causes.size(), telling.top); ++i)
    tell_cause(ranking.causes[i], i + 1, zone, out);
  if (ranking.causes.size() > telling.top)
    out += fmt::format("\n{} more (--top shows them)\n", ranking.causes.size() - telling.top);
  if (!ranking.notes.empty()) out += "\n";
  for (const auto& note : ranking.notes) out += "note     " + one_line(printable(note)) + "\n";
  return out;
}

}  // namespace culprit
