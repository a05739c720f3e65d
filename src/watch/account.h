// Where a watch's data come from.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "sources/aws/collect_aws.h"
#include "store/store.h"
#include "telemetry/window.h"

namespace culprit {

// What was collected of a window.
struct Batch {
  std::unique_ptr<Store> store;
  // Why part of it did not come and should be asked for again; empty = all that is to be had is there. What
  // is denied or does not exist is no trouble: asking again does not help (the store's gaps tell it).
  std::string trouble;
  bool nothing = false;  // with trouble: nothing came at all
};

class Account {
 public:
  virtual ~Account() = default;
  // Into a new store at `directory`. Errors: kStorage, kUsage, kInput; what the account does is no error but
  // trouble.
  virtual Result<Batch> collect(const Window& window, const std::filesystem::path& directory) = 0;
  // By what alarms are decided: names of log groups, and metrics as to_string() writes them. What else does
  // not come is no trouble.
  virtual void needs(std::set<std::string>) {}
  // The service's clock minus this machine's, as of the last answer, when they differ by more than a minute.
  virtual Duration clock_offset() const { return Duration{0}; }
};

// AWS or any endpoint with its protocols. `system` must outlive it.
std::unique_ptr<Account> live_account(const System& system, const AwsOptions& options,
                                      std::uint64_t max_log_bytes);

// A recording, for a drill. `store` must outlive it.
std::unique_ptr<Account> recorded_account(const Store& store);

}  // namespace culprit
