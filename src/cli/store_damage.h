// Damage of a store, as `store check` and `store repair` show it.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "store/maintenance.h"

namespace culprit {

std::string shown_path(const std::filesystem::path& path);

// A line each: the file (inside of the store), what is damaged, and what is at stake.
void print_damage(const std::filesystem::path& store, const std::vector<StoreDamage>& damage);
boost::json::array damage_json(const std::filesystem::path& store, const std::vector<StoreDamage>& damage);

}  // namespace culprit
