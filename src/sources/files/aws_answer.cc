#include "sources/files/aws_answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "base/printable.h"
#include "sources/files/answer_time.h"
#include "sources/files/file_names.h"
#include "sources/files/metric_name.h"
#include "sources/files/metrics_csv.h"

namespace culprit {

namespace {

namespace json = boost::json;

const json::value* member(const json::value& object, std::string_view name) {
  const auto* o = object.if_object();
  return o == nullptr ? nullptr : o->if_contains(name);
}

std::string_view text_member(const json::value& object, std::string_view name) {
  const auto* v = member(object, name);
  const auto* s = v == nullptr ? nullptr : v->if_string();
  return s == nullptr ? std::string_view{} : std::string_view(*s);
}

std::optional<Time> time_member(const json::value& object, std::string_view name) {
  const auto* v = member(object, name);
  return v == nullptr ? std::nullopt : answer_time(*v);
}

std::optional<double> number(const json::value& value) {
  if (value.is_number()) {
    const double n = value.to_number<double>();
    return std::isfinite(n) ? std::optional(n) : std::nullopt;
  }
  return std::nullopt;
}

// "aws/filter-log-events-web-ERROR.json" -> "aws/web-ERROR.json": the command's name says nothing of the
// group.
std::string without_command(std::string_view hint) {
  std::string out(hint);
  for (const std::string_view command :
       {"filter-log-events", "get-log-events", "filter_log_events", "get_log_events"})
    if (const auto at = out.find(command); at != out.npos) {
      auto length = command.size();
      if (at + length < out.size() &&
          (out[at + length] == '-' || out[at + length] == '_' || out[at + length] == '.'))
        ++length;
      if (at + length < out.size()) out.erase(at, length);
    }
  return out;
}

constexpr std::size_t kFailuresMax = 50;  // gaps out of one file's `failures`

struct StateKind {
  std::string_view member;     // of the answer
  std::string_view id_member;  // of the item
  std::string_view kind;
  std::string_view format;
};
constexpr StateKind kStateKinds[] = {
    {"services", "serviceName", "ecs:service", "aws ecs describe-services"},
    {"tasks", "taskArn", "ecs:task", "aws ecs describe-tasks"},
    {"clusters", "clusterName", "ecs:cluster", "aws ecs describe-clusters"},
    {"DBInstances", "DBInstanceIdentifier", "rds:db-instance", "aws rds describe-db-instances"},
    {"logGroups", "logGroupName", "logs:log-group", "aws logs describe-log-groups"},
    {"MetricAlarms", "AlarmName", "cloudwatch:alarm", "aws cloudwatch describe-alarms"},
    {"CompositeAlarms", "AlarmName", "cloudwatch:alarm", "aws cloudwatch describe-alarms"},
    {"LogAlarms", "AlarmName", "cloudwatch:alarm", "aws cloudwatch describe-alarms"},
};

}  // namespace

AwsAnswerReader::AwsAnswerReader(Intake& intake, std::string hint, std::string subject, bool skip_log_events)
    : intake_(intake),
      hint_(std::move(hint)),
      subject_(std::move(subject)),
      skip_log_events_(skip_log_events),
      log_target_(find_log_target(intake.system(), without_command(hint_), LogFormat::kUnknown)) {
  const auto parts = split_path(hint_);
  if (!parts.empty()) named_time_ = time_in_name(parts.back());
}

void AwsAnswerReader::feed(std::string_view block) {
  scanner_.feed(block, {[this](const AnswerPiece& p) { piece(p); }, [this] { document_end(); }});
}

void AwsAnswerReader::finish() {
  scanner_.finish({[this](const AnswerPiece& p) { piece(p); }, [this] { document_end(); }});
}

void AwsAnswerReader::complain(std::string what) {
  if (complaints_++ == 0) first_complaint_ = std::move(what);
}

std::string AwsAnswerReader::complaint() const {
  std::string out;
  if (scanner_.broken())
    out = fmt::format("JSON broken at byte {}: {}; what stands before it was read", scanner_.broken()->offset,
                      scanner_.broken()->what);
  if (complaints_ > 0) {
    if (!out.empty()) out += "; ";
    out += first_complaint_;
    if (complaints_ > 1) out += fmt::format(" (and {} more like it)", complaints_ - 1);
  }
  return out;
}

std::string AwsAnswerReader::target() const {
  std::vector<std::string> parts = filled_;
  const auto& tally = intake_.tally();
  if (holds_log_events_) parts.push_back(log_target_.group);
  if (tally.states > 0) parts.push_back(fmt::format("{} states", tally.states));
  if (tasks_listed_ > 0) parts.push_back(fmt::format("{} task ARNs", tasks_listed_));
  return fmt::format("{}", fmt::join(parts, ", "));
}

void AwsAnswerReader::piece(const AnswerPiece& piece) {
  boost::system::error_code ec;
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  const auto value = json::parse(piece.text, ec, {}, options);
  if (ec) return complain(fmt::format("JSON broken in the item at byte {}: {}", piece.offset, ec.message()));
  if (piece.is_item && piece.member.empty())
    query_item(value);
  else if (piece.is_item)
    list_item(piece.member, value);
  else if (piece.member == "Label" && value.is_string())
    label_ = std::string_view(value.get_string());
}

// Items of a list alone, as `--query 'events[]'` prints them: told apart by their members.
void AwsAnswerReader::query_item(const json::value& item) {
  if (member(item, "timestamp") != nullptr && member(item, "message") != nullptr)
    return list_item("events", item);
  if (member(item, "Timestamp") != nullptr) return list_item("Datapoints", item);
  if (member(item, "Id") != nullptr && member(item, "Values") != nullptr)
    return list_item("MetricDataResults", item);
  if (member(item, "SourceIdentifier") != nullptr) return list_item("Events", item);
  for (const auto& kind : kStateKinds)
    if (member(item, kind.id_member) != nullptr) return list_item(kind.member, item);
  complain("an item of the list is of no known kind");
}

void AwsAnswerReader::list_item(std::string_view name, const json::value& item) {
  for (const auto& kind : kStateKinds)
    if (kind.member == name) {
      format_ = kind.format;
      return put_state(std::string(kind.kind), kind.id_member, item);
    }
  if (name == "taskArns" && item.is_string()) {
    format_ = "aws ecs list-tasks";
    ++tasks_listed_;
    intake_.listed_task(std::string(item.get_string()));
  } else if (name == "Events") {
    format_ = "aws rds describe-events";
    db_event(item);
  } else if (name == "failures") {
    failure(item);
  } else if (name == "events") {
    format_ =
        text_member(item, "logStreamName").empty() ? "aws logs get-log-events" : "aws logs filter-log-events";
    log_event(item);
  } else if (name == "Datapoints") {
    format_ = "aws cloudwatch get-metric-statistics";
    datapoint(item);
  } else if (name == "MetricDataResults") {
    format_ = "aws cloudwatch get-metric-data";
    metric_result(item);
  }
}

void AwsAnswerReader::put_state(std::string kind, std::string_view id_member, const json::value& item) {
  const auto id = text_member(item, id_member);
  if (id.empty()) return complain(fmt::format("an item without {}", id_member));
  auto observed = named_time_;
  if (!observed) observed = newest_time(item);
  if (!observed && intake_.options().keep) observed = intake_.options().keep->end;
  intake_.state({std::move(kind), std::string(id), observed.value_or(Time{}), item});
}

void AwsAnswerReader::db_event(const json::value& item) {
  const auto id = text_member(item, "SourceIdentifier");
  const auto date = time_member(item, "Date");
  if (id.empty() || !date) return complain("an RDS event without SourceIdentifier or Date");
  intake_.state({"rds:event", std::string(id), *date, item});
}

// describe-services and describe-tasks say in `failures` what they did not find.
void AwsAnswerReader::failure(const json::value& item) {
  if (++failures_ > kFailuresMax) return;
  const auto arn = text_member(item, "arn");
  const auto reason = text_member(item, "reason");
  intake_.gap({GapReason::kMissing,
               printable_text(arn.empty() ? "ecs" : arn, 200),
               {},
               fmt::format("The saved ECS answer in {} says of it: {}.", subject_,
                           reason.empty() ? "not found" : printable_text(reason, 200)),
               {},
               {}});
}

void AwsAnswerReader::log_event(const json::value& item) {
  const auto time = time_member(item, "timestamp");
  const auto* message = member(item, "message");
  if (!time || message == nullptr || !message->is_string())
    return complain("a log event without timestamp or message");
  holds_log_events_ = true;
  if (skip_log_events_) {
    if (intake_.options().keep && !intake_.options().keep->contains(*time)) return;
    ++skipped_events_;
    if (!skipped_window_) skipped_window_ = Window{*time, *time + Duration{1}};
    skipped_window_->start = std::min(skipped_window_->start, *time);
    skipped_window_->end = std::max(skipped_window_->end, *time + Duration{1});
    return;
  }
  auto text = std::string_view(message->get_string());
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto stream = text_member(item, "logStreamName");
  LogEventView event;
  event.group = log_target_.group;
  event.stream = stream.empty() ? std::string_view(log_target_.stream) : stream;
  event.time = *time;
  event.ingestion = time_member(item, "ingestionTime").value_or(*time);
  event.message = text;
  intake_.event(event, text_member(item, "eventId"));
}

void AwsAnswerReader::datapoint(const json::value& item) {
  const auto time = time_member(item, "Timestamp");
  if (!time) return complain("a datapoint without Timestamp");
  if (const auto unit = text_member(item, "Unit"); !unit.empty() && unit != "None") unit_ = unit;
  bool any = false;
  const auto take = [&](std::string_view statistic, const json::value* value) {
    if (value == nullptr) return;
    const auto v = number(*value);
    if (!v) return;
    datapoints_[std::string(statistic)].push_back({*time, *v});
    any = true;
  };
  for (const auto* statistic : {"Average", "Maximum", "Minimum", "Sum", "SampleCount"})
    take(statistic, member(item, statistic));
  if (const auto* extended = member(item, "ExtendedStatistics"); extended != nullptr && extended->is_object())
    for (const auto& [name, value] : extended->get_object()) take(name, &value);
  if (!any) complain("a datapoint without a value");
}

void AwsAnswerReader::metric_result(const json::value& item) {
  const auto* times = member(item, "Timestamps");
  const auto* values = member(item, "Values");
  if (times == nullptr || values == nullptr || !times->is_array() || !values->is_array())
    return complain("a metric result without Timestamps and Values");
  const auto& t = times->get_array();
  const auto& v = values->get_array();
  if (t.size() != v.size()) complain(fmt::format("{} time stamps for {} values", t.size(), v.size()));
  if (const auto status = text_member(item, "StatusCode"); !status.empty() && status != "Complete")
    complain(fmt::format("the answer for '{}' is not complete ({})",
                         printable_text(text_member(item, "Id"), 60), printable_text(status, 40)));
  std::vector<Datapoint> points;
  for (std::size_t i = 0; i < std::min(t.size(), v.size()); ++i) {
    const auto time = answer_time(t[i]);
    const auto value = number(v[i]);
    if (time && value) points.push_back({*time, *value});
  }
  if (points.empty()) return;
  // Its own id first; the file's name helps only where it names more.
  const auto id = text_member(item, "Id");
  const auto label = text_member(item, "Label");
  put_named(fmt::format("{} {} {}", hint_, id, label), label, {{std::string{}, std::move(points)}}, {});
}

void AwsAnswerReader::put_named(std::string_view words, std::string_view label,
                                std::map<std::string, std::vector<Datapoint>> points,
                                const std::string& unit) {
  const auto named = name_metric(intake_.system(), words, label);
  if (!named) return complain(fmt::format("{} {}", named.error().what, named.error().hint));
  const auto& metric = *named->metric;
  for (auto& [statistic, values] : points) {
    Series series{metric.metric, statistic, unit, metric.period, std::move(values)};
    std::string remark;
    if (series.statistic.empty()) series.statistic = named->statistic;
    if (series.statistic.empty()) {
      series.statistic = metric.statistics.empty() ? "Average" : metric.statistics.front();
      remark = " assumed";
    }
    sort_points(series.points);
    series.period = period_of(series.points, metric.period);
    filled_.push_back(fmt::format("{} {}{}", metric.id, series.statistic, remark));
    intake_.series(series);
  }
}

void AwsAnswerReader::document_end() {
  if (!datapoints_.empty()) put_named(hint_, label_, std::exchange(datapoints_, {}), unit_);
  label_.clear();
  unit_.clear();
}

}  // namespace culprit
