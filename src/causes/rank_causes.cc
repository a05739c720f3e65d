#include "causes/rank_causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "causes/describe_cause.h"
#include "causes/weighed_voice.h"

namespace culprit {

namespace {

constexpr double kTargetPlaceMin =
    0.5;  // the alarmed component is at least beyond the middle of its quiet windows
constexpr std::size_t kNameBytesMax = 80;

AskedRows rows_of(const AlignedTable& table, const CauseQuestion& question) {
  AskedRows out;
  const auto at = [&](Time t) {
    return static_cast<std::size_t>(std::lower_bound(table.times.begin(), table.times.end(), t) -
                                    table.times.begin());
  };
  out.first = at(question.window.start);
  out.last = std::max(out.first, at(question.window.end));
  out.quiet.assign(table.times.size(), false);
  for (std::size_t i = 0; i < table.times.size(); ++i) {
    if (i >= out.first && i < out.last) continue;
    if (question.baseline && !question.baseline->contains(table.times[i])) continue;
    out.quiet[i] = true;
    ++out.quiet_rows;
  }
  return out;
}

struct Target {
  std::optional<std::size_t> component;
  std::vector<bool> candidate;
};

Result<Target> target_of(const AlignedTable& table, const CauseQuestion& question) {
  Target out;
  out.candidate.assign(table.components.size(), true);
  if (!question.target.empty()) {
    const auto found = std::lower_bound(table.components.begin(), table.components.end(), question.target);
    if (found == table.components.end() || *found != question.target)
      return fail(
          ErrorCode::kNotFound,
          fmt::format("no component '{}' in the table", printable_text(question.target, kNameBytesMax)), {},
          fmt::format("Components are spelt as in the data, the first is '{}'.",
                      printable_text(table.components.front(), kNameBytesMax)));
    out.component = static_cast<std::size_t>(found - table.components.begin());
  } else if (const auto entries = table.graph.entries(); entries.size() == 1) {
    out.component = entries.front();
  }
  // Only what it calls can have harmed the target. One that calls nobody, or alone, is not where to look
  // from.
  if (out.component && table.graph_given && !table.graph.callees(*out.component).empty())
    out.candidate = table.graph.reachable(*out.component);
  return out;
}

std::vector<CauseVoice> voices_for(const CauseQuestion& question) {
  if (question.symptom) return {*question.symptom, CauseVoice::kOwnLoad};
  return {CauseVoice::kWaiting, CauseVoice::kFailures, CauseVoice::kLostTraffic, CauseVoice::kOwnLoad};
}

// Everything that the steps of one ranking share.
struct Ranking {
  const AlignedTable& table;
  const CauseQuestion& question;
  const CauseTuning& tuning;
  AskedRows asked;
  Target target;
  std::vector<VoiceExcess> excess;
  std::vector<WeighedVoice> voices;
  std::vector<double> score;
};

double total_score(const Ranking& ranking, std::size_t component) {
  double sum = 0;
  for (const auto& voice : ranking.voices) sum += voice.weight * voice.share[component];
  return sum;
}

// Best first. Without any evidence, those with more callees, whose faults would show in more places; then by
// name.
std::vector<std::size_t> order_of(const Ranking& ranking) {
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < ranking.table.components.size(); ++c) {
    const bool evident = ranking.score[c] > 0;
    if (ranking.target.candidate[c] && (evident || ranking.question.incident_known)) order.push_back(c);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (ranking.score[a] != ranking.score[b]) return ranking.score[a] > ranking.score[b];
    return ranking.table.graph.callees(a).size() > ranking.table.graph.callees(b).size();
  });
  return order;
}

const WeighedPart* loudest_part(const Ranking& ranking, const WeighedVoice** voice_of_it) {
  const WeighedPart* best = nullptr;
  for (const auto& voice : ranking.voices)
    for (const auto& part : voice.parts)
      if (best == nullptr ||
          std::pair(part.pieces_out, part.times_noise) > std::pair(best->pieces_out, best->times_noise)) {
        best = &part;
        *voice_of_it = &voice;
      }
  return best;
}

