// A message that waits in the outbox, and the file it is (docs/watch.md, "The outbox").
#pragma once

#include <string>

#include "notify/notice.h"

namespace culprit {

struct OutboxEntry {
  std::string key;      // says which message this is; the receiver sees it
  std::string channel;  // id in the system file
  std::string who;      // role or name
  Notice notice;
  std::int64_t number = 0;  // order in which they were put in
  Time created;
  int attempts = 0;
  std::optional<Time> last, next;  // attempt made, attempt due
  std::string problem;             // of the last attempt
  bool operator==(const OutboxEntry&) const = default;
};

std::string entry_text(const OutboxEntry& entry);
// kDamaged: not such a file, or one of a newer version.
Result<OutboxEntry> read_entry(std::string_view text);

}  // namespace culprit
