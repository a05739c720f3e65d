// DBSherlock: which trouble is it, known from examples? The signatures of `culprit remember`, on recordings
// of which the rows of the trouble are not told. Protocol: benchmarks' README, after Yoon, Niu and Mozafari.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <random>
#include <set>

#include "data_set.h"
#include "dbsherlock_runs.h"
#include "metrics/disturbed_rows.h"

namespace culprit::bench {
namespace {

namespace json = boost::json;

using Indices = std::vector<std::size_t>;

// How alike each run is, with its rows not told and told, to each other run with its rows told.
struct Likenesses {
  std::vector<std::vector<double>> blind, told;
  std::vector<std::vector<RowRange>> found;
};

Likenesses likenesses_of(const std::vector<LabelledRun>& runs, const SignatureTuning& tuning) {
  Likenesses out;
  std::vector<ShiftSignature> examples;
  for (const auto& run : runs)
    examples.push_back(signature_of(run.signals, run.regions.abnormal, run.regions.normal, tuning));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& run = runs[i];
    const auto found = find_disturbed_rows(run.signals, kDbsherlockSettledRow, tuning);
    const auto besides = rows_besides(found, kDbsherlockSettledRow, run.rows());
    std::vector<ShiftSignature> phases;
    for (const auto& stretch : found)
      phases.push_back(signature_of(run.signals, std::span(&stretch, 1), besides, tuning));
    auto& blind = out.blind.emplace_back();
    auto& told = out.told.emplace_back();
    for (const auto& example : examples) {
      double best = -1;
      for (const auto& phase : phases)
        best = std::max(best, compare_signatures(phase, example, tuning).likeness);
      blind.push_back(best);
      told.push_back(compare_signatures(examples[i], example, tuning).likeness);
    }
    out.found.push_back(found);
  }
  return out;
}

// Causes of the examples, that of the most alike first.
std::vector<std::string> ranking(const std::vector<LabelledRun>& runs, const std::vector<double>& likeness,
                                 const Indices& examples) {
  std::map<std::string, double> best;
  for (const auto e : examples) {
    const auto [at, fresh] = best.try_emplace(runs[e].regions.causes[0], likeness[e]);
    if (!fresh) at->second = std::max(at->second, likeness[e]);
  }
  std::vector<std::string> out;
  for (const auto& [cause, value] : best) out.push_back(cause);
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return best.at(a) > best.at(b); });
  return out;
}

struct Test {
  std::size_t run;
  Indices examples;
};
// Tests that share their examples, or the number of what is tested.
using Folds = std::map<std::string, std::vector<Test>>;

// What may be learned from: runs of one trouble, of one of these numbers.
Indices examples_of(const std::vector<LabelledRun>& runs, const std::set<std::string>& numbers) {
  Indices out;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].regions.causes.size() == 1 && !runs[i].regions.abnormal.empty() &&
        numbers.contains(runs[i].number))
      out.push_back(i);
  return out;
}

std::set<std::string> numbers_of(const std::vector<LabelledRun>& runs) {
  std::set<std::string> out;
  for (const auto& run : runs)
    if (run.regions.causes.size() == 1) out.insert(run.number);
  return out;
}

// Learn one run of every cause, test every other.
Folds one_example(const std::vector<LabelledRun>& runs, const std::set<std::string>& numbers) {
  Folds out;
  for (const auto& number : numbers) {
    const auto examples = examples_of(runs, {number});
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].regions.causes.size() == 1 && numbers.contains(runs[i].number) && runs[i].number != number)
        out[number].push_back({i, examples});
  }
  return out;
}

// Learn every run but those of one number, test these.
Folds one_left_out(const std::vector<LabelledRun>& runs, const std::set<std::string>& numbers) {
  Folds out;
  for (const auto& number : numbers) {
    auto others = numbers;
    others.erase(number);
    const auto examples = examples_of(runs, others);
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].regions.causes.size() == 1 && runs[i].number == number)
        out[number].push_back({i, examples});
  }
  return out;
}

// Learn all runs of one trouble, test those of several at once.
Folds several_at_once(const std::vector<LabelledRun>& runs) {
  Folds out;
  const auto examples = examples_of(runs, numbers_of(runs));
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].regions.causes.size() > 1) out[runs[i].name].push_back({i, examples});
  return out;
}

