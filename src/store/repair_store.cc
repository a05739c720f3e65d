#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "store/catalogue.h"
#include "store/embedded_store.h"
#include "store/maintenance.h"
#include "store/segment_files.h"
#include "store/segment_merge.h"
#include "store/store_format.h"
#include "store/store_view.h"
#include "store/writer_lock.h"

namespace culprit {

namespace {

struct Salvaged {
  std::optional<FinishedSegment> segment;  // nothing could be read: none
  std::uint64_t saved = 0;
  std::uint64_t lost = 0;
};

Result<Salvaged> salvage(const std::filesystem::path& store, const ViewedSegment& viewed) {
  Salvaged out;
  const auto& entry = viewed.entry;
  SegmentBuilder builder;
  if (const auto segment = open_viewed(store, viewed)) {
    auto read = segment->salvage(
        [&](const SegmentRow& row) {
          builder.add(row);
          ++out.saved;
        },
        [](const Error&) {});
    (void)read;  // what it could not give counts as lost below
  }
  out.lost = entry.summary.events - std::min(entry.summary.events, out.saved);
  if (out.saved == 0) return out;
  FinishedSegment done;
  done.group_id = entry.group_id;
  auto written = write_segment(store, builder.finish(done.summary));
  if (!written) return tl::unexpected(written.error());
  done.temporary = std::move(*written);
  out.segment = std::move(done);
  return out;
}

Result<void> keep_aside(const std::filesystem::path& from, const std::filesystem::path& directory) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", directory, ec.value()));
  if (!std::filesystem::exists(from, ec)) return {};  // a missing file cannot be kept
  std::filesystem::rename(from, directory / from.filename(), ec);
  if (ec) return tl::unexpected(storage_error("cannot move aside", from, ec.value()));
  return {};
}

// New segment and gap become visible together; only then the original moves.
Result<void> put_in_place(const std::filesystem::path& store, Catalogue& catalogue, const std::string& group,
                          const SegmentEntry& entry, const Salvaged& salvaged) {
  if (auto begun = catalogue.begin(); !begun) return begun;
  const auto change = [&]() -> Result<void> {
    if (salvaged.segment) {
      if (auto put = replace_run(catalogue, store, {entry}, *salvaged.segment); !put) return put;
    } else if (auto removed = catalogue.remove_segment(entry.id); !removed) {
      return removed;
    }
    if (salvaged.lost == 0) return {};
    Gap gap;
    gap.reason = GapReason::kUnreadable;
    gap.subject = group;
    gap.detail = fmt::format("{} of {} log events of segment {} were damaged on disk and are lost",
                             salvaged.lost, entry.summary.events, entry.id);
    gap.window = Window{entry.summary.first_time, entry.summary.last_time + Duration(1)};
    return catalogue.put_gap(gap);
  };
  if (auto changed = change(); !changed) {
    catalogue.roll_back();
    return changed;
  }
  return catalogue.commit();
}

}  // namespace

Result<RepairReport> repair_store(const std::filesystem::path& store) {
  RepairReport report;
  {
    auto damage = check_store(store);
    if (!damage) return tl::unexpected(damage.error());
    report.damage = std::move(*damage);
  }
  if (report.damage.empty()) return report;
  {  // damage of the write-ahead log is told as a gap by recovery
    auto writer = open_store_writer(store);
    if (!writer) return tl::unexpected(writer.error());
    if (auto committed = (*writer)->commit(); !committed) return tl::unexpected(committed.error());
  }
  const auto lock = lock_for_writing(store);
  if (!lock) return tl::unexpected(lock.error());
  auto catalogue = Catalogue::open_to_write(store / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const auto view = view_store(store, *catalogue);
  if (!view) return tl::unexpected(view.error());
  for (const auto& [name, group] : view->groups)
    for (const auto& viewed : group.segments) {
      const auto path = segment_path(store, viewed.entry.id);
      const auto is_it = [&](const StoreDamage& d) { return d.file == path; };
      if (std::none_of(report.damage.begin(), report.damage.end(), is_it)) continue;
      const auto salvaged = salvage(store, viewed);
      if (!salvaged) return tl::unexpected(salvaged.error());
      if (auto put = put_in_place(store, *catalogue, name, viewed.entry, *salvaged); !put)
        return tl::unexpected(put.error());
      report.aside = store / "damaged";
      if (auto kept = keep_aside(path, report.aside); !kept) return tl::unexpected(kept.error());
      report.events_saved += salvaged->saved;
      report.events_lost += salvaged->lost;
    }
  catalogue->fold_log();
  return report;
}

}  // namespace culprit