std::string name_in(const Ranking& ranking, std::size_t component) {
  return printable_text(ranking.table.components[component], kNameBytesMax);
}

// The alarmed component's own series of the symptom, unless it is not measured.
const Excess* symptom_of_target(const Ranking& ranking) {
  if (!ranking.question.symptom || !ranking.target.component) return nullptr;
  for (const auto& e : ranking.excess.front().parts)
    if (e.component == *ranking.target.component && e.samples > 0) return &e;
  return nullptr;
}

bool known_in_window(const Excess& excess, const AskedRows& asked) {
  return std::any_of(excess.total.begin() + static_cast<std::ptrdiff_t>(asked.first),
                     excess.total.begin() + static_cast<std::ptrdiff_t>(asked.last),
                     [](double v) { return std::isfinite(v); });
}

void judge(const Ranking& ranking, CauseRanking& out) {
  const auto& tuning = ranking.tuning;
  std::size_t windows = 0;
  for (const auto& voice : ranking.voices) windows = std::max(windows, voice.quiet_windows);
  const WeighedVoice* voice = nullptr;
  const auto* loudest = loudest_part(ranking, &voice);
  const auto* symptom = symptom_of_target(ranking);
  out.verdict = CauseVerdict::kCannotTell;
  if (ranking.asked.first == ranking.asked.last) {
    out.reason = "there is no data in the window";
  } else if (loudest == nullptr) {
    out.reason = "nothing in the table tells of waiting, failures, traffic or load";
  } else if (windows < tuning.quiet_windows_min) {
    out.reason = fmt::format(
        "the baseline holds {} windows as long as this one, too few to know what is usual", windows);
  } else if (symptom != nullptr && !known_in_window(*symptom, ranking.asked)) {
    out.reason = fmt::format("nothing is known of {} in the window", name_in(ranking, symptom->component));
  } else if (loudest->pieces_out < tuning.pieces_out_min) {
    out.verdict = CauseVerdict::kNoIncident;
    out.reason = fmt::format("nothing is far out of the ordinary: most {} of {}, {:.1f} times its noise",
                             name_of(voice->voice), name_in(ranking, loudest->excess->component),
                             loudest->times_noise);
  } else if (symptom != nullptr &&
             place_among_quiet(symptom->total, ranking.table, ranking.asked, tuning) < kTargetPlaceMin) {
    out.verdict = CauseVerdict::kNoIncident;
    out.reason = fmt::format("{} of {} is no higher than in an ordinary window",
                             name_of(*ranking.question.symptom), name_in(ranking, symptom->component));
  } else {
    out.verdict = CauseVerdict::kIncident;
    out.reason = fmt::format("{} of {} is {:.1f} times its noise", name_of(voice->voice),
                             name_in(ranking, loudest->excess->component), loudest->times_noise);
  }
}

void note_disturbed_baseline(const Ranking& ranking, CauseRanking& out) {
  const WeighedPart* loudest = nullptr;
  for (const auto& voice : ranking.voices)
    for (const auto& part : voice.parts)
      if (loudest == nullptr || part.loudest_quiet > loudest->loudest_quiet) loudest = &part;
  if (loudest == nullptr || loudest->loudest_quiet < 2 * ranking.tuning.out_of_noise) return;
  out.notes.push_back(fmt::format("the baseline holds a disturbance itself: {} at {}, {:.1f} times its noise",
                                  name_in(ranking, loudest->excess->component),
                                  format_utc(ranking.table.times[loudest->loudest_quiet_row]),
                                  loudest->loudest_quiet));
}

