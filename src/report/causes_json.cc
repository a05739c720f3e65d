#include <boost/json.hpp>

#include "base/printable.h"
#include "report/causes_tellers.h"

namespace culprit {

namespace {

namespace json = boost::json;

constexpr std::size_t kNameBytesMax = 1000;

json::string name(const std::string& text) { return json::string(printable_text(text, kNameBytesMax)); }

json::object of(const VoiceEvidence& e) {
  json::object out{{"voice", name_of(e.voice)},
                   {"metric", name(e.what)},
                   {"beyond_usual", e.total},
                   {"own", e.own},
                   {"usual", e.usual},
                   {"strength", e.strength},
                   {"noise", e.noise},
                   {"times_noise", e.times_noise},
                   {"share", e.share},
                   {"weight", e.weight},
                   {"per_request", e.per_request}};
  if (!e.hidden_in.empty()) out["hidden_in"] = name(e.hidden_in);
  return out;
}

json::object of(const MovedSignal& m) {
  json::object out{{"metric", name(m.metric)}, {"kind", name_of(m.kind)}, {"usual", m.usual},
                   {"during", m.during},       {"score", m.score},        {"peak", format_utc(m.peak)}};
  if (!m.statistic.empty()) out["statistic"] = name(m.statistic);
  if (!m.caller.empty()) out["caller"] = name(m.caller);
  return out;
}

json::object of(const RankedCause& cause) {
  json::object out{
      {"component", name(cause.component)}, {"score", cause.score}, {"confidence", cause.confidence}};
  json::array evidence;
  for (const auto& e : cause.evidence) evidence.push_back(of(e));
  json::array moved;
  for (const auto& m : cause.moved) moved.push_back(of(m));
  json::array way;
  for (const auto& step : cause.way) way.push_back(name(step));
  out["evidence"] = std::move(evidence);
  out["moved"] = std::move(moved);
  if (cause.onset)
    out["onset"] = json::object{{"earliest", format_utc(cause.onset->earliest)},
                                {"latest", format_utc(cause.onset->latest)},
                                {"before_window", cause.onset->before_window}};
  out["calls"] = std::move(way);
  return out;
}

}  // namespace

std::string tell_causes_json(const CauseRanking& ranking, const CausesTelling& telling) {
  json::array causes;
  for (const auto& cause : ranking.causes) causes.push_back(of(cause));
  json::array notes;
  for (const auto& note : ranking.notes) notes.push_back(json::string(one_line(printable(note))));
  json::object out{{"command", "rca"},
                   {"dataset", name(telling.dataset)},
                   {"window", json::object{{"start", format_utc(telling.window.start)},
                                           {"end", format_utc(telling.window.end)}}},
                   {"verdict", name_of(ranking.verdict)},
                   {"reason", name(ranking.reason)},
                   {"components", ranking.components},
                   {"window_rows", ranking.window_rows},
                   {"baseline_rows", ranking.quiet_rows},
                   {"step_ms", ranking.step.count()},
                   {"causes", std::move(causes)},
                   {"notes", std::move(notes)}};
  if (!ranking.target.empty()) out["target"] = name(ranking.target);
  return json::serialize(out) + "\n";
}

}  // namespace culprit