// The share of the true causes that are among the first `places`, a fold.
std::vector<double> hits(const std::vector<LabelledRun>& runs,
                         const std::vector<std::vector<double>>& likeness, const Folds& folds,
                         std::size_t places) {
  std::vector<double> out;
  for (const auto& [name, tests] : folds) {
    double sum = 0;
    for (const auto& test : tests) {
      auto causes = ranking(runs, likeness[test.run], test.examples);
      causes.resize(std::min(places, causes.size()));
      const auto& true_ones = runs[test.run].regions.causes;
      const auto found = std::count_if(true_ones.begin(), true_ones.end(), [&](const auto& cause) {
        return std::find(causes.begin(), causes.end(), cause) != causes.end();
      });
      sum += static_cast<double>(found) / static_cast<double>(true_ones.size());
    }
    out.push_back(tests.empty() ? 0 : sum / static_cast<double>(tests.size()));
  }
  return out;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

Figure figure_of(std::string name, const std::vector<double>& folds, std::size_t cases, double target) {
  Figure out{std::move(name), mean(folds), 0, 0, "worst and best fold", cases, target, {}};
  if (folds.empty()) return out;
  const auto [low, high] = std::minmax_element(folds.begin(), folds.end());
  out.low = *low;
  out.high = *high;
  return out;
}

std::size_t count(const Folds& folds) {
  std::size_t out = 0;
  for (const auto& [name, tests] : folds) out += tests.size();
  return out;
}

void predict(const std::vector<LabelledRun>& runs, const Likenesses& like, const Folds& folds, DataSet& set) {
  for (const auto& [name, tests] : folds)
    for (const auto& test : tests) {
      json::array train, causes;
      for (const auto e : test.examples) train.emplace_back(runs[e].name);
      if (!like.found[test.run].empty())
        for (const auto& cause : ranking(runs, like.blind[test.run], test.examples))
          causes.emplace_back(cause);
      set.predictions.push_back(json::serialize(json::object{
          {"train", std::move(train)}, {"test", runs[test.run].name}, {"ranking", std::move(causes)}}));
    }
}

void tell_misses(const std::vector<LabelledRun>& runs, const Likenesses& like, const Folds& folds,
                 DataSet& set) {
  for (const auto& [name, tests] : folds)
    for (const auto& test : tests) {
      const auto causes = ranking(runs, like.blind[test.run], test.examples);
      const auto& run = runs[test.run];
      if (causes.empty() || causes[0] == run.regions.causes[0]) continue;
      std::string rows;
      for (const auto& r : like.found[test.run]) rows += fmt::format(" {}-{}", r.first, r.last);
      set.notes.push_back(fmt::format("{} ({}), the others learned: taken for {}; rows found{}, true {}-{}",
                                      run.name, run.regions.causes[0], causes[0], rows,
                                      run.regions.abnormal.front().first, run.regions.abnormal.back().last));
    }
}

// How much the first stretch found and the true rows have in common, beside all rows of either.
double overlap(const LabelledRun& run, const std::vector<RowRange>& found) {
  double both = 0, either = 0;
  for (std::size_t row = 0; row < run.rows() && !found.empty(); ++row) {
    const bool in = found[0].holds(row);
    const bool true_in = std::any_of(run.regions.abnormal.begin(), run.regions.abnormal.end(),
                                     [row](const RowRange& r) { return r.holds(row); });
    both += in && true_in ? 1 : 0;
    either += in || true_in ? 1 : 0;
  }
  return either > 0 ? both / either : 0;
}

// What pairs of the same cause and of different ones come to: says from which likeness on a case is named.
void tell_likeness(const std::vector<LabelledRun>& runs, const Likenesses& like, DataSet& set) {
  double same = 0, same_above = 0, other = 0, other_above = 0;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (std::size_t j = 0; j < runs.size(); ++j) {
      if (i == j || runs[i].regions.causes.size() != 1 || runs[j].regions.causes.size() != 1) continue;
      const bool above = like.blind[i][j] >= kSameShape;
      (runs[i].regions.causes == runs[j].regions.causes ? same : other) += 1;
      if (above) (runs[i].regions.causes == runs[j].regions.causes ? same_above : other_above) += 1;
    }
  if (same > 0 && other > 0)
    set.notes.push_back(
        fmt::format("\"same shape\" (likeness >= {}): {:.3f} of pairs of one cause, {:.3f} of "
                    "pairs of two",
                    kSameShape, same_above / same, other_above / other));
}

// Both protocols blind, within runs of these numbers.
std::pair<double, double> both(const std::vector<LabelledRun>& runs, const Likenesses& like,
                               const std::set<std::string>& numbers) {
  return {mean(hits(runs, like.blind, one_example(runs, numbers), 1)),
          mean(hits(runs, like.blind, one_left_out(runs, numbers), 1))};
}

// The figures with each constant halved and doubled; and what choosing among all of these on one half of the
// runs comes to on the other half.
void vary_constants(const std::vector<LabelledRun>& runs, DataSet& set) {
  const auto numbers = numbers_of(runs);
  std::vector<std::set<std::string>> halves(2);
  for (const auto& number : numbers) halves[2 * halves[0].size() < numbers.size() ? 0 : 1].insert(number);
  std::array<double, 2> best{-1, -1}, elsewhere{0, 0};
  std::array<std::string, 2> chosen;
  for (const auto& varied : varied_signature_tunings()) {
    const auto like = likenesses_of(runs, varied.tuning);
    const auto [one, left_out] = both(runs, like, numbers);
    set.notes.push_back(
        fmt::format("{:36} one example {:.3f}, one left out {:.3f}", varied.name, one, left_out));
    for (std::size_t half = 0; half < 2; ++half) {
      const auto [one_here, left_out_here] = both(runs, like, halves[half]);
      if (one_here + left_out_here <= best[half]) continue;
      best[half] = one_here + left_out_here;
      elsewhere[half] = both(runs, like, halves[1 - half]).first;
      chosen[half] = varied.name;
    }
  }
  for (std::size_t half = 0; half < 2; ++half)
    set.notes.push_back(fmt::format("chosen on runs {}: {}; one example on runs {}: {:.3f}",
                                    fmt::join(halves[half], " "), chosen[half],
                                    fmt::join(halves[1 - half], " "), elsewhere[half]));
}

// With a third of the signals, drawn ten times: what the figures owe to having all of them, where every
// choice of constants looks perfect.
void draw_signals(const std::vector<LabelledRun>& runs, DataSet& set) {
  std::mt19937 random(1);
  std::vector<double> one, left_out;
  for (int draw = 0; draw < 10; ++draw) {
    std::set<std::string> drawn;
    for (const auto& signal : runs[0].signals)
      if (random() % 3 == 0) drawn.insert(signal.name);
    auto fewer = runs;
    for (auto& run : fewer)
      std::erase_if(run.signals, [&](const SignalRows& s) { return !drawn.contains(s.name); });
    const auto [first, second] = both(fewer, likenesses_of(fewer, {}), numbers_of(fewer));
    one.push_back(first);
    left_out.push_back(second);
  }
  set.notes.push_back(fmt::format(
      "with a third of the signals, ten draws: one example {:.3f} (worst {:.3f}), one left out {:.3f} "
      "(worst {:.3f})",
      mean(one), *std::ranges::min_element(one), mean(left_out), *std::ranges::min_element(left_out)));
}

}  // namespace

