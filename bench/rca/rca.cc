// Accuracy of diagnosis on labelled public sets: asks the product, scores its answers, writes predictions.
//
//   rca DIR [--predictions FOLDER] [--only SET]… [--vary]
//
// DIR holds a folder a set (../shared/benchmarks); a missing one is said to be missing. FOLDER receives one
// JSON-lines file a set. --vary adds the figures with each constant of
// the ranking halved and doubled, and without each of its parts.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string_view>
#include <vector>

#include "data_set.h"

namespace culprit::bench {
namespace {

struct NamedSet {
  std::string_view name;
  RunSet run;
};

const std::vector<NamedSet>& all_sets() {
  static const std::vector<NamedSet> sets = {
      {"petshop", run_petshop}, {"nezha", run_nezha}, {"dbsherlock", run_dbsherlock}, {"nab", run_nab}};
  return sets;
}

struct Arguments {
  std::filesystem::path dir;
  std::filesystem::path predictions;
  std::vector<std::string> only;
  bool vary = false;
};

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--predictions" && more)
      out.predictions = argv[++i];
    else if (argument == "--only" && more)
      out.only.emplace_back(argv[++i]);
    else if (argument == "--vary")
      out.vary = true;
    else if (out.dir.empty() && !argument.starts_with("--"))
      out.dir = argument;
    else
      return false;
  }
  return !out.dir.empty();
}

void print(const DataSet& set) {
  for (const auto& f : set.figures) {
    const std::string met = f.target == 0 ? "" : f.value >= f.target ? "yes" : "no";
    const std::string target = f.target == 0 ? "" : fmt::format(">= {:.3g}", f.target);
    fmt::print("{:12} {:28} {:8.3f}  [{:.3f}, {:.3f}] {:24} {:>6} {:>9} {:>4}\n", set.name, f.name, f.value,
               f.low, f.high, f.spread_is, f.cases, target, met);
    for (const auto& [part, value] : f.parts) fmt::print("{:12}   {:26} {:8.3f}\n", set.name, part, value);
  }
  for (const auto& note : set.notes) fmt::print("{:12} {}\n", set.name, note);
}

bool write(const DataSet& set, const std::filesystem::path& folder) {
  if (set.predictions.empty()) return true;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto path = folder / (set.name + ".jsonl");
  std::ofstream out(path, std::ios::binary);
  for (const auto& line : set.predictions) out << line << '\n';
  out.flush();
  if (!out) fmt::print(stderr, "rca: cannot write {}\n", path.string());
  return static_cast<bool>(out);
}

int run(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    fmt::print(stderr, "usage: rca DIR [--predictions FOLDER] [--only SET]... [--vary]\n");
    return 2;
  }
  fmt::print("{:12} {:28} {:>8}  {:40} {:>6} {:>9} {:>4}\n", "set", "figure", "value", "spread", "cases",
             "target", "met");
  bool written = true;
  for (const auto& named : all_sets()) {
    const auto& only = arguments.only;
    if (!only.empty() && std::find(only.begin(), only.end(), named.name) == only.end()) continue;
    const auto set = named.run(arguments.dir, arguments.vary);
    print(set);
    std::fflush(stdout);
    if (!arguments.predictions.empty()) written = write(set, arguments.predictions) && written;
  }
  return written ? 0 : 1;
}

}  // namespace
}  // namespace culprit::bench

int main(int argc, char** argv) { return culprit::bench::run(argc, argv); }
