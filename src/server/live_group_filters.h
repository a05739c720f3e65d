// Filters that clients put on log groups, by name: kept as states of the store, each change as a state of its
// own.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/api_fault.h"
#include "server/live_store.h"
#include "server/states.h"

namespace culprit::server {

// When a group that there is was made.
using GroupCreated = std::function<std::optional<Time>(const std::string& group)>;

// How one kind of filters is kept: the kind of its states, what the service calls it, how many a group may
// have.
struct FilterKind {
  std::string_view states;
  std::string_view called;
  std::size_t of_group_max = 0;
};

using NamedFilters = std::vector<std::pair<std::string, std::string>>;  // group, name

// Calls `visit` with the last document of each filter; those that were deleted, alone or with their group,
// are left out.
Result<void> load_filters(LiveStore& store, const FilterKind& kind, const GroupCreated& created,
                          const std::function<void(const boost::json::object&)>& visit);
// Throw ApiFault (ServiceUnavailableException) when it cannot be written.
void keep_filter(LiveStore& store, const FilterKind& kind, const boost::json::object& description, Time now);
void keep_deleted_filters(LiveStore& store, const FilterKind& kind, const NamedFilters& filters, Time now);

// `Filter` has kKind, `description` as the service describes it, and read(description), which throws ApiFault
// (InvalidParameterException). May be called from several threads at once; functions that change something
// return when it is on disk.
template <class Filter>
class LiveGroupFilters {
 public:
  explicit LiveGroupFilters(LiveStore& store) : store_(store) {}

  Result<void> load(const GroupCreated& created) {
    return load_filters(store_, Filter::kKind, created, [this](const boost::json::object& description) {
      try {
        filters_[text_of(description, "logGroupName")].emplace(
            text_of(description, "filterName"), std::make_shared<const Filter>(Filter::read(description)));
      } catch (const ApiFault&) {  // of another program: this version does not understand it
      }
    });
  }

  // Throws LimitExceededException too.
  void put(boost::json::object description, Time now) {
    const auto filter = std::make_shared<const Filter>(Filter::read(std::move(description)));
    const std::string name = text_of(filter->description, "filterName");
    {
      const std::lock_guard lock(mutex_);
      auto& of_group = filters_[text_of(filter->description, "logGroupName")];
      if (of_group.size() >= Filter::kKind.of_group_max && !of_group.contains(name))
        throw ApiFault{"LimitExceededException", "Resource limit exceeded."};
      of_group.insert_or_assign(name, filter);
    }
    keep_filter(store_, Filter::kKind, filter->description, now);
  }

  // Throws ResourceNotFoundException.
  void remove(const std::string& group, const std::string& name, Time now) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = filters_.find(group);
      if (found == filters_.end() || found->second.erase(name) == 0)
        throw ApiFault{"ResourceNotFoundException",
                       "The specified " + std::string(Filter::kKind.called) + " does not exist."};
    }
    keep_deleted_filters(store_, Filter::kKind, {{group, name}}, now);
  }

  // With a group that was deleted.
  void remove_all_of(const std::string& group, Time now) {
    NamedFilters gone;
    {
      const std::lock_guard lock(mutex_);
      const auto found = filters_.find(group);
      if (found == filters_.end()) return;
      for (const auto& [name, filter] : found->second) gone.emplace_back(group, name);
      filters_.erase(found);
    }
    keep_deleted_filters(store_, Filter::kKind, gone, now);
  }

  std::vector<std::shared_ptr<const Filter>> of(const std::string& group) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<const Filter>> out;
    if (const auto found = filters_.find(group); found != filters_.end())
      for (const auto& [name, filter] : found->second) out.push_back(filter);
    return out;
  }

  std::vector<boost::json::object> descriptions() const {  // by group, then name
    const std::lock_guard lock(mutex_);
    std::vector<boost::json::object> out;
    for (const auto& [group, filters] : filters_)
      for (const auto& [name, filter] : filters) out.push_back(filter->description);
    return out;
  }

 private:
  LiveStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::shared_ptr<const Filter>>> filters_;  // group → name
};

}  // namespace culprit::server
