#include "sources/files/collect_files.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "sources/files/file_content.h"
#include "sources/files/input_files.h"
#include "sources/files/intake.h"
#include "sources/files/log_target.h"
#include "sources/files/read_kinds.h"
#include "sources/files/recognise.h"

namespace culprit {

namespace {

constexpr std::size_t kPathBytesMax = 1024;
constexpr std::size_t kNamedInErrorMax = 5;
constexpr std::uint64_t kUsualPackingRatio = 8;

Time wall_clock_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

struct Planned {
  InputFile file;
  std::string subject;
  Recognised recognised;
  LogTarget log_target;
  std::optional<Error> unopened;
  std::optional<LogShare> share;  // of a limit on log bytes
};

bool is_packed(const InputFile& file) { return file.name.ends_with(".gz") || file.name.ends_with(".zst"); }

// Text beside evidence that is meant for people or for Culprit itself.
bool is_companion(std::string_view name) {
  const auto last = name.substr(name.rfind('/') + 1);
  for (const auto* front : {"README", "LICENSE", "NOTES"})
    if (last.starts_with(front)) return true;
  for (const auto* end : {".md", ".yaml", ".yml", ".html", ".pdf", ".png", ".svg", ".py", ".sh"})
    if (last.ends_with(end)) return true;
  return false;
}

Planned plan(const InputFile& file, const System& system, const CollectFilesOptions& options) {
  Planned out{file, printable_text(file.name, kPathBytesMax), {}, {}, {}, {}};
  const auto content = FileContent::open(file.path);
  if (!content) {
    out.unopened = content.error();
    return out;
  }
  out.recognised = recognise(content->sample());
  if (out.recognised.kind == FileKind::kEmpty && content->damage()) out.unopened = *content->damage();
  if (out.recognised.kind == FileKind::kLog)
    out.log_target = place_log(system, file.hint, out.subject, out.recognised.log_format, options.group);
  return out;
}

// What is not read, and why: a gap unless nothing can be missed in it.
void refuse(const Planned& planned, Intake& intake, DetectedFile& row) {
  row.format = planned.recognised.format;
  row.first_line = planned.recognised.first_line;
  if (planned.unopened) {
    row.format = "unreadable";
    row.note = planned.unopened->what;
    return intake.unreadable(planned.subject,
                             fmt::format("{} could not be read: {}.", planned.subject, row.note));
  }
  switch (planned.recognised.kind) {
    case FileKind::kEmpty:
      row.note = "the file is empty";
      return intake.gap({GapReason::kEmpty, planned.subject, {}, "The file is empty.", {}, {}});
    case FileKind::kNotReadable:
      row.note = planned.recognised.reason;
      break;
    default:
      row.note = planned.recognised.first_line.empty()
                     ? "no known log format"
                     : fmt::format("no known log format; it begins with '{}'", planned.recognised.first_line);
      break;
  }
  if (is_companion(planned.file.name)) {
    row.format = "document";
    row.note = "not read: no evidence";
    return;
  }
  intake.unreadable(planned.subject, fmt::format("{} was not read: {}.", planned.subject, row.note));
}

class Collector {
 public:
  Collector(const System& system, const CollectFilesOptions& options, StoreWriter& store, Progress& progress)
      : intake_(system, options, store), progress_(progress) {}

  Result<FilesReport> run(const InputListing& listing) {
    std::uint64_t total = 0;
    std::vector<Planned> plans;
    for (const auto& file : listing.files) {
      plans.push_back(plan(file, intake_.system(), intake_.options()));
      total += file.bytes;
      if (plans.back().recognised.kind == FileKind::kLog) raw_groups_.insert(plans.back().log_target.group);
    }
    intake_.note("source", "files");
    share_limit(plans);
    progress_.start("Reading files", total, ProgressUnit::kBytes);
    for (const auto& planned : plans) {
      one(planned);
      if (intake_.failure()) return tl::unexpected(*intake_.failure());
    }
    for (const auto& skipped : listing.skipped) skip(skipped);
    progress_.finish();
    std::ranges::stable_sort(report_.files, {}, &DetectedFile::path);
    if (!intake_.anything_kept()) return tl::unexpected(nothing_usable());
    if (intake_.options().tell_absences) intake_.record_absences();
    if (intake_.failure()) return tl::unexpected(*intake_.failure());
    report_.covered = intake_.covered();
    return std::move(report_);
  }

 private:
  void one(const Planned& planned) {
    const auto started = std::chrono::steady_clock::now();
    const Time sent = wall_clock_now();
    intake_.begin_file(planned.share);
    DetectedFile row;
    row.path = planned.subject;
    std::uint64_t shown = 0;
    read(planned, row, shown);
    progress_.advance(planned.file.bytes - std::min(shown, planned.file.bytes));
    const auto& tally = intake_.tally();
    row.events = tally.events + tally.points + tally.states;
    row.outside = tally.outside;
    if (row.outside > 0)
      add_note(row, fmt::format("{} of {} events lie outside of the time under analysis and are not kept",
                                row.outside, row.outside + tally.events));
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
    intake_.journal({sent, "file:read", planned.subject, row.note.empty() ? "ok" : row.note,
                     static_cast<std::int64_t>(row.bytes), took, 1});
    report_.files.push_back(std::move(row));
  }

