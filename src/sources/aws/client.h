// Asks AWS: signs, paces, tries again, and tells the journal.
#pragma once

#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sources/aws/credentials.h"
#include "sources/aws/protocol.h"
#include "sources/aws/rate.h"
#include "sources/aws/session.h"
#include "telemetry/journal_entry.h"

namespace culprit::aws {

// All functions may be called from several threads at once.
class Client {
 public:
  using Journal = std::function<void(const JournalEntry&)>;

  Client(const Session& session, HttpTransport& transport, Clock& clock, Journal journal = {});

  // One request until it is answered or given up. `page` from 1, for the journal.
  ApiResult<boost::json::object> call(Service service, std::string_view operation,
                                      const boost::json::object& parameters, int page = 1);

  const Session& session() const { return session_; }
  CredentialProvider& credentials() { return credentials_; }
  Clock& clock() { return clock_; }

  // Requests that a service answered, be it with a refusal.
  std::uint64_t answered() const { return answered_; }
  // The service's clock minus ours, from the last Date header; nullopt before any.
  std::optional<Duration> clock_offset() const;
  // What the last unreachable service said; empty when all could be reached.
  std::string last_unreachable() const;

 private:
  struct Attempt;
  ApiResult<boost::json::object> attempt(Service service, std::string_view operation,
                                         const boost::json::object& parameters,
                                         const Credentials& credentials, Attempt& outcome);
  ApiResult<boost::json::object> try_until(Service service, std::string_view operation,
                                           const boost::json::object& parameters, Attempt& outcome);
  RateLimiter& limiter(Service service, std::string_view operation);
  void note_date(std::string_view date);
  void mark_dead(Service service, const ApiError& error);
  std::optional<ApiError> hopeless(Service service, std::string_view operation) const;
  void note_storm(std::string_view operation, const ApiResult<boost::json::object>& answer);
  int attempts_for(ApiError::Kind kind) const;
  std::string hint_for(const ApiError& error) const;

  const Session& session_;
  HttpTransport& transport_;
  Clock& clock_;
  Journal journal_;
  CredentialProvider credentials_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::int64_t> skew_ms_{0};  // added to our clock when signing
  std::atomic<bool> query_for_cloudwatch_{false};
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RateLimiter>, std::less<>> limiters_;
  std::map<Service, ApiError> dead_;  // services that gave no answer are not asked again
  // Calls of an operation given up in a row for throttling; after a few it is not asked again.
  struct Storm {
    int given_up = 0;
    ApiError last;
  };
  std::map<std::string, Storm, std::less<>> storms_;
  std::optional<Duration> clock_offset_;
};

// Page after page; `visit` returns false to stop. Empty pages with a token are normal; a token that comes
// again is kUnreadable, never a loop.
ApiResult<void> for_each_page(Client& client, Service service, std::string_view operation,
                              boost::json::object parameters, std::string_view token_name,
                              const std::function<bool(boost::json::object&)>& visit);

// Prints each request and answer to stderr, secrets masked.
std::unique_ptr<HttpTransport> make_debug_transport(HttpTransport& inner);

}  // namespace culprit::aws
