#include "store/catalogue.h"
#include "store/embedded_store.h"
#include "store/maintenance.h"
#include "store/store_format.h"
#include "store/store_view.h"

namespace culprit {

Result<StoreInfo> describe_store(const std::filesystem::path& store) {
  const auto opened = open_store(store);
  if (!opened) return tl::unexpected(opened.error());
  auto groups = (*opened)->log_groups();
  if (!groups) return tl::unexpected(groups.error());
  auto catalogue = Catalogue::open_to_read(store / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const auto view = view_store(store, *catalogue);
  if (!view) return tl::unexpected(view.error());
  const auto metrics = catalogue->metrics();
  if (!metrics) return tl::unexpected(metrics.error());
  const auto gaps = catalogue->gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  StoreInfo info;
  info.format_version = kFormatVersion;
  info.metrics = metrics->size();
  info.gaps = gaps->size();
  std::error_code ec;
  info.catalogue_bytes = std::filesystem::file_size(store / kCatalogueName, ec);
  for (const auto& g : *groups) {
    info.events += g.events;
    info.message_bytes += g.bytes;
  }
  for (const auto& [name, group] : view->groups)
    for (const auto& segment : group.segments) {
      if (segment.entry.id == 0) {
        info.log_events += segment.entry.summary.events;
        continue;
      }
      ++info.segments;
      info.segment_bytes += segment.entry.summary.segment_bytes;
    }
  info.groups = std::move(*groups);
  return info;
}

}  // namespace culprit
