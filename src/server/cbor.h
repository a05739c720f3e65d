// CBOR (RFC 8949) as rpc-v2-CBOR uses it, to and from JSON values.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit::server {

// Tag 1 (seconds since the epoch) becomes its number; byte strings become text. kInput for what is no CBOR,
// ends early, goes on behind its end or is nested too deeply.
Result<boost::json::value> read_cbor(std::string_view bytes);

// Members that `is_time` names, numbers alone or in a list, are written as tag 1.
std::string write_cbor(const boost::json::value& value, bool (*is_time)(std::string_view name));

}  // namespace culprit::server
