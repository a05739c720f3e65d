// Rails requests out of the web log: Rails' tagged multi-line log or lograge's JSON, joined by request id.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "logs/format.h"

namespace culprit {

struct RailsLine;  // rails_line.h

struct RailsRequest {
  std::string id;        // request id, or empty (lograge without one)
  std::string method;    // "GET"
  std::string path;      // without query
  std::string endpoint;  // "Api::V1::Accounts::ConversationsController#index"; "METHOD path-shape" unknown
  int status = 0;        // 0 = never completed
  std::optional<double> duration_ms, database_ms, view_ms;
  bool rack_timeout = false;  // Rack::Timeout::RequestTimeoutException / …Error
  std::string error_class;    // "ActiveRecord::QueryCanceled", "" none
  std::string error_message;  // first line
  std::string remote_ip;
  Time started, ended;                                             // ended = time of the last line seen
  std::uint64_t first_event = 0, last_event = 0, error_event = 0;  // event numbers; 0 = none
};

// Feed every event of the group in order. `emit` gets each request when it completes, times out of memory
// (bounded number of open requests) or at finish(). Understands both formats line by line.
class RailsAssembler {
 public:
  RailsAssembler();
  ~RailsAssembler();
  RailsAssembler(RailsAssembler&&) noexcept;
  RailsAssembler& operator=(RailsAssembler&&) noexcept;
  using Emit = std::function<void(const RailsRequest&)>;
  // Returns false when the event is no part of a request.
  bool feed(std::uint64_t number, Time time, std::string_view event, const Emit& emit);
  // The same for an event of one line that is parsed already.
  bool feed(std::uint64_t number, Time time, const RailsLine& line, const Emit& emit);
  void finish(const Emit& emit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
