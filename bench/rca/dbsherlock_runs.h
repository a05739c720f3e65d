// Labelled runs of DBSherlock, and the constants of signatures varied one by one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sources/tables/dbsherlock_table.h"

namespace culprit::bench {

struct LabelledRun {
  std::string name;    // "c03_01"
  std::string number;  // "01": runs of the same number make a fold
  std::vector<SignalRows> signals;
  DbsherlockRegions regions;

  std::size_t rows() const { return signals.empty() ? 0 : signals[0].values.size(); }
};

// Every file that a regions.json of the folders dbsherlock* names, by name.
std::vector<LabelledRun> read_labelled_runs(const std::filesystem::path& dir,
                                            std::vector<std::string>& notes);

struct VariedSignatureTuning {
  std::string name;
  SignatureTuning tuning;
};
// As they are first; then each halved and doubled.
std::vector<VariedSignatureTuning> varied_signature_tunings();

}  // namespace culprit::bench
