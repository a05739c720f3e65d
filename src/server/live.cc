#include "server/live.h"

namespace culprit::server {

Result<std::unique_ptr<Live>> Live::open(const std::filesystem::path& directory) {
  auto store = LiveStore::open(directory);
  if (!store) return tl::unexpected(store.error());
  auto live = std::make_unique<Live>(std::move(*store));
  if (auto loaded = live->logs.load(); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = live->alarms.load(); !loaded) return tl::unexpected(loaded.error());
  return live;
}

}  // namespace culprit::server
