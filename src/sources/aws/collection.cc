#include "sources/aws/collection.h"

#include <fmt/format.h>

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;

GapReason reason_of(Kind kind) {
  switch (kind) {
    case Kind::kDenied:
      return GapReason::kDenied;
    case Kind::kMissing:
      return GapReason::kMissing;
    case Kind::kThrottled:
      return GapReason::kThrottled;
    case Kind::kTransient:
    case Kind::kUnreachable:
      return GapReason::kUnreachable;
    case Kind::kNotAsked:
    case Kind::kCredentials:
    case Kind::kSkew:
      return GapReason::kNotAsked;
    default:
      return GapReason::kUnreadable;
  }
}

std::string detail_of(const Asked& asked, const ApiError& error) {
  switch (error.kind) {
    case Kind::kDenied:
      return fmt::format("{} is not allowed: {}", asked.operation, error.text());
    case Kind::kMissing:
      return fmt::format("it does not exist: {}", error.text());
    case Kind::kThrottled:
      if (error.attempts <= 1)
        return fmt::format("{} was throttled at its only attempt ({})", asked.operation, error.text());
      return fmt::format("{} kept throttling after {} attempts ({})", asked.operation, error.attempts,
                         error.text());
    case Kind::kTransient:
      return fmt::format("{} kept failing after {} attempts: {}", asked.operation, error.attempts,
                         error.text());
    case Kind::kUnreachable:
      return fmt::format("{} could not be reached: {}", info(asked.service).title, error.text());
    case Kind::kUnreadable:
      return fmt::format("the answer of {} could not be read: {}", asked.operation, error.text());
    case Kind::kNotAsked:
      return error.text();
    default:
      return fmt::format("{} was refused: {}", asked.operation, error.text());
  }
}

}  // namespace

Window Collection::span() const {
  const Window& window = options_.window;
  const Time start =
      options_.baseline.length().count() > 0 ? std::min(options_.baseline.start, window.start) : window.start;
  return {start, std::max(start, std::min(window.end + options_.tail, clock_.now()))};
}

void Collection::keep(const Result<void>& result) {
  if (result || store_failed_) return;
  error_ = result.error();  // also over credentials: nothing can be kept any more
  store_failed_ = true;
  stopped_ = true;
}

void Collection::put(const ResourceState& state) {
  const std::lock_guard lock(mutex_);
  keep(store_.put_state(state));
}

void Collection::put(const Series& series) {
  const std::lock_guard lock(mutex_);
  keep(store_.put_series(series));
}

void Collection::put(const Gap& gap) {
  const std::lock_guard lock(mutex_);
  keep(store_.put_gap(gap));
}

void Collection::put(const JournalEntry& entry) {
  const std::lock_guard lock(mutex_);
  keep(store_.put_journal(entry));
}

void Collection::put(const LogEventView& event) {
  const std::lock_guard lock(mutex_);
  keep(store_.append(event));
}

void Collection::note(std::string_view key, std::string_view value) {
  const std::lock_guard lock(mutex_);
  keep(store_.put_note(key, value));
}

Gap Collection::gap_of(const Asked& asked, const ApiError& error) {
  Gap gap;
  gap.reason = reason_of(error.kind);
  gap.subject = asked.subject;
  gap.component = asked.component;
  gap.detail = detail_of(asked, error);
  gap.action = fmt::format("{}:{}", info(asked.service).cli, asked.operation);
  gap.window = asked.window;
  return gap;
}

void Collection::failed(const Asked& asked, const ApiError& error) {
  {
    const std::lock_guard lock(mutex_);
    failures_[error.kind].insert(fmt::format("{}:{}", info(asked.service).cli, asked.operation));
  }
  put(gap_of(asked, error));
  end_if_refused(error);
}

void Collection::end_if_refused(const ApiError& error) {
  if (error.kind != Kind::kCredentials && error.kind != Kind::kSkew) return;
  const bool answered = !error.code.empty();  // else: none were found, and the message says so
  stop(Error{ErrorCode::kCredentials,
             answered ? fmt::format("AWS does not accept the credentials: {}", error.text()) : error.message,
             {},
             error.hint});
}

void Collection::stop(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  stopped_ = true;
}

std::optional<Error> Collection::stopped_by() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

Result<void> Collection::check_anything_came(const Client& client) const {
  if (client.succeeded() > 0) return {};
  const std::string endpoint = endpoint_url(client.session(), Service::kLogs);
  const std::lock_guard lock(mutex_);
  if (const auto trouble = client.last_trouble()) {
    if (failures_.contains(Kind::kThrottled))
      return fail(ErrorCode::kUnreachable,
                  fmt::format("AWS throttled {} operations for as long as they were waited for, and answered "
                              "nothing else ({})",
                              failures_.at(Kind::kThrottled).size(), trouble->text()),
                  endpoint,
                  "others use up the account's request quotas, or the service is in trouble: wait some "
                  "minutes, then run it again; a shorter window and --baseline ask less");
    if (failures_.contains(Kind::kTransient))
      return fail(ErrorCode::kUnreachable,
                  fmt::format("AWS answered nothing but faults of its own: {}", trouble->text()), endpoint,
                  "see https://health.aws.amazon.com, then run it again");
    return fail(ErrorCode::kUnreachable, fmt::format("AWS gave no answer to anything: {}", trouble->message),
                endpoint, "check the network, --region, --endpoint-url and proxies");
  }
  if (failures_.size() == 1 && failures_.contains(Kind::kDenied)) {
    std::string actions;
    for (const auto& action : failures_.at(Kind::kDenied)) actions += (actions.empty() ? "" : ", ") + action;
    return fail(ErrorCode::kDenied, fmt::format("these credentials may do nothing of it: {}", actions),
                endpoint, "ask for these actions; `culprit doctor` prints them as an IAM policy");
  }
  return {};
}

bool Collection::spend(double usd) {
  const std::lock_guard lock(mutex_);
  if (options_.max_cost_usd && spent_usd_ + usd > *options_.max_cost_usd) return false;
  spent_usd_ += usd;
  return true;
}

}  // namespace culprit::aws
