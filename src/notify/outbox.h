// Messages on disk until they are delivered.
//
//   outbox/pending/<hash of key>.json   waits
//   outbox/sent/…                       delivered; kept for a month, so that a key is never taken twice
//   outbox/given-up/…                   not deliverable for a day, or refused too often
//   outbox/lock                         held by the process that delivers
//
// Each file is written whole under another name, synced and renamed; a change of state is a rename. So
// whatever happens to the process, a message that put() took is delivered at least once, and one that comes
// twice bears the same key.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "notify/delivery.h"
#include "notify/outbox_entry.h"

namespace culprit {

class Outbox {
 public:
  explicit Outbox(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Takes a message to disk; false when its key has been taken before (then nothing changes).
  Result<bool> put(OutboxEntry entry);

  using Send = std::function<Delivered(const OutboxEntry&)>;
  struct Report {
    int sent = 0, put_off = 0, given_up = 0;
    std::optional<Time> next;           // when something is due again
    std::vector<OutboxEntry> problems;  // attempts that failed now, with what went wrong
    bool busy = false;                  // another process delivers just now
    std::vector<std::string> damaged;   // files that are no messages, moved to given-up/
  };
  // Tries what is due, in the order of their numbers by channel and incident: a later message waits for an
  // earlier one. Channels are served side by side; `send` may be called from several threads at once.
  Result<Report> deliver(const std::function<Time()>& clock, const Send& send, bool all_now = false);

  enum class Box { kPending, kSent, kGivenUp };
  // By number. A file that cannot be read is an error that names it.
  Result<std::vector<OutboxEntry>> list(Box box) const;

 private:
  std::filesystem::path file_of(Box box, const std::string& key) const;
  Result<std::vector<OutboxEntry>> read(Box box, std::vector<std::filesystem::path>& damaged) const;
  Result<void> put_aside(const std::vector<std::filesystem::path>& damaged, Report& report) const;
  Result<void> make_directories() const;
  Result<void> forget_old(Time now) const;
  enum class After { kGone, kWaits };
  Result<After> attempt(OutboxEntry entry, Time now, const Send& send, Report& report) const;
  Result<void> serve(const std::vector<OutboxEntry>& entries, const std::function<Time()>& clock,
                     const Send& send, bool all_now, Report& report) const;

  std::filesystem::path directory_;
};

}  // namespace culprit
