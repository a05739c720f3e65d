#include "sources/aws/storm.h"

#include <algorithm>

namespace culprit::aws {

namespace {
constexpr Duration kAnnounceAfter{2'000};
}

StormWatch::Operation& StormWatch::at(std::string_view operation) {
  const auto it = operations_.find(operation);
  return it != operations_.end() ? it->second : operations_[std::string(operation)];
}

void StormWatch::lose(Operation& operation) {
  if (!operation.lost) ++lost_in_vain_;
  operation.lost = true;
}

void StormWatch::on_success(std::string_view operation) {
  const std::lock_guard lock(mutex_);
  const auto it = operations_.find(operation);
  if (it == operations_.end()) return;
  if (it->second.since) lost_in_vain_ = 0;
  operations_.erase(it);
}

StormWatch::Outlook StormWatch::on_throttled(std::string_view name, const ApiError& error, Time now) {
  const std::lock_guard lock(mutex_);
  Operation& operation = at(name);
  operation.last = error;
  if (!operation.since) operation.since = now;
  Outlook out;
  out.whole = lost_in_vain_ == 0;
  const Duration patience = out.whole                     ? kPatience
                            : lost_in_vain_ < kLostInVain ? kPatienceLater
                                                          : Duration{0};
  const Duration lasted = now - *operation.since;
  out.left = operation.lost ? Duration{0} : std::max(Duration{0}, patience - lasted);
  if (out.left.count() == 0) lose(operation);
  out.announce = out.left.count() > 0 && lasted >= kAnnounceAfter && !operation.announced;
  operation.announced = operation.announced || out.announce;
  return out;
}

void StormWatch::on_given_up(std::string_view name, const ApiError& error) {
  const std::lock_guard lock(mutex_);
  Operation& operation = at(name);
  operation.last = error;
  if (++operation.calls_given_up >= kCallsGivenUp) lose(operation);
}

std::optional<ApiError> StormWatch::lost(std::string_view operation) const {
  const std::lock_guard lock(mutex_);
  const auto it = operations_.find(operation);
  if (it == operations_.end() || !it->second.lost) return std::nullopt;
  return it->second.last;
}

}  // namespace culprit::aws