DataSet run_dbsherlock(const std::filesystem::path& dir, bool vary) {
  DataSet set;
  set.name = "dbsherlock";
  const auto runs = read_labelled_runs(dir, set.notes);
  if (runs.empty()) {
    set.notes.emplace_back("missing");
    return set;
  }
  const auto like = likenesses_of(runs, {});
  const auto numbers = numbers_of(runs);
  const auto one = one_example(runs, numbers);
  const auto left_out = one_left_out(runs, numbers);
  const auto several = several_at_once(runs);
  for (const auto* folds : {&one, &left_out, &several}) predict(runs, like, *folds, set);
  const auto add = [&](std::string name, const auto& likeness, const Folds& folds, std::size_t places,
                       double target) {
    if (folds.empty()) return;
    set.figures.push_back(
        figure_of(std::move(name), hits(runs, likeness, folds, places), count(folds), target));
  };
  add("blind, one example, top-1", like.blind, one, 1, 0.85);
  add("blind, one example, top-2", like.blind, one, 2, 0);
  add("blind, one left out, top-1", like.blind, left_out, 1, 0.92);
  add("blind, one left out, top-2", like.blind, left_out, 2, 0);
  add("blind, several, in top-3", like.blind, several, 3, 0);
  add("told, one example, top-1", like.told, one, 1, 0);
  add("told, one left out, top-1", like.told, left_out, 1, 0);
  add("told, several, in top-3", like.told, several, 3, 0);
  std::vector<double> overlaps;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (!runs[i].regions.abnormal.empty()) overlaps.push_back(overlap(runs[i], like.found[i]));
  set.figures.push_back(figure_of("rows found, first stretch", overlaps, overlaps.size(), 0));
  set.figures.back().spread_is = "worst and best run (overlap)";
  tell_likeness(runs, like, set);
  tell_misses(runs, like, left_out, set);
  if (vary) {
    vary_constants(runs, set);
    draw_signals(runs, set);
  }
  return set;
}

}  // namespace culprit::bench
