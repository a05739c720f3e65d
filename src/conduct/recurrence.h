// Has the same cause come again? (runbook row H7, follow-up review)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/findings.h"
#include "diagnosis/past_case.h"

namespace culprit {

// An incident that may be another of the same cause: one of the book, or a remembered case.
struct LaterIncident {
  std::string id, title;
  Time time;              // its onset, or when it was opened
  std::string cause;      // the primary cause that its analysis names; may be empty
  std::string confirmed;  // as people confirmed it; may be empty
  std::optional<IncidentSignature> signature;
  bool remembered = false;
};

struct Again {
  LaterIncident incident;
  bool same_cause = false;         // by name, or as people confirmed it
  bool same_shape = false;         // the same signals moved the same way
  std::optional<double> likeness;  // unset: one of the two has no shape
};

struct RecurrenceCheck {
  std::string cause;      // that was looked for, by its name; empty: the analysis named none
  std::string confirmed;  // the same in words of people; may be empty
  std::size_t looked_at = 0;
  std::vector<Again> again;  // by time
};

// `confirmed`: the cause of this incident as people confirmed it, or empty. Only what came after `since`
// counts.
RecurrenceCheck check_recurrence(const Findings& findings, std::string_view confirmed, Time since,
                                 const std::vector<LaterIncident>& later);

}  // namespace culprit
