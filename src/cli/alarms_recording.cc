#include "cli/alarms_recording.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "cli/analyse.h"
#include "diagnosis/investigate.h"

namespace culprit {

namespace {

Result<void> date_incident(Recording& recording, const std::string& onset, Progress& progress) {
  if (onset == "none") {
    recording.dated_by = "--onset none";
    return {};
  }
  if (!onset.empty()) {
    const auto time =
        parse_time(onset, recording.evidence.zone,
                   std::chrono::floor<Duration>(std::chrono::system_clock::now()), recording.window.start);
    if (!time) return tl::unexpected(time.error());
    if (!recording.window.contains(time->time))
      return fail(ErrorCode::kUsage, "the onset lies outside of the recording", "--onset",
                  fmt::format("The recording goes from {} to {}.",
                              recording.evidence.zone.format(recording.window.start),
                              recording.evidence.zone.format(recording.window.end)));
    recording.onset = time->time;
    recording.dated_by = "--onset";
    return {};
  }
  const auto options = options_for(recording.evidence, progress);
  if (!options) return tl::unexpected(options.error());
  const auto findings = investigate(recording.evidence.store(), recording.evidence.system, *options);
  if (!findings) return tl::unexpected(findings.error());
  if (findings->verdict == Verdict::kIncident && findings->onset) {
    recording.onset = findings->onset;
    recording.dated_by = "the diagnosis";
  } else {
    recording.dated_by = "no incident was found";
  }
  return {};
}

}  // namespace

Result<Recording> open_recording(const std::string& input, const SystemOptions& system,
                                 const std::string& onset, Progress& progress) {
  auto directory = TemporaryDirectory::create("culprit-alarms");
  if (!directory) return tl::unexpected(directory.error());
  GatherOptions options;
  options.input = input;
  options.system = system;
  options.quiet = true;
  auto evidence = gather(options, std::chrono::floor<Duration>(std::chrono::system_clock::now()),
                         directory->path() / "store", progress);
  if (!evidence) return tl::unexpected(evidence.error());
  const auto extent = extent_of(evidence->store());
  if (!extent) return tl::unexpected(extent.error());
  Recording out{input, std::move(*directory), std::move(*evidence), *extent, {}, {}};
  if (auto dated = date_incident(out, onset, progress); !dated) return tl::unexpected(dated.error());
  return out;
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(i + 1 < row.size() ? widths[i] - display_width(row[i]) + 2 : 0, ' ');
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace culprit
