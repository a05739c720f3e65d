#include "server/live.h"

namespace culprit::server {

namespace {

class VisibleEvidence : public EvidenceSource {
 public:
  explicit VisibleEvidence(Live& live) : live_(live) {}

  Result<Evidence> current() override {
    auto store = live_.store->current();
    if (!store) return store;
    const auto hidden = live_.logs.hidden();
    if (hidden->empty()) return store;
    // One view as long as nothing changes: others remember what they read of it.
    const std::lock_guard lock(mutex_);
    if (!visible_ || below_ != *store || hidden_ != hidden) {
      visible_ = std::make_shared<VisibleStore>(*store, hidden);
      below_ = *store;
      hidden_ = hidden;
    }
    return visible_;
  }

 private:
  Live& live_;
  std::mutex mutex_;
  Evidence visible_, below_;
  std::shared_ptr<const HiddenByGroup> hidden_;
};

}  // namespace

std::unique_ptr<EvidenceSource> live_evidence(Live& live) { return std::make_unique<VisibleEvidence>(live); }

Result<std::unique_ptr<Live>> Live::open(const std::filesystem::path& directory) {
  auto store = LiveStore::open(directory);
  if (!store) return tl::unexpected(store.error());
  auto live = std::make_unique<Live>(std::move(*store));
  if (auto loaded = live->logs.load(); !loaded) return tl::unexpected(loaded.error());
  const auto created = [&](const std::string& group) { return live->logs.created(group); };
  if (auto loaded = live->metric_filters.load(created); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = live->subscription_filters.load(created); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = live->documents.load(); !loaded) return tl::unexpected(loaded.error());
  if (auto loaded = live->alarms.load(); !loaded) return tl::unexpected(loaded.error());
  return live;
}

}  // namespace culprit::server
