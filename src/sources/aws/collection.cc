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
      return fmt::format("{} kept throttling after {} attempts", asked.operation, error.attempts);
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
  if (result || stopped_) return;
  error_ = result.error();
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
  if (error.kind == Kind::kCredentials || error.kind == Kind::kSkew) {
    const bool answered = !error.code.empty();  // else: none were found, and the message says so
    return stop(
        Error{ErrorCode::kCredentials,
              answered ? fmt::format("AWS does not accept the credentials: {}", error.text()) : error.message,
              {},
              error.hint});
  }
  put(gap_of(asked, error));
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

bool Collection::spend(double usd) {
  const std::lock_guard lock(mutex_);
  if (options_.max_cost_usd && spent_usd_ + usd > *options_.max_cost_usd) return false;
  spent_usd_ += usd;
  return true;
}

}  // namespace culprit::aws
