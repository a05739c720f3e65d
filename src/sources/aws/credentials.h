// Credentials in the AWS CLI's order:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-authentication.html
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "aws_wire/sigv4.h"
#include "base/error.h"
#include "sources/aws/clock.h"
#include "sources/aws/http.h"
#include "sources/aws/session.h"

namespace culprit::aws {

struct Credentials {
  SigningCredentials keys;
  std::optional<Time> expiration;
  std::string source;  // for people: "environment", "profile 'x' (credentials file)" …
};

// What a source may use.
struct CredentialContext {
  const Session& session;
  HttpTransport& transport;
  Clock& clock;
};

// The source that would be used, by name, without a call. kCredentials when there is none.
Result<std::string> name_credential_source(const Session& session);

// Walks the chain once. kCredentials says what to run.
Result<Credentials> load_credentials(const CredentialContext& context);

// Keeps credentials and renews them before they expire. Thread-safe.
class CredentialProvider {
 public:
  explicit CredentialProvider(CredentialContext context) : context_(context) {}

  Result<Credentials> get();
  // After a service called `stale` expired: new ones, or kCredentials when there are no newer.
  Result<Credentials> renew(const Credentials& stale);

 private:
  CredentialContext context_;
  std::mutex mutex_;
  std::optional<Credentials> held_;
};

}  // namespace culprit::aws
