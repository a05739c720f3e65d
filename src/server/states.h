// Stored states of resources, as they were at the account's moment.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/account.h"

namespace culprit::server {

// Of each id the last state observed up to now, else the first one after it: evidence is often gathered when
// an incident is over. By id; documents that are no objects are left out.
std::vector<boost::json::object> states_at(const Account& account, const Store& store, std::string_view kind);

// A member's text, "" when there is none.
std::string text_of(const boost::json::object& object, std::string_view member);

// Behind the last slash of an ARN or path.
std::string last_part(std::string_view arn);

// Members named …At, in ISO 8601, become seconds since the epoch, at any depth: as ECS's JSON has them.
void write_times_as_seconds(boost::json::value& value);

// "2026-11-24T05:44:55.892+00:00" or seconds; nullopt for what is neither.
std::optional<Time> time_in(const boost::json::value* value);

}  // namespace culprit::server
