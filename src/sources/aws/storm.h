// How long throttling without end is waited out. The limit is on time and shared by all operations: a
// collection asks a dozen of them, and ten attempts at each would add up to many minutes.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sources/aws/protocol.h"

namespace culprit::aws {

// An operation that only throttles is waited for until its patience has run out or kCallsGivenUp calls of it
// were given up; then it is lost and not asked again. The first one gets kPatience. After one was waited for
// in vain the next get kPatienceLater, after kLostInVain of them one try each: whoever still answers is still
// heard. An operation that answers after throttling shows that waiting helps, and patience is whole again.
// Thread-safe.
class StormWatch {
 public:
  static constexpr Duration kPatience{30'000};
  static constexpr Duration kPatienceLater{5'000};
  static constexpr int kLostInVain = 3;
  static constexpr int kCallsGivenUp = 2;  // in a row

  struct Outlook {
    Duration left{0};       // how much longer the operation may be waited for; 0 = it is lost
    bool whole = false;     // nothing was waited for in vain so far
    bool announce = false;  // long enough for the user to be told, once an operation
  };

  void on_success(std::string_view operation);
  // A throttled answer; counts what is left from the first one in a row.
  Outlook on_throttled(std::string_view operation, const ApiError& error, Time now);
  // A call ended throttled.
  void on_given_up(std::string_view operation, const ApiError& error);
  // Why the operation is not asked again; nullopt while it may be asked.
  std::optional<ApiError> lost(std::string_view operation) const;

 private:
  struct Operation {
    std::optional<Time> since;
    int calls_given_up = 0;
    bool lost = false;
    bool announced = false;
    ApiError last;
  };
  Operation& at(std::string_view operation);
  void lose(Operation& operation);

  mutable std::mutex mutex_;
  std::map<std::string, Operation, std::less<>> operations_;
  int lost_in_vain_ = 0;
};

}  // namespace culprit::aws
