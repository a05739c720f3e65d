// Saved `aws … --output json` answers: states, series and log events out of them.
#pragma once

#include <string>
#include <string_view>

#include "sources/files/answer_scanner.h"
#include "sources/files/intake.h"
#include "sources/files/log_target.h"

namespace culprit {

// Reads one file's answers (describe-services, list-tasks, describe-tasks, describe-clusters,
// describe-db-instances, rds describe-events, describe-log-groups, describe-alarms, get-metric-statistics,
// get-metric-data, filter-log-events, get-log-events; the lists inside them alone, as --query prints them)
// block by block into an intake.
class AwsAnswerReader {
 public:
  // `hint` is the file's path as far as it may tell metric and log group; `subject` names it in gaps. With
  // `skip_log_events` events are counted and not kept.
  AwsAnswerReader(Intake& intake, std::string hint, std::string subject, bool skip_log_events);

  void feed(std::string_view block);
  void finish();

  const std::string& format() const { return format_; }  // "aws ecs describe-services"
  std::string target() const;                            // what it filled
  std::uint64_t skipped_events() const { return skipped_events_; }
  std::optional<Window> skipped_window() const { return skipped_window_; }
  bool recognised() const { return !format_.empty(); }
  bool holds_log_events() const { return holds_log_events_; }
  const LogTarget& log_target() const { return log_target_; }
  std::string complaint() const;  // what could not be read, in one sentence; empty when all is well

 private:
  void piece(const AnswerPiece& piece);
  void document_end();
  void list_item(std::string_view member, const boost::json::value& item);
  void query_item(const boost::json::value& item);
  void put_state(std::string kind, std::string_view id_member, const boost::json::value& item);
  void db_event(const boost::json::value& item);
  void failure(const boost::json::value& item);
  void log_event(const boost::json::value& item);
  void datapoint(const boost::json::value& item);
  void metric_result(const boost::json::value& item);
  void put_named(std::string_view words, std::string_view label,
                 std::map<std::string, std::vector<Datapoint>> points, const std::string& unit);
  void complain(std::string what);

  Intake& intake_;
  std::string hint_;
  std::string subject_;
  bool skip_log_events_;
  LogTarget log_target_;
  std::optional<Time> named_time_;
  AnswerScanner scanner_;
  std::string format_;
  std::string label_;
  std::map<std::string, std::vector<Datapoint>> datapoints_;  // by statistic
  std::string unit_;
  std::vector<std::string> filled_;
  bool holds_log_events_ = false;
  std::uint64_t tasks_listed_ = 0;
  std::uint64_t skipped_events_ = 0;
  std::optional<Window> skipped_window_;
  std::size_t failures_ = 0;
  std::uint64_t complaints_ = 0;
  std::string first_complaint_;
};

}  // namespace culprit
