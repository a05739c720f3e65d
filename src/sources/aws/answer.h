// Reading members of JSON answers whose shape nobody guarantees.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit::aws {

std::string text_at(const boost::json::object& object, std::string_view name);  // "" = absent or no text
const boost::json::array& array_at(const boost::json::object& object,
                                   std::string_view name);  // empty = absent
std::optional<std::int64_t> integer_at(const boost::json::object& object, std::string_view name);

// Epoch seconds or ISO 8601.
std::optional<Time> time_of(const boost::json::value& value);

// Turns epoch-second members named …At ("createdAt") into the CLI's ISO form, at any depth.
void write_times_as_cli(boost::json::value& value);
// The same for members named …Timestamp.
void write_timestamps_as_cli(boost::json::value& value);

}  // namespace culprit::aws
