// The AWS services that are asked, and how each is spoken to.
#pragma once

#include <string_view>

namespace culprit::aws {

enum class Service { kCloudWatch, kLogs, kEcs, kRds, kSts, kSso, kSsoOidc };

enum class Protocol {
  kJson,   // POST / with X-Amz-Target, JSON both ways
  kQuery,  // POST / with a form, XML back
  kRest,   // paths of its own
};

struct ServiceInfo {
  Service service;
  std::string_view cli;    // `aws <cli> …`, also the IAM prefix
  std::string_view title;  // for people
  std::string_view signing_name;
  std::string_view host_prefix;  // <prefix>.<region>.amazonaws.com
  std::string_view environment;  // AWS_ENDPOINT_URL_<this>
  std::string_view section;      // key in [services x]
  Protocol protocol;
  std::string_view json_version;  // "1.0", "1.1"
  std::string_view target;        // X-Amz-Target: <this>.<Operation>
  std::string_view version;       // Version= of the query protocol
};

const ServiceInfo& info(Service service);

}  // namespace culprit::aws
