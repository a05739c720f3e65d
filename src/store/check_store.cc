#include <fmt/format.h>

#include <set>

#include "store/catalogue.h"
#include "store/maintenance.h"
#include "store/segment_files.h"
#include "store/store_format.h"
#include "store/store_view.h"

namespace culprit {

namespace {

// Each kind of damage once, with the number of events that it hides.
void check_segment(const std::filesystem::path& store, const ViewedSegment& viewed,
                   std::vector<StoreDamage>& out) {
  const auto path = segment_path(store, viewed.entry.id);
  const auto segment = open_viewed(store, viewed);
  if (!segment) return out.push_back({path, segment.error().what, viewed.entry.summary.events});
  std::map<std::string, std::uint64_t> lost;
  auto read = segment->salvage([](const SegmentRow&) {}, [&](const Error& error) { ++lost[error.what]; });
  read = after_reading(store, viewed, std::move(read));
  if (!read) lost.emplace(read.error().what, viewed.entry.summary.events);
  for (const auto& [what, events] : lost) out.push_back({path, what, events});
  if (!lost.empty()) return;
  if (auto whole = segment->check(); !whole) out.push_back({path, whole.error().what, 0});
}

}  // namespace

Result<std::vector<StoreDamage>> check_store(const std::filesystem::path& store) {
  if (auto checked = check_format(store); !checked) return tl::unexpected(checked.error());
  auto catalogue = Catalogue::open_to_read(store / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  std::vector<StoreDamage> out;
  const auto problem = catalogue->integrity_problem();
  if (!problem) return tl::unexpected(problem.error());
  if (!problem->empty()) out.push_back({catalogue->path(), *problem, 0});
  const auto view = view_store(store, *catalogue);
  if (!view) return tl::unexpected(view.error());
  for (const auto& [name, group] : view->groups)
    for (const auto& segment : group.segments)
      if (segment.entry.id != 0) check_segment(store, segment, out);
  for (const auto& d : view->damage)
    out.push_back({d.file,
                   fmt::format("bytes {} to {} of the write-ahead log are damaged", d.from_byte, d.to_byte),
                   0});
  return out;
}

}  // namespace culprit
