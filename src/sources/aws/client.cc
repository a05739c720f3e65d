#include "sources/aws/client.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <unordered_set>

#include "sources/aws/cli_command.h"

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;

constexpr int kThrottledAttempts = 10;
constexpr int kTransientAttempts = 5;
constexpr int kUnreachableAttempts = 4;
constexpr int kUnreadableAttempts = 3;
constexpr int kMaxPages = 10'000;
constexpr int kGivenUpCalls = 2;  // of one operation, in a row, before it is left alone

// "Tue, 24 Nov 2026 05:00:00 GMT"
std::optional<Time> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::from_time_t(timegm(&parts)));
}

Duration retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds{std::clamp(seconds, 0, 60)};
}

ApiError from_transport(const TransportError& error) {
  ApiError out;
  out.kind = error.too_large ? Kind::kUnreadable : Kind::kUnreachable;
  out.message = error.what;
  return out;
}

bool is_aws(std::string_view endpoint) { return endpoint.find(".amazonaws.com") != std::string_view::npos; }

}  // namespace

struct Client::Attempt {
  std::size_t answer_bytes = 0;
  Duration wait{0};    // as the service asked
  bool final = false;  // trying again cannot help
  bool answered = false;
  int count = 0;
};

Client::Client(const Session& session, HttpTransport& transport, Clock& clock, Journal journal)
    : session_(session),
      transport_(transport),
      clock_(clock),
      journal_(std::move(journal)),
      credentials_(CredentialContext{session, transport, clock}) {}

RateLimiter& Client::limiter(Service service, std::string_view operation) {
  const std::lock_guard lock(mutex_);
  auto it = limiters_.find(operation);
  if (it == limiters_.end()) {
    // Quotas are AWS's; another endpoint is asked as fast as it answers until it throttles.
    constexpr double kElsewhere = 500;
    const double rate = is_aws(endpoint_url(session_, service)) ? quota_per_second(operation) : kElsewhere;
    it = limiters_.emplace(std::string(operation), std::make_unique<RateLimiter>(rate)).first;
  }
  return *it->second;
}

void Client::note_date(std::string_view date) {
  const auto theirs = parse_http_date(date);
  if (!theirs) return;
  const std::lock_guard lock(mutex_);
  clock_offset_ = *theirs - clock_.now();
}

std::optional<Duration> Client::clock_offset() const {
  const std::lock_guard lock(mutex_);
  return clock_offset_;
}

std::string Client::last_unreachable() const {
  const std::lock_guard lock(mutex_);
  return dead_.empty() ? std::string() : dead_.begin()->second.message;
}

void Client::mark_dead(Service service, const ApiError& error) {
  const std::lock_guard lock(mutex_);
  dead_.insert_or_assign(service, error);
}

// Why asking would be in vain: the service gave no answer, or the operation only throttled.
std::optional<ApiError> Client::hopeless(Service service, std::string_view operation) const {
  const std::lock_guard lock(mutex_);
  if (const auto it = dead_.find(service); it != dead_.end()) return it->second;
  if (const auto it = storms_.find(operation); it != storms_.end() && it->second.given_up >= kGivenUpCalls)
    return it->second.last;
  return std::nullopt;
}

void Client::note_storm(std::string_view operation, const ApiResult<boost::json::object>& answer) {
  const std::lock_guard lock(mutex_);
  if (answer) {
    storms_.erase(std::string(operation));
  } else if (answer.error().kind == Kind::kThrottled) {
    Storm& storm = storms_[std::string(operation)];
    ++storm.given_up;
    storm.last = answer.error();
  }
}

int Client::attempts_for(Kind kind) const {
  const int ours = session_.max_attempts;
  switch (kind) {
    case Kind::kThrottled:
      return ours > 0 ? ours : kThrottledAttempts;
    case Kind::kTransient:
      return ours > 0 ? ours : kTransientAttempts;
    case Kind::kUnreachable:
      return ours > 0 ? ours : kUnreachableAttempts;
    case Kind::kUnreadable:
      return ours > 0 ? ours : kUnreadableAttempts;
    case Kind::kSkew:
      return 2;
    default:
      return 1;
  }
}

ApiResult<boost::json::object> Client::attempt(Service service, std::string_view operation,
                                               const boost::json::object& parameters,
                                               const Credentials& credentials, Attempt& outcome) {
  const bool query = service == Service::kCloudWatch && query_for_cloudwatch_;
  const Protocol protocol = query ? Protocol::kQuery : info(service).protocol;
  const Time now = clock_.now() + Duration{skew_ms_};
  const auto response =
      transport_.send(make_request(service, protocol, operation, parameters, endpoint_url(session_, service),
                                   session_.region, &credentials.keys, now));
  outcome.final = false;
  if (!response) {
    outcome.final = !response.error().retryable;
    return tl::unexpected(from_transport(response.error()));
  }
  outcome.answered = true;
  outcome.answer_bytes += response->body.size();
  outcome.wait = retry_after(*response);
  note_date(response->header("date"));
  if (service == Service::kCloudWatch && !query && refuses_json(*response)) {
    query_for_cloudwatch_ = true;
    return attempt(service, operation, parameters, credentials, outcome);
  }
  auto answer = read_answer(protocol, *response);
  if (!answer && answer.error().kind == Kind::kSkew)
    if (const auto offset = clock_offset()) skew_ms_ = offset->count();
  return answer;
}

