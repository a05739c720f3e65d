// What every labelled set of `make bench-rca` gives back: figures with their spread, and predictions.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace culprit::bench {

// One figure of the table. The value is a mean over `cases`; `low` and `high` say how sure it is.
struct Figure {
  std::string name;                                   // "top-1", "specificity, all windows"
  double value = 0;                                   // in the unit of the target
  double low = 0, high = 0;                           // spread, as `spread_is` says
  std::string spread_is;                              // "95 % interval (Wilson)", "worst and best fold" …
  std::size_t cases = 0;                              // how many it is the mean of
  double target = 0;                                  // met when value >= target; 0: none
  std::vector<std::pair<std::string, double>> parts;  // the same by scenario, fold …
};

struct DataSet {
  std::string name;                      // "petshop": of the row and of the file of predictions
  std::vector<Figure> figures;           // empty without labels
  std::vector<std::string> predictions;  // JSON objects, one a line (benchmarks' README)
  std::vector<std::string> notes;        // printed below: what was left out, and why
};

// Each reads its folder below `dir` and asks the product; a set whose folder is missing has a note saying so
// and nothing else. Add a set: one file with one such function, one line in rca.cc. `vary`: also tell
// what the figures owe to the constants.
using RunSet = DataSet (*)(const std::filesystem::path& dir, bool vary);

DataSet run_petshop(const std::filesystem::path& dir, bool vary);
DataSet run_nezha(const std::filesystem::path& dir, bool vary);
DataSet run_dbsherlock(const std::filesystem::path& dir, bool vary);
DataSet run_nab(const std::filesystem::path& dir, bool vary);

// A share of `cases` with its interval: Wilson, J. Am. Stat. Assoc. 22 (1927).
Figure share(std::string name, std::size_t hits, std::size_t cases, double target);

}  // namespace culprit::bench
