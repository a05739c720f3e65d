// Failures that any component's log can show, whatever its format: one classifier, one list.
#pragma once

#include <string_view>
#include <vector>

#include "logs/literal_set.h"

namespace culprit {

enum class Failure {
  kRackTimeout,    // Rack::Timeout::RequestTimeoutException, RequestTimeoutError, RequestExpiryError
  kActiveStorage,  // ActiveStorage errors, analysis or variant failing (IntegrityError, FileNotFoundError …)
  kImageProcessing,     // resize_to_fill, ImageProcessing::Error, MiniMagick::Error, Vips::Error
  kS3,                  // Aws::S3::Errors::*, Seahorse::Client::NetworkingError, S3 time-outs
  kMemoryKill,          // exit code 137, OutOfMemory(Error), Killed process, oom-kill
  kMemoryAllocation,    // NoMemoryError, Cannot allocate memory, failed to allocate memory, ENOMEM
  kQueryCanceled,       // ActiveRecord::QueryCanceled, PG::QueryCanceled
  kDatabaseConnection,  // ActiveRecord::ConnectionNotEstablished, ConnectionTimeoutError, PG::ConnectionBad
  kRedis,               // Redis::CannotConnectError, RedisClient::…Error, READONLY
  kUpstreamTimeout,     // Net::ReadTimeout, Net::OpenTimeout, Faraday::TimeoutError, HTTP client time-outs
  kError,               // level ERROR or FATAL in the line's own format
};
// The signal's name (docs/signals.md): "rack_timeouts", "active_storage_failures", …, "errors".
std::string_view to_string(Failure failure);

// All that apply, in the order above. Cheap when nothing applies: one scan. Names alone are no failure: a job
// of ActiveStorage that is done, a path with "timeout" in it, an exit code of 0. May be called from several
// threads.
std::vector<Failure> classify_failure(std::string_view event);

// An event that holds none of these shows no failure: for asking an index first.
std::vector<Literal> failure_literals();

}  // namespace culprit