  // With a limit that may not hold all, the logs are read once more beforehand to share it out.
  void share_limit(std::vector<Planned>& plans) {
    const std::uint64_t limit = intake_.options().max_log_bytes;
    std::vector<Planned*> logs;
    std::uint64_t bytes = 0;
    bool packed = false;
    for (auto& planned : plans) {
      if (planned.recognised.kind != FileKind::kLog || planned.unopened) continue;
      logs.push_back(&planned);
      bytes += planned.file.bytes;
      packed = packed || is_packed(planned.file);
    }
    if (limit == 0 || (bytes <= limit && !packed)) return;
    progress_.start("Weighing logs", logs.size());
    std::vector<LogShare> wanted;
    for (const auto* planned : logs) {
      auto content = FileContent::open(planned->file.path);
      const FileJob job{planned->file,       planned->recognised, planned->subject, planned->log_target, {},
                        [](std::uint64_t) {}};
      wanted.push_back(content ? weigh_log(*content, job, intake_) : LogShare{});
      progress_.advance(1);
    }
    const auto shares = share_out(wanted, limit);
    for (std::size_t i = 0; i < logs.size(); ++i) logs[i]->share = shares[i];
  }

  void read(const Planned& planned, DetectedFile& row, std::uint64_t& shown) {
    const auto kind = planned.recognised.kind;
    const bool readable = kind == FileKind::kLog || kind == FileKind::kAwsAnswer ||
                          kind == FileKind::kMetricsCsv || kind == FileKind::kPointsCsv;
    if (planned.unopened || !readable) {
      row.bytes = planned.file.bytes;
      return refuse(planned, intake_, row);
    }
    auto content = FileContent::open(planned.file.path);
    if (!content) return refuse({planned.file, planned.subject, {}, {}, content.error(), {}}, intake_, row);
    const bool packed = is_packed(planned.file);
    const auto advance = [&](std::uint64_t unpacked) {
      const auto now = std::min(packed ? unpacked / kUsualPackingRatio : unpacked, planned.file.bytes);
      if (now > shown) progress_.advance(now - shown);
      shown = std::max(shown, now);
    };
    const FileJob job{planned.file,
                      planned.recognised,
                      planned.subject,
                      planned.log_target,
                      [this](std::string_view group) { return raw_groups_.contains(std::string(group)); },
                      advance};
    if (kind == FileKind::kLog)
      read_log(*content, job, intake_, row);
    else if (kind == FileKind::kAwsAnswer)
      read_answer(*content, job, intake_, row);
    else
      read_csv(*content, job, intake_, row);
    row.bytes = content->bytes_given();
    if (const auto& damage = content->damage()) {
      add_note(row, fmt::format("{}; what stands before it was read", damage->what));
      intake_.unreadable(planned.subject, fmt::format("{}; what stands before it was read.", damage->what));
    }
    if (row.events == 0 && row.first_line.empty() && !row.note.empty())
      row.first_line = planned.recognised.first_line;
  }

  void skip(const SkippedFile& skipped) {
    const auto name = printable_text(skipped.name, kPathBytesMax);
    if (skipped.is_gap) intake_.unreadable(name, fmt::format("{} was not read: {}.", name, skipped.why));
    DetectedFile row;
    row.path = name;
    row.format = "skipped";
    row.note = skipped.why;
    report_.files.push_back(std::move(row));
  }

  Error nothing_usable() const {
    if (const auto span = intake_.outside_covered())
      return {ErrorCode::kInput,
              fmt::format(
                  "nothing of the input lies in the time under analysis: its {} log events run from {} to {}",
                  intake_.events_outside(), format_utc(span->start), format_utc(span->end - Duration{1})),
              {},
              "Check --from, --to and --tz."};
    if (report_.files.empty())
      return {ErrorCode::kInput,
              "the input holds no files",
              {},
              "Give a folder of logs, CSV metrics and saved `aws … --output json` answers (docs/files.md)."};
    std::string what = "nothing in the input could be used:";
    for (std::size_t i = 0; i < report_.files.size() && i < kNamedInErrorMax; ++i) {
      const auto& row = report_.files[i];
      what += fmt::format("\n  {}: {}", row.path, row.note.empty() ? row.format : row.note);
      if (!row.first_line.empty() && row.note.find(row.first_line) == row.note.npos)
        what += fmt::format("; it begins with '{}'", row.first_line);
    }
    if (report_.files.size() > kNamedInErrorMax)
      what += fmt::format("\n  … and {} more", report_.files.size() - kNamedInErrorMax);
    return {ErrorCode::kInput, what, {}, "docs/files.md lists what can be given and how to name it."};
  }

  Intake intake_;
  Progress& progress_;
  FilesReport report_;
  std::set<std::string> raw_groups_;
};

}  // namespace

void add_note(DetectedFile& row, std::string_view text) {
  if (!row.note.empty()) row.note += "; ";
  row.note += text;
}

Result<FilesReport> collect_files(const std::filesystem::path& input, const System& system,
                                  const CollectFilesOptions& options, StoreWriter& store,
                                  Progress& progress) {
  const auto listing = list_input(input);
  if (!listing) return tl::unexpected(listing.error());
  return Collector(system, options, store, progress).run(*listing);
}

Result<FilesReport> collect_files(const std::vector<std::filesystem::path>& inputs, const System& system,
                                  const CollectFilesOptions& options, StoreWriter& store,
                                  Progress& progress) {
  const auto listing = list_inputs(inputs);
  if (!listing) return tl::unexpected(listing.error());
  return Collector(system, options, store, progress).run(*listing);
}

}  // namespace culprit
