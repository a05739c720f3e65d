// Incidents whose cause people confirmed, as they are remembered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/incident_signature.h"

namespace culprit {

struct PastCase {
  std::string id;      // "2025-08-21T2303Z-chatwoot"
  std::string digest;  // SHA-256 of its file, hex
  std::string system;
  std::string cause;       // in words of people
  std::string hypothesis;  // the primary cause that the analysis named; may be empty
  std::string severity;    // may be empty
  Window window;
  std::optional<Time> onset;
  IncidentSignature signature;
};

struct Memory {
  std::vector<PastCase> cases;          // by id
  std::vector<std::string> unreadable;  // names of files that are no cases

  bool empty() const { return cases.empty() && unreadable.empty(); }
};

// SHA-256 over ids and digests of the cases, hex.
std::string digest_of(const Memory& memory);

// Whether both speak of one incident: of one system, at one time.
bool same_incident(const PastCase& a, std::string_view system, const Window& window);

}  // namespace culprit
