// Log groups and streams that clients make: their names, retention and tags. Kept as states of the store
// ("logs:log-group", "logs:log-stream"), each change as a state of its own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/live_store.h"

namespace culprit::server {

struct LiveStream {
  Time created;
};

struct LiveGroup {
  Time created;
  std::optional<int> retention_days;
  std::map<std::string, std::string> tags;
  std::map<std::string, LiveStream> streams;
};

// May be called from several threads at once. Functions that change something return when it is on disk; they
// throw ApiFault for what the service refuses.
class LiveLogs {
 public:
  explicit LiveLogs(LiveStore& store) : store_(store) {}
  // What the store has of groups and streams.
  Result<void> load();

  void create_group(const std::string& name, std::map<std::string, std::string> tags, Time now);
  void create_stream(const std::string& group, const std::string& stream, Time now);
  // Retention or tags.
  void change(const std::string& group, Time now, const std::function<void(LiveGroup&)>& how);

  // Throw ResourceNotFoundException.
  LiveGroup need_group(const std::string& name) const;
  LiveGroup need_stream(const std::string& group, const std::string& stream) const;  // without its streams

 private:
  void keep(const std::string& name, const LiveGroup& group, Time now);

  LiveStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, LiveGroup> groups_;
};

}  // namespace culprit::server
