// Mines the templates of labelled logs, and tells how well and how fast.
//
//   parsing DIR [--predictions FILE] [--peer FILE --peer-seconds N] [--repeat N] [--messages FILE]
//
// DIR holds, in it or in its folders, SYSTEM_2k.log and SYSTEM_2k.log_structured_corrected.csv. The messages
// are the column Content; without the CSV file, the lines of the log, which are then mined but not scored.
// --messages writes the messages as JSON lines for a peer; --peer scores such a peer's predictions beside
// ours.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "logs/template_miner.h"
#include "parsing_score.h"

namespace culprit::bench {
namespace {

namespace json = boost::json;

struct System {
  std::string name;
  std::vector<std::string> messages;
  std::vector<std::string> labels;  // empty: not scored
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// RFC 4180.
std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        rows.back().back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        rows.back().back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\n') {
      rows.emplace_back(1);
    } else if (c != '\r') {
      rows.back().back() += c;
    }
  }
  if (rows.back().size() == 1 && rows.back()[0].empty()) rows.pop_back();
  return rows;
}

std::vector<std::string> column(const std::vector<std::vector<std::string>>& rows, std::string_view name) {
  std::vector<std::string> values;
  if (rows.empty()) return values;
  const auto at = std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto place = static_cast<std::size_t>(at);
    values.push_back(place < rows[i].size() ? rows[i][place] : std::string());
  }
  return values;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find('\n', i), text.size());
    lines.emplace_back(text.substr(i, end - i));
    if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
    i = end + 1;
  }
  return lines;
}

std::vector<System> read_systems(const std::filesystem::path& folder) {
  constexpr std::string_view kEnding = "_2k.log";
  std::map<std::string, std::filesystem::path> logs;  // by name, so that the order is fixed
  constexpr std::string_view kTable = "_2k.log_structured_corrected.csv";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto file = entry.path().filename().string();
    for (const auto ending : {kEnding, kTable}) {
      if (!file.ends_with(ending)) continue;
      const auto name = file.substr(0, file.size() - ending.size());
      logs[name] = entry.path().parent_path() / (name + std::string(kEnding));
    }
  }
  std::vector<System> systems;
  for (const auto& [name, log] : logs) {
    System system{name, {}, {}};
    const auto table = log.string() + "_structured_corrected.csv";
    if (std::filesystem::exists(table)) {
      const auto rows = read_csv(read_file(table));
      system.messages = column(rows, "Content");
      if (!rows.empty() && std::count(rows[0].begin(), rows[0].end(), "EventTemplate") != 0) {
        system.labels = column(rows, "EventTemplate");
      }
    } else {
      system.messages = lines_of(read_file(log));
    }
    systems.push_back(std::move(system));
  }
  return systems;
}

std::vector<std::string> mine(const std::vector<std::string>& messages) {
  TemplateMiner miner;
  std::vector<TemplateMiner::FormNumber> forms;
  for (const auto& message : messages) forms.push_back(miner.add(message));
  const auto set = miner.templates();
  std::vector<std::string> predicted;
  for (const auto form : forms) predicted.push_back(set.templates[set.template_of_form[form]].text);
  return predicted;
}

