#include "server/api_fault.h"

#include <fmt/format.h>

namespace culprit::server {

ApiFault constraint_fault(std::string code, const std::string& value, const std::string& member,
                          const std::string& constraint) {
  return {std::move(code),
          fmt::format("1 validation error detected: Value {} at '{}' failed to satisfy constraint: {}",
                      value.empty() ? std::string("null") : "'" + value + "'", member, constraint)};
}

}  // namespace culprit::server
