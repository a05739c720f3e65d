#include <fmt/format.h>
#include <sys/stat.h>

#include "base/printable.h"
#include "sources/files/read_kinds.h"

namespace culprit {

namespace {

constexpr std::size_t kEventBytesMax = std::size_t{256} << 10;
constexpr std::uint64_t kHeadLinesMax = 10;  // lines before the first time stamp that are no loss

// Time stamps without a year are near the window, or else near the file's last change.
Time time_near(const InputFile& file, const Intake& intake) {
  if (intake.options().keep) return intake.options().keep->end;
  struct stat info {};
  if (::stat(file.path.c_str(), &info) != 0) return Time{};
  return from_epoch_ms(std::int64_t{info.st_mtime} * 1000);
}

std::unique_ptr<EventSplitter> splitter_of(const FileJob& job, const Intake& intake) {
  return make_splitter(job.recognised.log_format, time_near(job.file, intake), kEventBytesMax,
                       intake.options().zone);
}

// The gap is about the log group and the stretch that lacks events, so that nothing is concluded from it.
void record_limit(const FileJob& job, Intake& intake, DetectedFile& row) {
  const auto& tally = intake.tally();
  const auto text =
      fmt::format("{} events between {} and {} were left out: the limit of {} bytes of log was reached",
                  tally.beyond_limit, format_utc(tally.left_out->start), format_utc(tally.left_out->end),
                  intake.options().max_log_bytes);
  add_note(row, text);
  intake.gap({GapReason::kCut,
              job.log_target.group,
              job.log_target.component,
              fmt::format("Of {} {} (--max-log-bytes).", job.subject, text),
              {},
              tally.left_out});
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

LogShare weigh_log(FileContent& content, const FileJob& job, const Intake& intake) {
  const auto splitter = splitter_of(job, intake);
  const auto& options = intake.options();
  LogShare out;
  const auto emit = [&](const SplitEvent& e) {
    if (options.keep && !options.keep->contains(e.time)) return;
    (options.first && options.first->contains(e.time) ? out.first : out.rest) += e.text.size();
  };
  for (auto block = content.next(); !block.empty(); block = content.next()) {
    splitter->feed(block, emit);
    job.progress(content.bytes_given());
  }
  splitter->finish(emit);
  return out;
}

void read_log(FileContent& content, const FileJob& job, Intake& intake, DetectedFile& row) {
  row.format = zoned_format(job.recognised.format, intake.options().zone);
  row.target = fmt::format("{} stream {}", job.log_target.group, job.log_target.stream);
  row.group = job.log_target.group;
  row.stream = job.log_target.stream;
  if (!job.log_target.because.empty()) row.target += fmt::format(" (by {})", job.log_target.because);
  const auto splitter = splitter_of(job, intake);
  const auto emit = [&](const SplitEvent& e) {
    intake.event({0, job.log_target.group, job.log_target.stream, e.time, e.time, e.text});
  };
  for (auto block = content.next(); !block.empty(); block = content.next()) {
    splitter->feed(block, emit);
    job.progress(content.bytes_given());
    if (intake.failure()) break;
  }
  splitter->finish(emit);
  record_losses(job, splitter->stats(), intake, row);
  if (intake.tally().beyond_limit > 0) record_limit(job, intake, row);
}

}  // namespace culprit
