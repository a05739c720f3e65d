// A request that a service refuses, in the service's words. Thrown by operations and caught where the answer
// is written (api.cc); it never leaves this folder.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <utility>

namespace culprit::server {

struct ApiFault {
  // As the query protocol and boto3 name it: "InvalidParameterValue", "ResourceNotFoundException" …
  std::string code;
  std::string message;
  int status = 400;
  boost::json::object details{};  // further members of the body, in JSON and CBOR

  bool sender() const { return status < 500; }
};

// How Logs, ECS and others word a value out of its range: "1 validation error detected: …".
ApiFault constraint_fault(std::string code, const std::string& value, const std::string& member,
                          const std::string& constraint);

}  // namespace culprit::server
