#include "server/api.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <exception>

#include "base/digest.h"
#include "base/printable.h"
#include "server/gzip.h"
#include "server/operations.h"
#include "server/prometheus_text.h"

namespace culprit::server {

namespace {

constexpr std::size_t kUnknownMax = 200;

// A version 4 UUID.
std::string new_request_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const std::string hex = to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

// How a refused signature is called in each form, and with which status.
ApiFault fault_of(const aws::SignatureRefusal& refusal, WireForm form) {
  using aws::SignatureFault;
  const bool query = form == WireForm::kQuery;
  switch (refusal.fault) {
    case SignatureFault::kMissing:
      return {query ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException",
              "Request is missing Authentication Token", query ? 403 : 400};
    case SignatureFault::kIncomplete:
      return {query ? "IncompleteSignature" : "IncompleteSignatureException", refusal.message,
              query ? 403 : 400};
    case SignatureFault::kUnknownKey:
      return {query ? "InvalidClientTokenId" : "UnrecognizedClientException", refusal.message,
              query ? 403 : 400};
    case SignatureFault::kExpired:
      return {query ? "RequestExpired" : "InvalidSignatureException", refusal.message, query ? 400 : 400};
    default:
      return {query ? "SignatureDoesNotMatch" : "InvalidSignatureException", refusal.message,
              query ? 403 : 400};
  }
}

HttpReply plain(int status, std::string body) {
  HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

struct Api::Outcome {
  std::string operation = "-";  // "logs:FilterLogEvents"
  std::string access_key_id;
  std::string fault;
  bool known = false;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
};

Api::Api(Account& account, ApiOptions options) : account_(account), options_(std::move(options)) {}

HttpReply Api::answer(const HttpCall& call) {
  const bool reads = call.method == "GET" || call.method == "HEAD";
  if (reads && call.path == "/healthz") return plain(200, "ok\n");
  if (reads && call.path == "/readyz") {
    try {
      (void)account_.evidence();
      return plain(200, "ready\n");
    } catch (const ApiFault& fault) {
      return plain(503, fault.message + "\n");
    }
  }
  if (reads && call.path == "/metrics") {
    HttpReply reply = plain(200, metrics_text());
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return reply;
  }
  Outcome outcome;
  HttpReply reply = answer_api(call, outcome);
  note(call, reply, outcome);
  return reply;
}

HttpReply Api::answer_api(const HttpCall& call, Outcome& outcome) {
  const std::string request_id = new_request_id();
  WireTarget target;
  target.form = form_of(call);
  target.query_mode = call.header("x-amzn-query-mode") == "true";
  const auto refused = [&](const ApiFault& fault) {
    outcome.fault = fault.code;
    return write_fault(target, fault, request_id);
  };
  try {
    if (call.method != "POST" &&
        !(call.method == "GET" && target.form == WireForm::kQuery && !call.query.empty()))
      throw ApiFault{target.form == WireForm::kQuery ? "InvalidAction" : "UnknownOperationException",
                     "The requested operation is not one of this server.", 404};
    // The signature is of the bytes as they were sent, and is checked before they are worked on.
    const std::string signed_for = check_signer(call, target.form, outcome.access_key_id);
    std::string unpacked;
    std::string_view body = call.body;
    if (call.header("content-encoding") == "gzip") {
      auto plain_body = gunzip(call.body, options_.body_bytes_max);
      if (!plain_body) throw ApiFault{"RequestEntityTooLarge", plain_body.error().what, 413};
      unpacked = std::move(*plain_body);
      body = unpacked;
    }
    target = target_of(call, body);
    outcome.operation = fmt::format("{}:{}", aws::info(target.service).cli, target.operation);
    if (const auto service = aws::info(target.service).signing_name;
        !signed_for.empty() && signed_for != service)
      throw fault_of({aws::SignatureFault::kForeignScope,
                      fmt::format("Credential should be scoped to correct service: '{}'.", service)},
                     target.form);
    const boost::json::object answer = run(target, call, body, request_id, outcome.access_key_id);
    outcome.known = true;
    return write_answer(target, answer, request_id);
  } catch (const ApiFault& fault) {
    outcome.known = find_operation(target.service, target.operation) != nullptr;
    return refused(fault);
  } catch (const std::exception& error) {
    return refused(ApiFault{"InternalFailure",
                            fmt::format("The request could not be processed: {}", error.what()), 500});
  }
}

std::string Api::check_signer(const HttpCall& call, WireForm form, std::string& access_key_id) const {
  if (!options_.keys) return {};
  const Time now =
      options_.clock ? options_.clock() : std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const aws::SigningRequest request{call.method, call.path, call.query, call.headers, call.body};
  const auto signer = aws::check_signature(request, {}, now, [&](std::string_view id) {
    const auto* key = options_.keys->find(id);
    return key == nullptr ? std::nullopt : std::optional(key->secret);
  });
  if (!signer) throw fault_of(signer.error(), form);
  access_key_id = signer->access_key_id;
  return signer->service;
}

boost::json::object Api::run(const WireTarget& target, const HttpCall& call, std::string_view body,
                             const std::string& request_id, const std::string& access_key_id) {
  const Operation* operation = find_operation(target.service, target.operation);
  if (operation == nullptr) {
    note_unknown(target);
    if (target.form == WireForm::kQuery)
      throw ApiFault{"InvalidAction", fmt::format("Could not find operation {} for version {}",
                                                  target.operation, target.version)};
    throw ApiFault{"UnknownOperationException", ""};
  }
  const AccessKey* key = options_.keys ? options_.keys->find(access_key_id) : nullptr;
  const bool may_write = (key == nullptr || !key->read_only) && account_.is_live();
  if (operation->access == Access::kWrite && !may_write)
    throw ApiFault{target.form == WireForm::kQuery ? "AccessDenied" : "AccessDeniedException",
                   fmt::format("User: {} is not authorized to perform: {}:{} because {}", account_.name().arn,
                               aws::info(target.service).cli, target.operation,
                               !account_.is_live() ? "a replayed incident is read-only"
                                                   : "this access key is for reading only"),
                   target.form == WireForm::kQuery ? 403 : 400};
  const boost::json::object parameters = read_parameters(target, call, body);
  return operation->run(account_,
                        {Parameters(parameters, refusal_code(target.service)), request_id, access_key_id});
}

void Api::note_unknown(const WireTarget& target) {
  const std::string name =
      printable_text(fmt::format("{}:{}", aws::info(target.service).cli, target.operation), 100);
  const std::lock_guard lock(mutex_);
  if (unknown_.contains(name) || unknown_.size() < kUnknownMax) ++unknown_[name];
}

void Api::note(const HttpCall& call, const HttpReply& reply, const Outcome& outcome) {
  const double seconds = outcome.seconds();
  {
    const std::lock_guard lock(mutex_);
    if (outcome.known) {
      auto& count = counts_[outcome.operation];
      ++count.calls;
      count.seconds += seconds;
      if (reply.status >= 400) ++count.faults;
    } else if (!outcome.fault.empty()) {
      ++signature_faults_[outcome.fault];
    }
  }
  if (!options_.access_log) return;
  options_.access_log(fmt::format("{} {} {} {} {} {} {:.1f}ms {}",
                                  format_utc(std::chrono::floor<Duration>(std::chrono::system_clock::now())),
                                  call.peer, outcome.access_key_id.empty() ? "-" : outcome.access_key_id,
                                  printable_text(outcome.operation, 100), reply.status, reply.body.size(),
                                  seconds * 1000, outcome.fault.empty() ? "-" : outcome.fault));
}

std::string Api::metrics_text() const {
  const std::lock_guard lock(mutex_);
  return prometheus_text(counts_, unknown_, signature_faults_, http_);
}

std::map<std::string, std::uint64_t> Api::unknown_operations() const {
  const std::lock_guard lock(mutex_);
  return unknown_;
}

}  // namespace culprit::server
