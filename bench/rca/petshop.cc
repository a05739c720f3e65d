// PetShop: which node brought it about, and is there no incident? Protocol: benchmarks' README, after Hardt
// et al.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "ablation.h"
#include "causes/rank_causes.h"
#include "data_set.h"
#include "sources/tables/call_list.h"
#include "sources/tables/petshop_table.h"
#include "varied_tuning.h"

namespace culprit::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kWindowRows = 5;  // of an issue

struct Issue {
  std::string name;
  AlignedTable table;
  CauseQuestion question;
  std::string truth;  // empty: not labelled
};

struct Quiet {
  std::string traffic;
  AlignedTable table;
  std::string target;
};

struct Cases {
  std::vector<Issue> issues;
  std::vector<Quiet> quiet;
  std::vector<std::string> notes;
};

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.is_directory()) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string truth_of(const fs::path& issue) {
  boost::system::error_code error;
  const auto value = json::parse(text_of(issue / "target.json"), error);
  if (error || !value.is_object()) return {};
  const auto* cause = value.get_object().if_contains("root_cause");
  if (cause == nullptr || !cause->is_object()) return {};
  const auto* node = cause->get_object().if_contains("node");
  return node != nullptr && node->is_string() ? std::string(node->get_string()) : std::string();
}

void read_issue(const fs::path& folder, const std::string& name, Cases& out) {
  auto imported = import_petshop(folder, {}, {});
  if (!imported || !imported->window) {
    out.notes.push_back(name + ": " + (imported ? std::string("no rows") : imported.error().what));
    return;
  }
  auto table = align_table(imported->table);
  if (!table) {
    out.notes.push_back(name + ": " + table.error().what);
    return;
  }
  CauseQuestion question;
  question.window = *imported->window;
  question.target = imported->target;
  question.symptom = imported->symptom;
  out.issues.push_back({name, std::move(*table), std::move(question), truth_of(folder)});
}

std::optional<AlignedTable> read_quiet(const fs::path& traffic) {
  MetricTable table;
  if (!add_headed_table(text_of(traffic / "noissue" / "metrics.csv"), table)) return std::nullopt;
  auto calls = read_call_list(text_of(traffic / "graph.csv"));
  if (!calls) return std::nullopt;
  table.calls = std::move(*calls);
  table.graph_given = true;
  auto aligned = align_table(table);
  if (!aligned) return std::nullopt;
  return std::move(*aligned);
}

Cases read_cases(const fs::path& folder) {
  Cases out;
  for (const auto& traffic : folders_in(folder)) {
    const auto traffic_name = traffic.filename().string();
    const auto first = out.issues.size();
    for (const auto& split : folders_in(traffic))
      for (const auto& issue : folders_in(split))
        if (fs::exists(issue / "metrics.csv"))
          read_issue(issue, traffic_name + "/" + split.filename().string() + "/" + issue.filename().string(),
                     out);
    // What alarms in a quiet time is asked of the component that the issues' alarms are on.
    if (auto table = read_quiet(traffic))
      out.quiet.push_back({traffic_name, std::move(*table),
                           first < out.issues.size() ? out.issues[first].question.target : std::string()});
  }
  return out;
}

struct Answer {
  std::vector<std::string> ranking;
  double confidence = 0;
};

Answer ask(const AlignedTable& table, const CauseQuestion& question, const CauseTuning& tuning) {
  Answer out;
  const auto ranking = rank_causes(table, question, tuning);
  if (!ranking) return out;
  for (const auto& cause : ranking->causes) out.ranking.push_back(cause.component);
  if (!ranking->causes.empty()) out.confidence = ranking->causes.front().confidence;
  return out;
}

std::string_view metric_of(CauseVoice symptom) {
  return symptom == CauseVoice::kWaiting ? "latency" : "availability";
}

// Rows from a cut on as the incident, those before it as the baseline.
CauseQuestion cut_question(const Quiet& quiet, std::size_t cut, CauseVoice symptom) {
  CauseQuestion q;
  const auto& times = quiet.table.times;
  q.window = {times[cut], times.back() + quiet.table.step};
  q.baseline = Window{times.front(), times[cut]};
  q.target = quiet.target;
  q.symptom = symptom;
  return q;
}

// Five rows as the incident, all others as the baseline.
CauseQuestion window_question(const Quiet& quiet, std::size_t first, CauseVoice symptom) {
  CauseQuestion q;
  q.window = {quiet.table.times[first], quiet.table.times[first + kWindowRows - 1] + quiet.table.step};
  q.target = quiet.target;
  q.symptom = symptom;
  return q;
}

struct Tally {
  std::size_t cases = 0, first = 0, third = 0;
};

struct Figures {
  Tally all;
  std::map<std::string, Tally> parts;
  std::size_t cuts = 0, cuts_quiet = 0, windows = 0, windows_quiet = 0;
  std::map<std::string, Tally> quiet_parts;
  double brier = 0;  // of the first cause's confidence
  std::vector<std::string> predictions, misses;
};

std::string line(const std::string& name, const std::vector<std::string>& ranking) {
  json::array list(ranking.begin(), ranking.end());
  return json::serialize(json::object{{"case", name}, {"ranking", std::move(list)}});
}

