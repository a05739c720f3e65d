#include "causes/weighed_voice.h"

#include <algorithm>
#include <cmath>

#include "metrics/statistics.h"

namespace culprit {

namespace {

struct Piece {
  std::size_t first = 0;
  std::size_t rows = 0;
};

std::vector<Piece> pieces_of(const AskedRows& asked, std::size_t rows) {
  std::vector<Piece> out;
  for (std::size_t first = asked.first; first < asked.last; first += rows)
    out.push_back({first, std::min(rows, asked.last - first)});
  // A last piece of a few rows belongs to the one before.
  if (out.size() > 1 && out.back().rows * 2 < rows) {
    out[out.size() - 2].rows += out.back().rows;
    out.pop_back();
  }
  return out;
}

// Noise of the quiet windows; the piece may be longer than any quiet stretch, then it is that of the longest
// there are.
std::vector<QuietWindow> quiet_of(std::span<const double> excess, const AlignedTable& table,
                                  const AskedRows& asked, std::size_t rows) {
  for (std::size_t length = rows; length > 0; length /= 2)
    if (auto windows = quiet_windows(excess, table.stretch, asked, length); !windows.empty()) return windows;
  return {};
}

// The strength of the loudest quiet window that is left when the `left_out` loudest are gone, each with all
// windows that overlap it: one bad moment is in as many windows as a window has rows.
double loudest_of_rest(std::vector<QuietWindow> quiet, std::size_t rows, std::size_t left_out) {
  const auto louder = [](const QuietWindow& a, const QuietWindow& b) {
    return a.strength != b.strength ? a.strength > b.strength : a.first < b.first;
  };
  // So many windows at most overlap those that are left out.
  const auto needed = std::min(quiet.size(), left_out * (2 * rows - 1) + 1);
  std::partial_sort(quiet.begin(), quiet.begin() + static_cast<std::ptrdiff_t>(needed), quiet.end(), louder);
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < needed; ++i) {
    const bool overlaps = std::any_of(gone.begin(), gone.end(), [&](std::size_t first) {
      return quiet[i].first < first + rows && first < quiet[i].first + rows;
    });
    if (overlaps) continue;
    if (gone.size() == left_out) return quiet[i].strength;
    gone.push_back(quiet[i].first);
  }
  return quiet.empty() ? 0 : quiet[needed - 1].strength;
}

double noise_of(const std::vector<QuietWindow>& quiet, std::size_t rows, const Excess& excess,
                const CauseTuning& tuning) {
  const auto apart = static_cast<double>(quiet.size()) / static_cast<double>(std::max<std::size_t>(rows, 1));
  const auto left_out =
      static_cast<std::size_t>(std::max(1.0, std::round(apart * tuning.baseline_incidents)));
  const double few = 1 + tuning.few_rows / static_cast<double>(std::max<std::size_t>(excess.samples, 1));
  return std::max(loudest_of_rest(quiet, rows, left_out) * few, excess.least);
}

WeighedPart weigh_part(const Excess& excess, const AlignedTable& table, const AskedRows& asked,
                       const std::vector<Piece>& pieces, std::size_t rows, const CauseTuning& tuning,
                       std::size_t& windows) {
  WeighedPart out;
  out.excess = &excess;
  const auto quiet = quiet_of(excess.own, table, asked, rows);
  windows = std::max(windows, quiet.size());
  out.noise = noise_of(quiet, rows, excess, tuning);
  // Nothing ever moved and nothing is too little to hurt: the least step would be infinitely surprising.
  if (!(out.noise > 0)) out.noise = std::max(std::abs(excess.usual), 1e-12);
  std::size_t out_count = 0;
  for (const auto& piece : pieces) {
    auto run = strongest_run(std::span(excess.own).subspan(piece.first, piece.rows));
    run.first += piece.first;
    if (run.strength >= tuning.out_of_noise * out.noise) ++out_count;
    out.beyond_noise += std::max(0.0, run.strength - out.noise);
    if (out.run.rows == 0 || run.strength > out.run.strength) out.run = run;
  }
  out.strength = out.run.strength;
  out.times_noise = std::max(0.0, out.strength / out.noise);
  out.pieces_out = static_cast<double>(out_count) / static_cast<double>(pieces.size());
  for (const auto& q : quiet)
    if (q.strength / out.noise > out.loudest_quiet) {
      out.loudest_quiet = q.strength / out.noise;
      out.loudest_quiet_row = q.first;
    }
  return out;
}

void share_out(WeighedVoice& voice, const std::vector<bool>& candidate, double surprise_max) {
  double sum = 0;
  for (const auto& part : voice.parts) {
    const auto& e = *part.excess;
    if (e.samples == 0) continue;
    // Own load is in units of its own: surprise beyond noise is all that can be compared, a component's
    // loudest series.
    const double amount = voice.voice == CauseVoice::kOwnLoad
                              ? std::clamp(part.times_noise - 1, 0.0, surprise_max)
                              : part.beyond_noise;
    // What callees that nobody measures did may hide in it: as likely theirs as its own.
    const double each = amount / static_cast<double>(1 + e.unmeasured.size());
    const auto give = [&](std::size_t component) {
      if (!candidate[component]) return;
      double& share = voice.share[component];
      share = voice.voice == CauseVoice::kOwnLoad ? std::max(share, each) : share + each;
    };
    give(e.component);
    for (const auto callee : e.unmeasured) give(callee);
  }
  for (const double s : voice.share) sum += s;
  if (sum > 0)
    for (double& s : voice.share) s /= sum;
}

}  // namespace

std::size_t piece_rows(const AskedRows& asked, const CauseTuning& tuning) {
  const auto window = asked.last - asked.first;
  if (window * tuning.window_per_baseline <= asked.quiet_rows) return window;
  return std::clamp<std::size_t>(asked.quiet_rows / tuning.piece_per_baseline, 1, window);
}

WeighedVoice weigh(const VoiceExcess& excess, const AlignedTable& table, const AskedRows& asked,
                   const std::vector<bool>& candidate, const CauseTuning& tuning) {
  WeighedVoice out;
  out.voice = excess.voice;
  out.per_request = excess.per_request;
  out.share.assign(table.components.size(), 0.0);
  const auto rows = piece_rows(asked, tuning);
  const auto pieces = pieces_of(asked, rows);
  double loudest = 0;
  for (const auto& e : excess.parts) {
    if (e.samples == 0 || !candidate[e.component]) continue;
    out.parts.push_back(weigh_part(e, table, asked, pieces, rows, tuning, out.quiet_windows));
    loudest = std::max(loudest, out.parts.back().times_noise);
  }
  share_out(out, candidate, tuning.surprise_max);
  out.weight = std::log1p(std::clamp(loudest - 1, 0.0, tuning.surprise_max));
  return out;
}

double place_among_quiet(const std::vector<double>& total, const AlignedTable& table, const AskedRows& asked,
                         const CauseTuning& tuning) {
  const auto rows = piece_rows(asked, tuning);
  const auto quiet = quiet_of(total, table, asked, rows);
  if (quiet.empty()) return 1;
  double strongest = -std::numeric_limits<double>::infinity();
  for (const auto& piece : pieces_of(asked, rows))
    strongest =
        std::max(strongest, strongest_run(std::span(total).subspan(piece.first, piece.rows)).strength);
  const auto below =
      std::count_if(quiet.begin(), quiet.end(), [&](const QuietWindow& q) { return q.strength < strongest; });
  return static_cast<double>(below) / static_cast<double>(quiet.size());
}

}  // namespace culprit
