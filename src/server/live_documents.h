// Small things that clients put and get again as they are: dashboards, anomaly detectors, tags, tasks. Kept
// as states of the store, each change as a state of its own.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/live_store.h"

namespace culprit::server {

namespace kinds {
constexpr std::string_view kDashboard = "cloudwatch:dashboard";
constexpr std::string_view kAnomalyDetector = "cloudwatch:anomaly-detector";
constexpr std::string_view kTags = "cloudwatch:tags";
constexpr std::string_view kExportTask = "logs:export-task";
}  // namespace kinds

// May be called from several threads at once. What changes something returns when it is on disk, and throws
// ApiFault when it cannot be.
class LiveDocuments {
 public:
  explicit LiveDocuments(LiveStore& store) : store_(store) {}
  Result<void> load();

  void put(std::string_view kind, const std::string& id, boost::json::object document, Time now);
  // Those that there are.
  void remove(std::string_view kind, const std::vector<std::string>& ids, Time now);

  std::optional<boost::json::object> find(std::string_view kind, const std::string& id) const;
  std::vector<boost::json::object> all(std::string_view kind) const;  // by id

 private:
  LiveStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, boost::json::object>, std::less<>> documents_;  // kind → id
};

// Of a live account or of a replay, by id.
std::vector<boost::json::object> documents_of(const Account& account, std::string_view kind);

}  // namespace culprit::server
