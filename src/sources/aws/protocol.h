// Requests and answers of the JSON and query protocols.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aws_wire/service.h"
#include "aws_wire/sigv4.h"
#include "base/error.h"
#include "sources/aws/http.h"

namespace culprit::aws {

struct ApiError {
  enum class Kind {
    kThrottled,    // ask later
    kTransient,    // a fault of the service; ask again
    kDenied,       // good credentials, action not allowed
    kMissing,      // the named resource does not exist
    kCredentials,  // no, expired or invalid credentials
    kSkew,         // this machine's clock differs from the service's
    kInvalid,      // the request was refused
    kUnreachable,  // no answer
    kUnreadable,   // an answer that cannot be understood
    kNotAsked,     // held back by us (cost cap)
  };
  Kind kind = Kind::kInvalid;
  std::string code;  // "ThrottlingException"; empty when there was no answer
  std::string message;
  int status = 0;
  int attempts = 1;
  std::string hint;  // what to do, when known

  std::string text() const;  // "ThrottlingException: Rate exceeded"
};

template <class T>
using ApiResult = tl::expected<T, ApiError>;

// A request of the JSON or query protocol, signed with `keys` (nullptr: unsigned, as
// AssumeRoleWithWebIdentity).
HttpRequest make_request(Service service, Protocol protocol, std::string_view operation,
                         const boost::json::object& parameters, std::string_view endpoint,
                         std::string_view region, const SigningCredentials* keys, Time now);

// The answer as the JSON that the AWS CLI prints (times of JSON protocols stay epoch seconds), or the error.
ApiResult<boost::json::object> read_answer(Protocol protocol, const HttpResponse& response);

// JSON of an answer, invalid UTF-8 and lone surrogates tolerated. kInput.
Result<boost::json::value> parse_json_answer(std::string_view text);

// True when a CloudWatch endpoint seems not to speak the JSON protocol.
bool refuses_json(const HttpResponse& response);

// "a=b&c=d" with lists as X.member.1.
std::string form_encode(std::string_view operation, std::string_view version,
                        const boost::json::object& parameters);

}  // namespace culprit::aws
