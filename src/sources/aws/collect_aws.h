// Collects an incident window from a live AWS account (or any endpoint with its protocols) into a store.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "store/store.h"
#include "system/system.h"
#include "telemetry/window.h"

namespace culprit {

// As on the AWS CLI; empty = from the environment, then the profile.
struct AwsOptions {
  std::string profile;
  std::string region;
  std::string endpoint_url;
  bool debug = false;
  bool verify_tls = true;
};

struct CollectAwsOptions {
  AwsOptions aws;
  Window window;
  Window baseline;   // before it
  Duration tail{0};  // after it
  std::uint64_t max_log_bytes = 512ull << 20;
  std::optional<double> max_cost_usd;
};

struct PlannedCall {
  std::string action;  // "logs:FilterLogEvents"
  std::string what;
  std::uint64_t calls = 0;  // estimated
  std::uint64_t bytes = 0;  // estimated
  double usd = 0;           // estimated, list price us-east-1
};

struct Preflight {
  std::vector<PlannedCall> calls;
  std::vector<std::string> permissions;  // IAM actions, sorted
  std::uint64_t total_calls = 0, total_bytes = 0;
  double total_usd = 0;
  std::string account, region, endpoint, credential_source;  // account empty until asked
  std::string text() const;                                  // for stderr
};

// What would be asked; makes no call. kUsage, kCredentials.
Result<Preflight> plan_collection(const System& system, const CollectAwsOptions& options);

// What is denied or missing becomes a recorded gap. kCredentials (what came before is in the store, with gaps
// for the rest: commit it), kUnreachable and kDenied when nothing at all came, kCostCap, kStorage.
Result<void> collect_aws(const System& system, const CollectAwsOptions& options, StoreWriter& store,
                         Progress& progress);

enum class DoctorStatus { kOk, kWarning, kFailed, kSkipped };
struct DoctorLine {
  DoctorStatus status = DoctorStatus::kOk;
  std::string check;  // "credentials", "clock", "permission logs:FilterLogEvents", "log group …", "metric …"
  std::string detail;                        // what was found
  std::string hint;                          // what to do
  ErrorCode code = ErrorCode::kExpectation;  // of a failed check
};
struct DoctorReport {
  std::vector<DoctorLine> lines;
  std::string missing_policy;  // least IAM policy document (JSON) for what is missing, or empty
  bool ok() const;
  int exit_code() const;  // 0; the class of a failure that stops everything (credentials, endpoint); 1
};
// One by one; never fails as a whole. `notice` hears why it takes long.
DoctorReport doctor(const System& system, const AwsOptions& options,
                    const std::function<void(std::string_view)>& notice = {});

}  // namespace culprit
