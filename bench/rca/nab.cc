// When is a series anomalous? The product's streaming scorer on labelled series, one configuration.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>

#include "base/time.h"
#include "data_set.h"
#include "metrics/anomaly_scorer.h"
#include "nab_score.h"

namespace culprit::bench {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Labelled {
  std::string name, group;
  std::vector<std::string> stamps;
  NabFile file;
  std::size_t ignored = 0;
};

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "stamp,value" lines under a heading; the stamps have no zone and are read as UTC.
Labelled score_file(const fs::path& path, std::string name) {
  Labelled out;
  out.group = name.substr(0, name.find('/'));
  out.name = std::move(name);
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  AnomalyScorer scorer;
  while (std::getline(in, line)) {
    const auto comma = line.find(',');
    if (comma == std::string::npos) continue;
    auto stamp = line.substr(0, comma);
    double value = std::numeric_limits<double>::quiet_NaN();
    std::from_chars(line.data() + comma + 1, line.data() + line.size(), value);
    const auto time = parse_iso8601(stamp + "Z");
    AnomalyScore score;
    if (time) score = scorer.push(*time, value);
    if (score.note == AnomalyNote::kNotLater || score.note == AnomalyNote::kNotFinite || !time) ++out.ignored;
    out.file.scores.push_back(score.alarm ? score.score : 0);
    out.stamps.push_back(std::move(stamp));
  }
  return out;
}

void add_windows(const json::value& labels, Labelled& out) {
  const auto* windows = labels.as_object().if_contains(out.name);
  if (windows == nullptr) return;
  for (const auto& window : windows->as_array()) {
    const auto first = std::string(window.at(0).as_string()).substr(0, 19);
    const auto last = std::string(window.at(1).as_string()).substr(0, 19);
    const auto& stamps = out.stamps;
    const auto from = std::find_if(stamps.begin(), stamps.end(), [&](const auto& s) { return s >= first; });
    const auto to = std::find_if(stamps.rbegin(), stamps.rend(), [&](const auto& s) { return s <= last; });
    if (from == stamps.end() || to == stamps.rend() || from >= to.base()) continue;
    out.file.windows.emplace_back(from - stamps.begin(), to.base() - stamps.begin() - 1);
  }
  std::sort(out.file.windows.begin(), out.file.windows.end());
}

using Files = std::vector<const NabFile*>;

Figure figure_of(std::string name, const NabProfile& profile, const std::vector<Labelled>& all,
                 double target) {
  Figure out;
  out.name = std::move(name);
  out.target = target;
  out.spread_is = "worst and best group";
  Files files;
  std::map<std::string, Files> groups;
  for (const auto& one : all) {
    files.push_back(&one.file);
    if (!one.file.windows.empty()) groups[one.group];
    out.cases += one.file.windows.size();
  }
  for (const auto& one : all) {
    if (groups.contains(one.group)) groups[one.group].push_back(&one.file);
  }
  const auto best = nab_best(files, profile);
  out.value = best.figure;
  bool first = true;
  for (const auto& [group, members] : groups) {
    const double value = nab_at(members, profile, best.threshold).figure;
    out.parts.emplace_back(group, value);
    out.low = first ? value : std::min(out.low, value);
    out.high = first ? value : std::max(out.high, value);
    first = false;
  }
  return out;
}

}  // namespace

DataSet run_nab(const fs::path& dir, bool /*vary*/) {
  DataSet out{"nab", {}, {}, {}};
  const auto folder = dir / "nab";
  if (!fs::exists(folder / "data")) {
    out.notes.push_back(folder.string() + ": missing, not scored");
    return out;
  }
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "data")) {
    if (entry.path().extension() == ".csv") {
      names.push_back(fs::relative(entry.path(), folder / "data").generic_string());
    }
  }
  std::sort(names.begin(), names.end());
  boost::system::error_code bad;
  const auto labels = json::parse(read_text(folder / "windows.json"), bad);
  std::vector<Labelled> all;
  std::size_t ignored = 0;
  for (const auto& name : names) {
    all.push_back(score_file(folder / "data" / name, name));
    if (!bad && labels.is_object()) add_windows(labels, all.back());
    ignored += all.back().ignored;
    json::array scores(all.back().file.scores.begin(), all.back().file.scores.end());
    out.predictions.push_back(json::serialize(json::object{{"file", name}, {"scores", std::move(scores)}}));
  }
  out.notes.push_back(fmt::format("{} rows not later than the one before: ignored, score 0", ignored));
  if (bad || !labels.is_object()) {
    out.notes.emplace_back("no windows.json: not scored");
    return out;
  }
  out.figures.push_back(figure_of("standard profile", {}, all, 77));
  out.figures.push_back(figure_of("low false alarms", {.false_alarm = 0.22, .missed = 1}, all, 0));
  out.figures.push_back(figure_of("low misses", {.false_alarm = 0.11, .missed = 2}, all, 0));
  Files files;
  for (const auto& one : all) files.push_back(&one.file);
  const auto own = nab_at(files, {}, AnomalyScorer::kAlarmScore);
  out.notes.push_back(
      fmt::format("standard profile at the product's own threshold: {:.1f}; {} windows found, {} "
                  "alarms outside",
                  own.figure, own.found, own.false_alarms));
  return out;
}

}  // namespace culprit::bench