void note_silent_components(const Ranking& ranking, CauseRanking& out) {
  std::vector<bool> before(ranking.table.components.size(), false);
  std::vector<bool> during(ranking.table.components.size(), false);
  for (const auto& s : ranking.table.signals)
    for (std::size_t i = 0; i < s.values.size(); ++i) {
      if (!std::isfinite(s.values[i])) continue;
      if (ranking.asked.quiet[i]) before[s.component] = true;
      if (i >= ranking.asked.first && i < ranking.asked.last) during[s.component] = true;
    }
  std::string silent;
  std::string fresh;
  std::size_t silent_count = 0;
  std::size_t fresh_count = 0;
  for (std::size_t c = 0; c < before.size(); ++c) {
    if (before[c] && !during[c] && silent_count++ == 0) silent = name_in(ranking, c);
    if (!before[c] && during[c] && fresh_count++ == 0) fresh = name_in(ranking, c);
  }
  if (silent_count > 0)
    out.notes.push_back(
        fmt::format("{} components have no data in the window, the first {}", silent_count, silent));
  if (fresh_count > 0)
    out.notes.push_back(
        fmt::format("{} components have no data in the baseline, the first {}: what they do is "
                    "counted as their callers'",
                    fresh_count, fresh));
}

void fill_causes(const Ranking& ranking, CauseRanking& out) {
  double all = ranking.tuning.unseen_weight;
  for (const double s : ranking.score) all += s;
  for (const auto c : order_of(ranking)) {
    RankedCause cause;
    cause.component = ranking.table.components[c];
    cause.score = ranking.score[c];
    cause.confidence = ranking.score[c] / all;
    const CauseContext context{ranking.table, ranking.asked, ranking.tuning, ranking.excess, ranking.voices};
    describe_cause(context, c, cause);
    if (ranking.target.component)
      for (const auto step : ranking.table.graph.way(*ranking.target.component, c))
        cause.way.push_back(ranking.table.components[step]);
    out.causes.push_back(std::move(cause));
  }
  const auto& onset = out.causes.empty() ? std::nullopt : out.causes.front().onset;
  if (onset && onset->before_window)
    out.notes.push_back(
        fmt::format("the onset lies before your window, at {} or earlier", format_utc(onset->latest)));
}

}  // namespace

std::string_view name_of(CauseVerdict verdict) {
  switch (verdict) {
    case CauseVerdict::kIncident:
      return "incident";
    case CauseVerdict::kNoIncident:
      return "no-incident";
    case CauseVerdict::kCannotTell:
      break;
  }
  return "cannot-tell";
}

Result<CauseRanking> rank_causes(const AlignedTable& table, const CauseQuestion& question,
                                 const CauseTuning& tuning) {
  auto target = target_of(table, question);
  if (!target) return tl::unexpected(target.error());
  Ranking ranking{table, question, tuning, rows_of(table, question), std::move(*target), {}, {}, {}};
  CauseRanking out;
  out.notes = table.notes;
  out.step = table.step;
  out.window_rows = ranking.asked.last - ranking.asked.first;
  out.quiet_rows = ranking.asked.quiet_rows;
  if (ranking.target.component) out.target = table.components[*ranking.target.component];
  const auto& candidate = ranking.target.candidate;
  out.components = static_cast<std::size_t>(std::count(candidate.begin(), candidate.end(), true));
  if (out.window_rows == 0) {
    judge(ranking, out);
    return out;
  }
  const auto reference = ranking.target.component.value_or(busiest_component(table, ranking.asked));
  for (const auto voice : voices_for(question))
    ranking.excess.push_back(excess_of(voice, table, ranking.asked, reference, tuning));
  for (const auto& excess : ranking.excess)
    ranking.voices.push_back(weigh(excess, table, ranking.asked, candidate, tuning));
  for (std::size_t c = 0; c < table.components.size(); ++c) ranking.score.push_back(total_score(ranking, c));
  judge(ranking, out);
  note_disturbed_baseline(ranking, out);
  note_silent_components(ranking, out);
  if (out.verdict == CauseVerdict::kIncident || question.incident_known) fill_causes(ranking, out);
  return out;
}

}  // namespace culprit
