// The forms of requests and answers on the wire: AWS query with XML, JSON 1.0 and 1.1, and rpc-v2-CBOR. One
// value stands behind all: parameters and answers are JSON objects with the members' names of the API, and
// moments as seconds since the epoch.
// https://smithy.io/2.0/aws/protocols/, https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aws_wire/service.h"
#include "server/api_fault.h"
#include "server/http_message.h"

namespace culprit::server {

enum class WireForm { kQuery, kJson, kCbor };

// What a request is for, before anything of its body but the action's name is understood.
struct WireTarget {
  WireForm form = WireForm::kQuery;
  aws::Service service = aws::Service::kSts;
  std::string operation;
  std::string version;  // query only
  std::string json_version = "1.0";
  bool query_mode = false;  // wants the query protocol's error code in a header
};

// Throws ApiFault when no service can be made out; `body` is unpacked.
WireTarget target_of(const HttpCall& call, std::string_view body);

// The form in which a request that says nothing of use is told so.
WireForm form_of(const HttpCall& call);

// Throws ApiFault (SerializationException) for a body that is not of the form.
boost::json::object read_parameters(const WireTarget& target, const HttpCall& call, std::string_view body);

HttpReply write_answer(const WireTarget& target, const boost::json::object& answer,
                       const std::string& request_id);
HttpReply write_fault(const WireTarget& target, const ApiFault& fault, const std::string& request_id);

}  // namespace culprit::server
