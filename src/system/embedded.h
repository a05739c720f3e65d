// Files compiled into the program (cmake/embed.cmake): name without ending, and text.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace culprit {

std::vector<std::pair<std::string_view, std::string_view>> embedded_systems();
std::vector<std::pair<std::string_view, std::string_view>> embedded_schema();

}  // namespace culprit
