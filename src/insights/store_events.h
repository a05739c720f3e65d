// A query's events out of a store.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "insights/run_query.h"
#include "store/store.h"

namespace culprit::insights {

// Where the query needs a text, the store's engine leaves out messages without it, unread; all events are
// counted from its minutes then, and the bytes of a window that cuts a group are in proportion to its events.
// May be called from several threads.
class StoreEvents : public EventSource {
 public:
  StoreEvents(std::shared_ptr<const Store> store, std::vector<std::string> groups)
      : store_(std::move(store)), groups_(std::move(groups)) {}

  Result<Scanned> scan(const Window& window, const MessagePattern* needed,
                       const std::function<bool(const LogEventView&)>& visit) const override;

 private:
  Result<Scanned> totals(const Window& window) const;

  std::shared_ptr<const Store> store_;
  std::vector<std::string> groups_;
};

}  // namespace culprit::insights
