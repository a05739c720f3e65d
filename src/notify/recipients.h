// Who is told about an incident, by severity and role of the system file's contacts and stakeholders.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "system/system.h"

namespace culprit {

struct Recipient {
  std::string who;      // role of a contact, name of a stakeholder
  std::string channel;  // id
  std::chrono::minutes after{0};
  bool called = true;  // a contact; stakeholders are only kept up to date
  bool operator==(const Recipient&) const = default;
};

// In the order of their turn. A channel that several share is told once, when the first of them is due.
std::vector<Recipient> recipients(const System& system, std::string_view severity);

// kUsage, with what to write into the file, when nobody would be called at any severity.
Result<void> check_recipients(const System& system);

}  // namespace culprit