ApiResult<boost::json::object> Client::try_until(Service service, std::string_view operation,
                                                 const boost::json::object& parameters, Attempt& outcome) {
  RateLimiter& pace = limiter(service, operation);
  bool renewed = false;
  for (int count = 1;; ++count) {
    auto credentials = credentials_.get();
    if (!credentials) {
      ApiError error;
      error.kind =
          credentials.error().code == ErrorCode::kUnreachable ? Kind::kUnreachable : Kind::kCredentials;
      error.message = credentials.error().where.empty()
                          ? credentials.error().what
                          : credentials.error().where + ": " + credentials.error().what;
      error.hint = credentials.error().hint;
      return tl::unexpected(std::move(error));
    }
    outcome.count = count;
    pace.acquire(clock_);
    auto answer = attempt(service, operation, parameters, *credentials, outcome);
    if (answer) {
      pace.on_success();
      return answer;
    }
    ApiError& error = answer.error();
    error.attempts = count;
    if (error.kind == Kind::kThrottled) pace.on_throttled();
    if (error.kind == Kind::kCredentials && error.code.starts_with("ExpiredToken") && !renewed) {
      renewed = true;
      if (credentials_.renew(*credentials)) continue;
    }
    if (outcome.final || count >= attempts_for(error.kind)) return answer;
    clock_.sleep(std::max(outcome.wait, error.kind == Kind::kSkew ? Duration{0} : backoff(count)));
  }
}

std::string Client::hint_for(const ApiError& error) const {
  if (error.kind == Kind::kSkew)
    return "set this machine's clock: it differs from AWS's by more than five minutes";
  if (error.kind != Kind::kCredentials) return {};
  if (error.code.starts_with("ExpiredToken"))
    return fmt::format("sign in again (`aws sso login --profile {}`), or renew the temporary keys",
                       session_.profile);
  return fmt::format("check the keys with `aws sts get-caller-identity{}`", session_.cli_flags());
}

ApiResult<boost::json::object> Client::call(Service service, std::string_view operation,
                                            const boost::json::object& parameters, int page) {
  if (auto error = hopeless(service, operation)) return tl::unexpected(std::move(*error));
  JournalEntry entry;
  entry.time = clock_.now();
  Attempt outcome;
  auto answer = try_until(service, operation, parameters, outcome);
  note_storm(operation, answer);
  if (!answer && answer.error().kind == Kind::kUnreachable) {
    answer.error().message = fmt::format("{}: {}", endpoint_url(session_, service), answer.error().message);
    mark_dead(service, answer.error());
  }
  if (!answer && answer.error().hint.empty()) answer.error().hint = hint_for(answer.error());
  const bool settled =
      answer || (answer.error().kind != Kind::kUnreachable && answer.error().kind != Kind::kThrottled &&
                 answer.error().kind != Kind::kTransient);
  if (settled && outcome.answered) ++answered_;
  if (journal_) {
    entry.action = fmt::format("{}:{}", info(service).cli, operation);
    entry.request = cli_command(service, operation, parameters, session_.cli_flags());
    if (page > 1) entry.request += fmt::format("  # page {}", page);
    entry.outcome = answer ? "ok" : answer.error().text();
    entry.answer_bytes = static_cast<std::int64_t>(outcome.answer_bytes);
    entry.duration = clock_.now() - entry.time;
    entry.attempts = std::max(1, outcome.count);
    journal_(entry);
  }
  return answer;
}

ApiResult<void> for_each_page(Client& client, Service service, std::string_view operation,
                              boost::json::object parameters, std::string_view token_name,
                              const std::function<bool(boost::json::object&)>& visit) {
  std::unordered_set<std::size_t> seen;
  const auto broken = [](std::string message) {
    ApiError error;
    error.kind = Kind::kUnreadable;
    error.message = std::move(message);
    return tl::unexpected(std::move(error));
  };
  for (int page = 1; page <= kMaxPages; ++page) {
    auto answer = client.call(service, operation, parameters, page);
    if (!answer) return tl::unexpected(answer.error());
    const auto* token = answer->if_contains(token_name);
    const std::string next =
        token != nullptr && token->is_string() ? std::string(token->get_string()) : std::string();
    if (!visit(*answer)) return {};
    if (next.empty()) return {};
    if (!seen.insert(std::hash<std::string>{}(next)).second)
      return broken(fmt::format("{} gave the same page token twice", operation));
    parameters.insert_or_assign(token_name, next);
  }
  return broken(fmt::format("{} did not end after {} pages", operation, kMaxPages));
}

}  // namespace culprit::aws
