// Answers of the query protocol.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

namespace culprit::server {

// <OpResponse xmlns="…"><OpResult>…</OpResult><ResponseMetadata>…</ResponseMetadata></OpResponse>. Numbers of
// members that `is_time` names are written as ISO 8601.
std::string xml_answer(std::string_view operation, std::string_view name_space,
                       const boost::json::object& answer, std::string_view request_id,
                       bool (*is_time)(std::string_view name));

// <ErrorResponse>…
std::string xml_fault(std::string_view name_space, std::string_view code, std::string_view message,
                      bool sender, std::string_view request_id);

}  // namespace culprit::server
