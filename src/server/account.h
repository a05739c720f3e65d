// The account that the server plays: its evidence, its clock and its name.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"
#include "store/store.h"

namespace culprit::server {

// Evidence as it was at one moment, kept as long as somebody reads it.
using Evidence = std::shared_ptr<const Store>;

// Where evidence comes from: a capsule stays as it is, a live store grows. Called from several threads at
// once.
class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;
  virtual Result<Evidence> current() = 0;
};

// A store that does not change; `owner` is what it lives in.
std::unique_ptr<EvidenceSource> fixed_evidence(std::shared_ptr<const Store> store);

// What the clock of the account shows.
class AccountClock {
 public:
  // The real time.
  AccountClock() = default;
  // A replayed moment, standing still or running `speed` times as fast as the real time.
  AccountClock(Time replayed, double speed);

  Time now() const;
  // Replay: nothing later than now() may be seen.
  bool replays() const { return replayed_.has_value(); }

 private:
  std::optional<Time> replayed_;
  double speed_ = 0;
  Time started_{};
};

struct AccountName {
  std::string id = "123456789012";
  std::string region = "us-east-1";
  std::string arn;  // of who asks
};

// The name that the evidence bears: noted when it was collected, else of an ARN in it.
AccountName name_of(const Store& store);

struct Live;
class QueryJobs;

class Account {
 public:
  Account(std::unique_ptr<EvidenceSource> source, AccountClock clock, AccountName name);
  ~Account();

  // Throws ApiFault (InternalServiceError) when the evidence cannot be read.
  Evidence evidence() const;

  Time now() const { return clock_.now(); }
  bool replays() const { return clock_.replays(); }
  // End (exclusive) of what may be seen; Time::max() where the real time runs.
  Time horizon() const;
  const AccountName& name() const { return name_; }

  // What clients may change. Throws ApiFault where nothing may be changed.
  Live& live() const;
  bool is_live() const { return live_ != nullptr; }
  void make_live(Live& live) { live_ = &live; }

  // Of Logs Insights; in a replay too.
  QueryJobs& queries() { return *queries_; }

 private:
  std::unique_ptr<EvidenceSource> source_;
  AccountClock clock_;
  AccountName name_;
  Live* live_ = nullptr;
  std::unique_ptr<QueryJobs> queries_;
};

// Throws ApiFault for an error of the store.
template <class T>
T taken(Result<T> result);

[[noreturn]] void throw_store_error(const Error& error);

template <class T>
T taken(Result<T> result) {
  if (!result) throw_store_error(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace culprit::server
