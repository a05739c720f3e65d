// One message about an incident, before it takes a channel's form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace culprit {

struct Notice {
  enum class Kind {
    kOpened,
    kEscalated,  // as kOpened, for those whose turn it is because nobody acknowledged
    kRaised,     // the severity went up
    kUpdate,     // what the evidence shows
    kAcknowledged,
    kResolved,
    kBlind,  // the watch cannot see the account; the "incident" is that outage
    kSighted,
    kTest,
  };
  Kind kind = Kind::kTest;
  std::string incident;  // id; messages of one incident belong together at the receiver
  std::string system;    // name
  std::string title;     // one line
  std::string severity;  // "P0" … "P3"
  std::string text;      // what is known, plain text
  std::vector<std::string> alarms;
  Time time;  // of what is told, not of sending
  bool operator==(const Notice&) const = default;
};

std::string_view to_string(Notice::Kind kind);  // "opened", "escalated" …
Result<Notice::Kind> parse_notice_kind(std::string_view text);

// "[P1] chatwoot: conversation list times out", "[P1] resolved: …": one line, printable.
std::string headline(const Notice& notice);

}  // namespace culprit
