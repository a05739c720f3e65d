#include "dbsherlock_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "sources/tables/imported_table.h"

namespace culprit::bench {
namespace {

namespace fs = std::filesystem;

void read_folder(const fs::path& folder, std::vector<LabelledRun>& runs, std::vector<std::string>& notes) {
  const auto text = read_table_file(folder / "regions.json");
  if (!text) return;
  const auto regions = read_dbsherlock_regions(*text);
  if (!regions) {
    notes.push_back(folder.filename().string() + "/regions.json: " + regions.error().what);
    return;
  }
  for (const auto& [file, labels] : *regions) {
    LabelledRun run{fs::path(file).stem().string(), "", {}, labels};
    run.number = run.name.substr(run.name.rfind('_') + 1);
    const auto table = read_table_file(folder / file);
    auto signals = table ? read_dbsherlock_run(*table) : tl::unexpected(table.error());
    if (!signals) {
      notes.push_back(file + ": " + signals.error().what);
      continue;
    }
    run.signals = std::move(*signals);
    runs.push_back(std::move(run));
  }
}

}  // namespace

std::vector<LabelledRun> read_labelled_runs(const fs::path& dir, std::vector<std::string>& notes) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(dir, error))
    if (entry.is_directory() && entry.path().filename().string().starts_with("dbsherlock"))
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<LabelledRun> runs;
  for (const auto& folder : folders) read_folder(folder, runs, notes);
  return runs;
}

std::vector<VariedSignatureTuning> varied_signature_tunings() {
  std::vector<VariedSignatureTuning> out{{"as it is", {}}};
  const auto vary = [&](std::string_view name, auto constant) {
    for (const bool twice : {false, true}) {
      SignatureTuning tuning;
      auto& value = tuning.*constant;
      value = twice ? value * 2 : value / 2;
      out.push_back({fmt::format("{} {:.3g}", name, static_cast<double>(value)), tuning});
    }
  };
  vary("mean deviation share", &SignatureTuning::mean_deviation_share);
  vary("level share", &SignatureTuning::level_share);
  vary("evened max", &SignatureTuning::evened_max);
  vary("row max spreads", &SignatureTuning::row_max_spreads);
  vary("rows min", &SignatureTuning::rows_min);
  vary("stretch max share", &SignatureTuning::stretch_max_share);
  vary("second share", &SignatureTuning::second_share);
  SignatureTuning alone;
  alone.second_share = 1e9;
  out.push_back({"without a second stretch", alone});
  return out;
}

}  // namespace culprit::bench
