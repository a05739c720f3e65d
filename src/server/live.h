// What makes a served store live: everything that clients may change.
#pragma once

#include <filesystem>
#include <memory>

#include "server/live_alarms.h"
#include "server/live_logs.h"
#include "server/live_metrics.h"
#include "server/live_store.h"

namespace culprit::server {

struct Live {
  // Creates the store where there is none.
  static Result<std::unique_ptr<Live>> open(const std::filesystem::path& directory);

  explicit Live(std::unique_ptr<LiveStore> opened)
      : store(std::move(opened)), logs(*store), metrics(*store), alarms(*store) {}

  std::unique_ptr<LiveStore> store;
  LiveLogs logs;
  LiveMetrics metrics;
  LiveAlarms alarms;
};

}  // namespace culprit::server
