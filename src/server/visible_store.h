// A store without the events of deleted log groups and streams. They stay in the store's files, as evidence,
// and are not served.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "store/store.h"

namespace culprit::server {

// Events up to a number do not show.
struct HiddenEvents {
  EventNumber of_group = 0;
  std::map<std::string, EventNumber, std::less<>> of_streams;

  bool hide(std::string_view stream, EventNumber number) const;
};
using HiddenByGroup = std::map<std::string, HiddenEvents, std::less<>>;

// May be called from several threads at once, as the store below.
class VisibleStore : public Store {
 public:
  VisibleStore(std::shared_ptr<const Store> store, std::shared_ptr<const HiddenByGroup> hidden)
      : store_(std::move(store)), hidden_(std::move(hidden)) {}

  Result<std::vector<LogGroupSummary>> log_groups() const override;
  Result<void> scan_logs(const LogQuery& query,
                         const std::function<bool(const LogEventView&)>& visit) const override;
  Result<std::vector<PatternCount>> count_matches(const LogQuery& query, const LogSearch& search,
                                                  Duration period) const override;
  Result<void> scan_matches(const LogQuery& query, const LogSearch& search, std::size_t pattern,
                            const std::function<bool(const LogEventView&)>& visit) const override;
  Result<MinedForms> mine_forms(const LogQuery& query) const override;
  Result<void> scan_forms(
      const LogQuery& query, TemplateMiner& miner, const WantedForm& wanted,
      const std::function<bool(TemplateMiner::FormNumber, const LogEventView&)>& visit) const override;
  Result<bool> visit_segments(
      const LogQuery& query,
      const std::function<Result<void>(const std::shared_ptr<const Segment>&)>& visit) const override;
  Result<LogEvent> event(EventNumber number) const override;
  std::vector<LogEvent> events(std::vector<EventNumber> numbers) const override;

  Result<std::vector<Series>> series(const MetricId& id, const Window& window) const override {
    return store_->series(id, window);
  }
  Result<std::vector<MetricId>> metrics() const override { return store_->metrics(); }
  Result<std::vector<ResourceState>> states(std::string_view kind) const override {
    return store_->states(kind);
  }
  Result<std::vector<std::string>> state_kinds() const override { return store_->state_kinds(); }
  Result<std::vector<Gap>> gaps() const override { return store_->gaps(); }
  Result<std::vector<JournalEntry>> journal() const override { return store_->journal(); }
  Result<std::optional<std::string>> note(std::string_view key) const override { return store_->note(key); }
  Result<std::map<std::string, std::string>> notes() const override { return store_->notes(); }

 private:
  bool shows(const LogEventView& event) const;
  std::function<bool(const LogEventView&)> only_shown(
      const std::function<bool(const LogEventView&)>& visit) const;
  // Whether the query is about a group of which something is hidden.
  bool touches_hidden(const LogQuery& query) const;
  Result<LogGroupSummary> summary_of(const std::string& group) const;
  Result<std::vector<LogGroupSummary>> read_log_groups() const;

  std::shared_ptr<const Store> store_;
  std::shared_ptr<const HiddenByGroup> hidden_;
  mutable std::mutex mutex_;
  mutable std::optional<std::vector<LogGroupSummary>> log_groups_;  // read once
};

}  // namespace culprit::server
