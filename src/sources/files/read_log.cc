#include <fmt/format.h>
#include <sys/stat.h>

#include "base/printable.h"
#include "sources/files/read_kinds.h"

namespace culprit {

namespace {

constexpr std::uint64_t kHeadLinesMax = 10;  // lines before the first time stamp that are no loss

// Time stamps without a year are near the window, or else near the file's last change.
Time time_near(const InputFile& file, const Intake& intake) {
  if (intake.options().keep) return intake.options().keep->end;
  struct stat info {};
  if (::stat(file.path.c_str(), &info) != 0) return Time{};
  return from_epoch_ms(std::int64_t{info.st_mtime} * 1000);
}

void record_limit(const FileJob& job, const FileContent& content, Intake& intake, DetectedFile& row) {
  const auto& tally = intake.tally();
  const auto from =
      tally.first_left_out ? fmt::format(" from {} on", format_utc(*tally.first_left_out)) : std::string{};
  const auto text =
      fmt::format("left out{}: the limit of {} bytes of log was reached after {} unpacked bytes of this file",
                  from, intake.options().max_log_bytes, content.bytes_given());
  add_note(row, text);
  intake.gap({GapReason::kCut,
              job.subject,
              job.log_target.component,
              fmt::format("Events of {} were {}.", job.log_target.group, text),
              {},
              intake.options().keep});
}

void record_losses(const FileJob& job, const SplitStats& stats, Intake& intake, DetectedFile& row) {
  if (stats.cut_events > 0) {
    const auto text = fmt::format("{} event(s) were too long and cut; {} bytes of them are not kept",
                                  stats.cut_events, stats.cut_bytes);
    add_note(row, text);
    intake.gap({GapReason::kCut, job.subject, job.log_target.component, text + ".", {}, {}});
  }
  if (stats.unknown_zone_times > 0)
    add_note(row, fmt::format("{} time stamps are of the unknown zone '{}' and were read as UTC",
                              stats.unknown_zone_times, printable_text(stats.unknown_zone, 20)));
  if (stats.lines_without_time > kHeadLinesMax) {
    const auto text =
        fmt::format("{} lines before the first time stamp are not kept", stats.lines_without_time);
    add_note(row, text);
    intake.gap({GapReason::kUnreadable, job.subject, job.log_target.component, text + ".", {}, {}});
  }
}

}  // namespace

void read_log(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row) {
  row.format = job.recognised.format;
  row.target = fmt::format("{} stream {}", job.log_target.group, job.log_target.stream);
  if (!job.log_target.because.empty()) row.target += fmt::format(" (by {})", job.log_target.because);
  if (intake.log_limit_reached()) {
    record_limit(job, content, intake, row);
    return;
  }
  const auto splitter = make_splitter(job.recognised.log_format, time_near(job.file, intake));
  const auto emit = [&](const SplitEvent& e) {
    intake.event({0, job.log_target.group, job.log_target.stream, e.time, e.time, e.text});
  };
  for (auto block = content.next(); !block.empty(); block = content.next()) {
    splitter->feed(block, emit);
    job.progress(content.bytes_given());
    if (intake.failure() || intake.log_limit_reached()) break;
  }
  splitter->finish(emit);
  record_losses(job, splitter->stats(), intake, row);
  if (intake.log_limit_reached()) record_limit(job, content, intake, row);
}

}  // namespace culprit
