// What makes a served store live: everything that clients may change.
#pragma once

#include <filesystem>
#include <memory>

#include "server/live_alarms.h"
#include "server/live_documents.h"
#include "server/live_group_filters.h"
#include "server/live_logs.h"
#include "server/live_metrics.h"
#include "server/live_store.h"
#include "server/metric_filter.h"
#include "server/subscription_filter.h"
#include "server/webhooks.h"

namespace culprit::server {

struct Live {
  // Creates the store where there is none.
  static Result<std::unique_ptr<Live>> open(const std::filesystem::path& directory);

  explicit Live(std::unique_ptr<LiveStore> opened)
      : store(std::move(opened)),
        logs(*store),
        metrics(*store),
        metric_filters(*store),
        subscription_filters(*store),
        documents(*store),
        alarms(*store, webhooks) {}
  ~Live() { stop(); }
  // Ends what runs by itself: alarms first, which post to webhooks.
  void stop() {
    alarms.stop();
    webhooks.stop();
  }

  std::unique_ptr<LiveStore> store;
  LiveLogs logs;
  LiveMetrics metrics;
  LiveGroupFilters<MetricFilter> metric_filters;
  LiveGroupFilters<SubscriptionFilter> subscription_filters;
  LiveDocuments documents;
  Webhooks webhooks;
  LiveAlarms alarms;
};

// What the store holds at each moment, without what was deleted.
std::unique_ptr<EvidenceSource> live_evidence(Live& live);

}  // namespace culprit::server
