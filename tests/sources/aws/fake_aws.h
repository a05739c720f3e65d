// AWS as a function: what each request is answered, with a clock that never really waits.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sources/aws/clock.h"
#include "sources/aws/http.h"
#include "sources/aws/session.h"

namespace culprit::aws {

class FakeClock : public Clock {
 public:
  explicit FakeClock(Time now) : now_(now) {}
  Time now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep(Duration duration) override {
    const std::lock_guard lock(mutex_);
    now_ += duration;
    slept_ += duration;
  }
  Duration slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }

 private:
  mutable std::mutex mutex_;
  Time now_;
  Duration slept_{0};
};

struct Call {
  std::string operation;
  boost::json::object parameters;  // JSON protocols
  HttpRequest request;
};

inline TransportResult<HttpResponse> answer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}
inline TransportResult<HttpResponse> ok(std::string body) { return answer(200, std::move(body)); }
inline TransportResult<HttpResponse> json_error(std::string_view code, int status = 400) {
  return answer(status, "{\"__type\":\"" + std::string(code) + "\",\"message\":\"because\"}");
}
inline TransportResult<HttpResponse> no_answer() {
  return tl::unexpected(TransportError{"Connection refused", true, false});
}

// Answers by operation name; `calls` keeps what was asked. Thread-safe.
class FakeAws : public HttpTransport {
 public:
  using Handler = std::function<TransportResult<HttpResponse>(const Call&)>;

  void on(const std::string& operation, Handler handler) { handlers_[operation] = std::move(handler); }
  void on(const std::string& operation, const std::string& body) {
    handlers_[operation] = [body](const Call&) { return ok(body); };
  }
  Handler otherwise = [](const Call&) { return json_error("ResourceNotFoundException"); };

  TransportResult<HttpResponse> send(const HttpRequest& request) override {
    Call call{operation_of(request), {}, request};
    boost::system::error_code problem;
    if (auto body = boost::json::parse(request.body, problem); !problem && body.is_object())
      call.parameters = body.get_object();
    const std::lock_guard lock(mutex_);
    calls.push_back(call);
    const auto it = handlers_.find(call.operation);
    return it == handlers_.end() ? otherwise(call) : it->second(call);
  }

  std::size_t count(std::string_view operation) const {
    const std::lock_guard lock(mutex_);
    std::size_t n = 0;
    for (const auto& call : calls) n += call.operation == operation ? 1 : 0;
    return n;
  }

  std::vector<Call> calls;

 private:
  // The operation of an AWS request; "METHOD /path" of any other.
  static std::string operation_of(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers)
      if (name == "X-Amz-Target") return value.substr(value.find('.') + 1);
    if (request.body.starts_with("Action=")) return request.body.substr(7, request.body.find('&') - 7);
    const auto host = request.url.find("://") + 3;
    const auto slash = request.url.find('/', host);
    return request.method + " " + request.url.substr(slash, request.url.find('?') - slash);
  }

  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
};

inline std::string header_of(const HttpRequest& request, std::string_view wanted) {
  for (const auto& [name, value] : request.headers)
    if (name == wanted) return value;
  return {};
}

using Variables = std::map<std::string, std::string, std::less<>>;

// A session over given variables; no file of this machine is read unless a variable names it.
inline Session session_with(Variables variables, AwsOptions options = {}, const System& system = {}) {
  variables.try_emplace("AWS_REGION", "us-east-1");
  variables.try_emplace("HOME", "/nonexistent");
  auto session = open_session(Environment(std::move(variables)), options, system);
  if (!session) throw std::runtime_error(session.error().message());
  return std::move(*session);
}
inline Variables with_keys(Variables variables = {}) {
  variables["AWS_ACCESS_KEY_ID"] = "AKENV";
  variables["AWS_SECRET_ACCESS_KEY"] = "secret";
  return variables;
}

}  // namespace culprit::aws
