// From an HTTP request to its answer: health and metrics, else signature, form, operation.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "aws_wire/sigv4_check.h"
#include "server/access_keys.h"
#include "server/account.h"
#include "server/http_server.h"
#include "server/wire_form.h"

namespace culprit::server {

struct ApiOptions {
  std::optional<AccessKeys> keys;                         // none: nobody has to sign
  std::size_t body_bytes_max = std::size_t{24} << 20;     // unpacked
  std::function<void(std::string_view line)> access_log;  // called from several threads, one line a call
  std::function<Time()> clock;                            // of signatures; empty: the real time
};

// What came of one operation so far.
struct OperationCount {
  std::uint64_t calls = 0;
  std::uint64_t faults = 0;
  double seconds = 0;
};

// May be called from several threads at once.
class Api {
 public:
  Api(Account& account, ApiOptions options);

  HttpReply answer(const HttpCall& call);

  // Prometheus' text form; `http` adds what the server counts.
  std::string metrics_text() const;
  void show_counts_of(const HttpCounts& http) { http_ = &http; }
  // Operations that were asked for and that there are not, with how often.
  std::map<std::string, std::uint64_t> unknown_operations() const;

 private:
  struct Outcome;
  HttpReply answer_api(const HttpCall& call, Outcome& outcome);
  // The service that it was signed for; empty when nobody has to sign. Throws ApiFault.
  std::string check_signer(const HttpCall& call, WireForm form, std::string& access_key_id) const;
  boost::json::object run(const WireTarget& target, const HttpCall& call, std::string_view body,
                          const std::string& request_id, const std::string& access_key_id);
  void note_unknown(const WireTarget& target);
  void note(const HttpCall& call, const HttpReply& reply, const Outcome& outcome);

  Account& account_;
  const ApiOptions options_;
  const HttpCounts* http_ = nullptr;
  mutable std::mutex mutex_;
  std::map<std::string, OperationCount> counts_;           // by "service:Operation"
  std::map<std::string, std::uint64_t> unknown_;           // bounded
  std::map<std::string, std::uint64_t> signature_faults_;  // by code
};

}  // namespace culprit::server
