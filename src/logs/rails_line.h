// What one line of a Rails log says about a request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "logs/rails.h"

namespace culprit {

struct RailsLine {
  enum class Kind {
    kNone,         // nothing about a request
    kStarted,      // Started GET "/path" for 10.0.0.1 at …
    kProcessing,   // Processing by X#y as JSON
    kCompleted,    // Completed 500 Internal Server Error in 14999ms (…)
    kRaised,       // Some::Error (message)
    kRackTimeout,  // source=rack-timeout … state=timed_out
    kLograge,      // the whole request in one line
    kOther,        // another line with a request's tag
  };
  Kind kind = Kind::kNone;
  std::string_view level;  // "" without Ruby Logger's header
  std::string_view id;     // request id, "" untagged
  std::int64_t pid = 0;
  std::string_view method, path, remote_ip, endpoint;  // path without its query
  int status = 0;
  std::optional<double> duration_ms, database_ms, view_ms;
  std::string_view error_class, error_message;
  std::shared_ptr<RailsRequest> lograge;  // kLograge only
};

// Parses one line (no new line in it).
RailsLine parse_rails_line(std::string_view line);

// "GET /api/v1/accounts/:id/conversations" of "/api/v1/accounts/17/conversations": numbers, uuids, tokens as
// :id.
std::string path_shape(std::string_view method, std::string_view path);

// Rack::Timeout::RequestTimeoutException, RequestTimeoutError, RequestExpiryError, Error.
bool is_rack_timeout(std::string_view class_name);

}  // namespace culprit
