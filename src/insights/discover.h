// The fields that a JSON message has, by their names in queries.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace culprit::insights {

constexpr std::size_t kDiscoveredMax = 200;  // of one message, as the service

// "user.id", "tags.0.name" with their values as results show them; nulls are left out. Nothing for a message
// that is no JSON document.
std::vector<std::pair<std::string, std::string>> discovered_fields(std::string_view message);

}  // namespace culprit::insights
