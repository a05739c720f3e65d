#include "sources/aws/client.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <unordered_set>

#include "sources/aws/cli_command.h"

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;

constexpr int kThrottledAttempts = 20;  // StormWatch ends most of them earlier
constexpr int kTransientAttempts = 5;
constexpr int kUnreachableAttempts = 4;
constexpr int kUnreadableAttempts = 3;
constexpr int kMaxPages = 10'000;
constexpr int kFaultyCalls = 2;           // of an operation in a row; later calls of it get one try
constexpr Duration kStormWaitMax{5'000};  // so that the end of a storm is noticed soon
constexpr Duration kRetryAfterMax{30'000};

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
  return std::clamp<Duration>(std::chrono::seconds{std::max(0, seconds)}, Duration{0}, kRetryAfterMax);
}

ApiError from_transport(const TransportError& error, std::string_view endpoint) {
  ApiError out;
  out.kind = error.too_large ? Kind::kUnreadable : Kind::kUnreachable;
  out.message = error.too_large ? error.what : fmt::format("{}: {}", endpoint, error.what);
  return out;
}

}  // namespace

struct Client::Attempt {
  std::size_t answer_bytes = 0;
  Duration wait{0};    // as the service asked
  bool final = false;  // trying again cannot help
  int count = 0;
};

Client::Client(const Session& session, HttpTransport& transport, Clock& clock, Journal journal, Notice notice)
    : session_(session),
      transport_(transport),
      clock_(clock),
      journal_(std::move(journal)),
      credentials_(CredentialContext{session, transport, clock}),
      notice_(std::move(notice)) {}

RateLimiter& Client::limiter(Service service, std::string_view operation) {
  const std::lock_guard lock(mutex_);
  auto it = limiters_.find(operation);
  if (it == limiters_.end()) {
    // Quotas are AWS's; another endpoint is asked as fast as it answers until it throttles.
    constexpr double kElsewhere = 500;
    const double rate = is_aws(session_, service) ? quota_per_second(operation) : kElsewhere;
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

std::optional<ApiError> Client::last_trouble() const {
  const std::lock_guard lock(mutex_);
  return last_trouble_;
}

// Why asking would be in vain: the endpoint gave no answer, or the operation only throttled.
std::optional<ApiError> Client::hopeless(Service service, std::string_view operation) const {
  if (auto lost = storms_.lost(operation)) return lost;
  const std::string endpoint = endpoint_url(session_, service);
  const std::lock_guard lock(mutex_);
  if (const auto it = dead_.find(endpoint); it != dead_.end()) return it->second;
  return std::nullopt;
}

void Client::note_outcome(Service service, std::string_view operation,
                          const ApiResult<boost::json::object>& answer) {
  if (answer) {
    storms_.on_success(operation);
    if (service != Service::kSts) ++succeeded_;
  } else if (answer.error().kind == Kind::kThrottled) {
    storms_.on_given_up(operation, answer.error());
  }
  const std::lock_guard lock(mutex_);
  if (answer || answer.error().kind != Kind::kTransient)
    faults_.erase(std::string(operation));
  else
    ++faults_[std::string(operation)];
  if (answer) return;
  const Kind kind = answer.error().kind;
  if (kind == Kind::kUnreachable) dead_.insert_or_assign(endpoint_url(session_, service), answer.error());
  if (kind == Kind::kUnreachable || kind == Kind::kThrottled || kind == Kind::kTransient)
    last_trouble_ = answer.error();
}

int Client::attempts_for(Kind kind, std::string_view operation) const {
  const int ours = session_.max_attempts;
  switch (kind) {
    case Kind::kThrottled:
      return ours > 0 ? ours : kThrottledAttempts;
    case Kind::kTransient: {
      const std::lock_guard lock(mutex_);
      const auto faulty = faults_.find(operation);
      if (faulty != faults_.end() && faulty->second >= kFaultyCalls) return 1;
      return ours > 0 ? ours : kTransientAttempts;
    }
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
  outcome.wait = Duration{0};
  if (!response) {
    outcome.final = !response.error().retryable;
    return tl::unexpected(from_transport(response.error(), endpoint_url(session_, service)));
  }
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

// How long to wait before the next try; nullopt when trying again would be in vain.
std::optional<Duration> Client::wait_before_retry(std::string_view action, std::string_view operation,
                                                  const ApiError& error, const Attempt& outcome,
                                                  Time started) {
  const Time now = clock_.now();
  if (error.kind == Kind::kSkew) return Duration{0};
  if (error.kind == Kind::kUnreachable || error.kind == Kind::kTransient) {
    // A network that swallows packets costs a time-out an attempt.
    if (now - started >= StormWatch::kPatience) return std::nullopt;
    return std::max(outcome.wait, backoff(outcome.count));
  }
  if (error.kind != Kind::kThrottled) return std::max(outcome.wait, backoff(outcome.count));
  const auto outlook = storms_.on_throttled(operation, error, now);
  if (outlook.announce && notice_)
    notice_(fmt::format("{} is throttled ({}); waiting up to {} for it", action, error.code,
                        format_duration(outlook.left)));
  if (outlook.left.count() == 0) return std::nullopt;
  if (outcome.wait > outlook.left && !outlook.whole) return std::nullopt;
  if (outcome.wait.count() > 0) return outcome.wait;
  return std::min({backoff(outcome.count), kStormWaitMax, outlook.left});
}

ApiResult<boost::json::object> Client::try_until(Service service, std::string_view operation,
                                                 const boost::json::object& parameters, Attempt& outcome) {
  RateLimiter& pace = limiter(service, operation);
  const std::string action = fmt::format("{}:{}", info(service).cli, operation);
  const Time started = clock_.now();
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
    pace.acquire(clock_);
    if (count > 1)  // another thread may have given it up meanwhile
      if (auto error = hopeless(service, operation)) return tl::unexpected(std::move(*error));
    outcome.count = count;
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
    if (outcome.final || count >= attempts_for(error.kind, operation)) return answer;
    const auto wait = wait_before_retry(action, operation, error, outcome, started);
    if (!wait) return answer;
    clock_.sleep(*wait);
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
  if (!answer && answer.error().hint.empty()) answer.error().hint = hint_for(answer.error());
  note_outcome(service, operation, answer);
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
