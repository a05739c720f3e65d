// Log groups and streams that clients make: their names, retention and tags. Kept as states of the store
// ("logs:log-group", "logs:log-stream"), each change as a state of its own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/live_store.h"
#include "server/visible_store.h"

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

  // With all events; those written so far are hidden for good, also when the name is used again. Throw
  // ResourceNotFoundException.
  void delete_group(const std::string& name, Time now);
  void delete_stream(const std::string& group, const std::string& stream, Time now);
  // Asked inside LiveStore::write() it holds for what is written there: deletions are writes too.
  bool has_stream(const std::string& group, const std::string& stream) const;
  // nullopt when there is no such group.
  std::optional<Time> created(const std::string& group) const;
  // What was deleted. Another pointer after each deletion.
  std::shared_ptr<const HiddenByGroup> hidden() const;

  // Throw ResourceNotFoundException.
  LiveGroup need_group(const std::string& name) const;
  LiveGroup need_stream(const std::string& group, const std::string& stream) const;  // without its streams

 private:
  void keep(const std::string& name, const LiveGroup& group, Time now);
  // Making and deleting under one name are states of different moments.
  Time stamp(Time now);
  void load_groups(const std::vector<ResourceState>& states);
  void load_streams(const std::vector<ResourceState>& states);
  // With the lock held.
  void hide(const std::string& group, const std::string* stream, EventNumber through);

  LiveStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, LiveGroup> groups_;
  std::shared_ptr<const HiddenByGroup> hidden_ = std::make_shared<HiddenByGroup>();
  Time last_stamp_{};
};

}  // namespace culprit::server
