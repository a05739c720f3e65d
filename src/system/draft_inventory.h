// The services and databases found in answers of the AWS CLI, named for a system file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "system/draft_system.h"

namespace culprit {

struct DraftComponent {
  std::string id;
  std::string name;
  std::string cluster;
  std::string log_group;
  bool is_guess = false;  // the log group
  bool is_database = false;
  bool is_postgres = false;
};

struct DraftInventory {
  std::string name;  // of the system
  std::string region;
  std::vector<DraftComponent> components;  // services first, ids unique

  bool has_component(std::string_view id) const;
};

// "web", "worker" or "db": what the built-in system `rails` already describes.
bool is_component_of_rails(std::string_view id);

Result<DraftInventory> take_inventory(const DraftInput& input);

}  // namespace culprit