// CPU seconds of mining each system's lines `repeat` times on one thread, from add() of each line to the
// templates.
double seconds_of_mining(const std::vector<System>& systems, int repeat) {
  const auto start = std::clock();
  for (const auto& system : systems) {
    TemplateMiner miner;
    for (int r = 0; r < repeat; ++r) {
      for (const auto& message : system.messages) miner.add(message);
    }
    if (miner.templates().templates.empty()) return 0;
  }
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// CPU seconds, and the best of the runs, because others may be at work.
void print_speed(const std::vector<System>& systems, int repeat, double peer_seconds) {
  constexpr int kRuns = 5;
  std::size_t lines = 0;
  for (const auto& system : systems) lines += system.messages.size();
  double best = seconds_of_mining(systems, repeat);
  for (int run = 1; run < kRuns; ++run) best = std::min(best, seconds_of_mining(systems, repeat));
  const double speed = static_cast<double>(lines) * repeat / best;
  fmt::print("{} lines {} times: {:.3f} s of one CPU\n", lines, repeat, best);
  if (peer_seconds <= 0) return;
  const double peer = static_cast<double>(lines) / peer_seconds;
  fmt::print("bench parsing-speed ours={:.0f}lines/s peer={:.0f}lines/s ratio={:.0f}x target=>=100x met={}\n",
             speed, peer, speed / peer, speed >= 100 * peer ? "yes" : "no");
}

using Predictions = std::map<std::string, std::vector<std::string>>;

Predictions read_predictions(const std::string& path) {
  Predictions predictions;
  for (const auto& line : lines_of(read_file(path))) {
    const auto value = json::parse(line);
    auto& templates = predictions[std::string(value.at("system").as_string())];
    for (const auto& t : value.at("templates").as_array()) templates.emplace_back(t.as_string());
  }
  return predictions;
}

json::array as_array(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

void write_lines(const std::string& path, const std::vector<System>& systems, std::string_view key,
                 const std::function<const std::vector<std::string>&(const System&)>& texts) {
  std::ofstream out(path, std::ios::binary);
  for (const auto& system : systems) {
    out << json::serialize(json::object{{"system", system.name}, {key, as_array(texts(system))}}) << '\n';
  }
  if (!out.flush()) fmt::print(stderr, "{}: cannot be written\n", path);
}

// Prints the figures per system; returns their mean.
ParsingScore print_scores(std::string_view title, const std::vector<System>& systems,
                          const Predictions& predictions) {
  ParsingScore mean;
  int scored = 0;
  fmt::print("\n{:<14} {:>6} {:>6} {:>6} {:>6}   groups (true)\n", title, "GA", "FGA", "PA", "FTA");
  const auto distinct = [](std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    return std::unique(texts.begin(), texts.end()) - texts.begin();
  };
  for (const auto& system : systems) {
    const auto found = predictions.find(system.name);
    if (system.labels.empty() || found == predictions.end()) continue;
    const auto s = score_parsing(found->second, system.labels);
    fmt::print("{:<14} {:6.3f} {:6.3f} {:6.3f} {:6.3f}   {} ({})\n", system.name, s.ga, s.fga, s.pa, s.fta,
               distinct(found->second), distinct(system.labels));
    mean.ga += s.ga;
    mean.fga += s.fga;
    mean.pa += s.pa;
    mean.fta += s.fta;
    ++scored;
  }
  for (double* figure : {&mean.ga, &mean.fga, &mean.pa, &mean.fta}) *figure /= std::max(scored, 1);
  fmt::print("{:<14} {:6.3f} {:6.3f} {:6.3f} {:6.3f}   of {} systems\n", "mean", mean.ga, mean.fga, mean.pa,
             mean.fta, scored);
  return mean;
}

void print_row(std::string_view name, double ours, double peer, double target) {
  const auto theirs = peer > 0 ? fmt::format("{:.3f}", peer) : "none";
  const auto ratio = peer > 0 ? fmt::format("{:.2f}x", ours / peer) : "none";
  fmt::print("bench parsing-{} ours={:.3f} peer={} ratio={} target=>={:.2f} met={}\n", name, ours, theirs,
             ratio, target, ours >= target ? "yes" : "no");
}

struct Arguments {
  std::string folder, predictions, peer, messages;
  double peer_seconds = 0;
  int repeat = 1;
};

bool parse(int argc, char** argv, Arguments& a) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) {
      a.folder = word;
      continue;
    }
    if (++i >= argc) return false;
    if (word == "--predictions") {
      a.predictions = argv[i];
    } else if (word == "--messages") {
      a.messages = argv[i];
    } else if (word == "--peer") {
      a.peer = argv[i];
    } else if (word == "--peer-seconds") {
      a.peer_seconds = std::stod(argv[i]);
    } else if (word == "--repeat") {
      a.repeat = std::stoi(argv[i]);
    } else {
      return false;
    }
  }
  return !a.folder.empty();
}

int run(int argc, char** argv) {
  Arguments a;
  if (!parse(argc, argv, a)) {
    fmt::print(stderr,
               "usage: parsing DIR [--predictions FILE] [--messages FILE] [--peer FILE] [--peer-seconds N] "
               "[--repeat N]\n");
    return 2;
  }
  const auto systems = read_systems(a.folder);
  if (systems.empty()) {
    fmt::print(stderr, "{}: no *_2k.log in it\n", a.folder);
    return 2;
  }
  if (!a.messages.empty()) {
    write_lines(
        a.messages, systems, "messages", [](const System& s) -> const auto& { return s.messages; });
    return 0;
  }
  Predictions ours;
  for (const auto& system : systems) ours[system.name] = mine(system.messages);
  if (!a.predictions.empty()) {
    write_lines(
        a.predictions, systems, "templates", [&](const System& s) -> const auto& { return ours[s.name]; });
  }
  const auto score = print_scores("culprit", systems, ours);
  ParsingScore peer;
  if (!a.peer.empty()) peer = print_scores("peer", systems, read_predictions(a.peer));
  fmt::print("\n");
  print_row("GA", score.ga, peer.ga, 0.95);
  print_row("FGA", score.fga, peer.fga, 0.92);
  print_row("PA", score.pa, peer.pa, 0.70);
  print_row("FTA", score.fta, peer.fta, 0.65);
  print_speed(systems, a.repeat, a.peer_seconds);
  return 0;
}

}  // namespace
}  // namespace culprit::bench

int main(int argc, char** argv) {
  try {
    return culprit::bench::run(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "parsing: {}\n", e.what());
    return 1;
  }
}