void score_issues(const Cases& cases, const CauseTuning& tuning, Figures& out) {
  for (const auto& issue : cases.issues) {
    const auto answer = ask(issue.table, issue.question, tuning);
    out.predictions.push_back(line(issue.name, answer.ranking));
    if (issue.truth.empty()) continue;
    const auto place =
        std::find(answer.ranking.begin(), answer.ranking.end(), issue.truth) - answer.ranking.begin();
    const bool found = static_cast<std::size_t>(place) < answer.ranking.size();
    const bool first = found && place == 0;
    const auto add = [&](Tally& tally) {
      ++tally.cases;
      tally.first += first ? 1 : 0;
      tally.third += found && place < 3 ? 1 : 0;
    };
    add(out.all);
    const auto traffic = issue.name.substr(0, issue.name.find('/'));
    add(out.parts[traffic + " " +
                  std::string(metric_of(issue.question.symptom.value_or(CauseVoice::kWaiting)))]);
    out.brier += (answer.confidence - (first ? 1 : 0)) * (answer.confidence - (first ? 1 : 0));
    if (!first)
      out.misses.push_back(fmt::format("{}: true cause at place {}", issue.name, found ? place + 1 : 0));
  }
}

void score_quiet(const Cases& cases, const CauseTuning& tuning, Figures& out) {
  for (const auto& quiet : cases.quiet) {
    const auto n = quiet.table.times.size();
    for (const auto symptom : {CauseVoice::kWaiting, CauseVoice::kFailures}) {
      for (std::size_t cut = n / 2; cut < n && n >= 10; cut += n / 10) {
        const auto answer = ask(quiet.table, cut_question(quiet, cut, symptom), tuning);
        const auto name = fmt::format("{}/noissue/{}/{}", quiet.traffic, metric_of(symptom), cut);
        out.predictions.push_back(line(name, answer.ranking));
        ++out.cuts;
        out.cuts_quiet += answer.ranking.empty() ? 1 : 0;
        if (!answer.ranking.empty()) out.misses.push_back(name + ": " + answer.ranking.front());
      }
      auto& part = out.quiet_parts[quiet.traffic + " " + std::string(metric_of(symptom))];
      for (std::size_t first = 0; first + kWindowRows <= n; ++first) {
        const bool empty = ask(quiet.table, window_question(quiet, first, symptom), tuning).ranking.empty();
        ++part.cases;
        part.first += empty ? 1 : 0;
        ++out.windows;
        out.windows_quiet += empty ? 1 : 0;
      }
    }
  }
}

double ratio(std::size_t a, std::size_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

Figures figures_of(const Cases& cases, const CauseTuning& tuning) {
  Figures out;
  score_issues(cases, tuning, out);
  score_quiet(cases, tuning, out);
  return out;
}

void fill(const Figures& f, DataSet& set) {
  if (f.all.cases > 0) {
    auto top1 = share("top-1", f.all.first, f.all.cases, 0.95);
    auto top3 = share("top-3", f.all.third, f.all.cases, 1.0);
    for (const auto& [part, tally] : f.parts) {
      top1.parts.emplace_back(part, ratio(tally.first, tally.cases));
      top3.parts.emplace_back(part, ratio(tally.third, tally.cases));
    }
    set.figures.push_back(std::move(top1));
    set.figures.push_back(std::move(top3));
  }
  if (f.cuts > 0) set.figures.push_back(share("specificity, cuts", f.cuts_quiet, f.cuts, 0.95));
  if (f.windows > 0) {
    auto quiet = share("specificity, all windows", f.windows_quiet, f.windows, 0.95);
    for (const auto& [part, tally] : f.quiet_parts)
      quiet.parts.emplace_back(part, ratio(tally.first, tally.cases));
    set.figures.push_back(std::move(quiet));
  }
  if (f.all.cases > 0)
    set.notes.push_back(fmt::format("confidence of the first cause: Brier score {:.3f} over {} issues",
                                    f.brier / static_cast<double>(f.all.cases), f.all.cases));
  for (const auto& miss : f.misses) set.notes.push_back(miss);
}

}  // namespace

DataSet run_petshop(const fs::path& dir, bool vary) {
  DataSet set;
  set.name = "petshop";
  const auto cases = read_cases(dir / "petshop");
  if (cases.issues.empty() && cases.quiet.empty()) {
    set.notes.emplace_back("missing");
    return set;
  }
  set.notes = cases.notes;
  const auto figures = figures_of(cases, {});
  set.predictions = figures.predictions;
  fill(figures, set);
  if (!vary) return set;
  for (const auto& ablation : ablations()) {
    std::size_t first = 0, third = 0;
    for (const auto& issue : cases.issues) {
      const auto ranking = ablated_ranking(issue.table, issue.question, ablation);
      const auto place = std::find(ranking.begin(), ranking.end(), issue.truth) - ranking.begin();
      const bool found = static_cast<std::size_t>(place) < ranking.size();
      first += found && place == 0 ? 1 : 0;
      third += found && place < 3 ? 1 : 0;
    }
    set.notes.push_back(fmt::format("{:36} top-1 {:.3f} top-3 {:.3f}", ablation.name,
                                    ratio(first, cases.issues.size()), ratio(third, cases.issues.size())));
  }
  for (const auto& varied : varied_tunings()) {
    const auto f = figures_of(cases, varied.tuning);
    set.notes.push_back(fmt::format("{:36} top-1 {:.3f} top-3 {:.3f} cuts {:.3f} windows {:.3f}", varied.name,
                                    ratio(f.all.first, f.all.cases), ratio(f.all.third, f.all.cases),
                                    ratio(f.cuts_quiet, f.cuts), ratio(f.windows_quiet, f.windows)));
  }
  return set;
}

}  // namespace culprit::bench
