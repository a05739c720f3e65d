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
#include "sources/aws/storm.h"
#include "telemetry/journal_entry.h"

namespace culprit::aws {

// All functions may be called from several threads at once.
class Client {
 public:
  using Journal = std::function<void(const JournalEntry&)>;
  using Notice = std::function<void(std::string_view)>;  // a line for the user while a call waits

  Client(const Session& session, HttpTransport& transport, Clock& clock, Journal journal = {},
         Notice notice = {});

  // One request until it is answered or given up. `page` from 1, for the journal.
  ApiResult<boost::json::object> call(Service service, std::string_view operation,
                                      const boost::json::object& parameters, int page = 1);

  const Session& session() const { return session_; }
  CredentialProvider& credentials() { return credentials_; }
  Clock& clock() { return clock_; }

  // Requests that brought what was asked for, other than who asks.
  std::uint64_t succeeded() const { return succeeded_; }
  // The service's clock minus ours, from the last Date header; nullopt before any.
  std::optional<Duration> clock_offset() const;
  // The last throttling, fault of a service or silence that a call was given up for.
  std::optional<ApiError> last_trouble() const;

 private:
  struct Attempt;
  ApiResult<boost::json::object> attempt(Service service, std::string_view operation,
                                         const boost::json::object& parameters,
                                         const Credentials& credentials, Attempt& outcome);
  ApiResult<boost::json::object> try_until(Service service, std::string_view operation,
                                           const boost::json::object& parameters, Attempt& outcome);
  RateLimiter& limiter(Service service, std::string_view operation);
  void note_date(std::string_view date);
  void note_outcome(Service service, std::string_view operation,
                    const ApiResult<boost::json::object>& answer);
  std::optional<ApiError> hopeless(Service service, std::string_view operation) const;
  std::optional<Duration> wait_before_retry(std::string_view action, std::string_view operation,
                                            const ApiError& error, const Attempt& outcome, Time started);
  int attempts_for(ApiError::Kind kind, std::string_view operation) const;
  std::string hint_for(const ApiError& error) const;

  const Session& session_;
  HttpTransport& transport_;
  Clock& clock_;
  Journal journal_;
  CredentialProvider credentials_;
  Notice notice_;
  StormWatch storms_;
  std::atomic<std::uint64_t> succeeded_{0};
  std::atomic<std::int64_t> skew_ms_{0};  // added to our clock when signing
  std::atomic<bool> query_for_cloudwatch_{false};
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RateLimiter>, std::less<>> limiters_;
  std::map<std::string, ApiError, std::less<>> dead_;  // endpoints without an answer: not asked again
  std::map<std::string, int, std::less<>> faults_;     // calls of an operation in a row that met a fault
  std::optional<ApiError> last_trouble_;
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
