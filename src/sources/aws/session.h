// What the user's machine says about AWS: profile, region, endpoints. No call is made.
#pragma once

#include <string>

#include "aws_wire/service.h"
#include "sources/aws/collect_aws.h"
#include "sources/aws/config_files.h"
#include "sources/aws/environment.h"

namespace culprit::aws {

struct Session {
  Environment environment{{}};
  ConfigFiles files;
  std::string profile = "default";
  bool profile_flag = false;   // named by --profile: then keys in the environment are not looked at
  std::string profile_wanted;  // the system file's, when this machine knows no profile at all
  Section settings;            // of the profile
  std::string region;
  std::string endpoint_flag;
  bool debug = false;
  bool verify_tls = true;
  int max_attempts = 0;  // AWS_MAX_ATTEMPTS, max_attempts; 0 = ours

  // Flags that make an `aws …` command ask the same account.
  std::string cli_flags() const;
};

// Profile: flag, AWS_PROFILE, AWS_DEFAULT_PROFILE, the system file's, "default". The system file's is left
// aside when keys or a role of the machine stand in the environment, or no profile exists here (an instance
// with a role); when others exist but not this one, asking with another could ask the wrong account. Region:
// flag, AWS_REGION, AWS_DEFAULT_REGION, profile, system file. kCredentials: no such profile; kUsage: no
// region; kInput: unreadable configuration.
Result<Session> open_session(Environment environment, const AwsOptions& options, const System& system);

// Flag, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, [services x], the profile's endpoint_url, then AWS's
// own: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
// Without a final slash. `region` differs from the session's for SSO only.
std::string endpoint_url(const Session& session, Service service, std::string_view region = {});

// Whether that endpoint is AWS itself, with its quotas and retention.
bool is_aws(const Session& session, Service service);

// The moment from which the age of data counts: now. Another endpoint than AWS's may replay an account as it
// was then; there it is `asked_until` when that is earlier, so that the answer does not depend on today.
Time account_time(const Session& session, Service service, Time asked_until, Time now);

}  // namespace culprit::aws
