// A watch at work: sees, decides, remembers, acts. Safe against being killed at any point: what is decided is
// on disk before it is done, and doing it twice does no more than once.
//
//   STATE/state.json   what it knows (state_file.h)
//   STATE/outbox/      messages (notify/outbox.h)
//   STATE/recorder/    the flight recorder
//   STATE/evidence/    capsules
//   STATE/lock         held by the process that watches
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "notify/outbox.h"
#include "store/file_handle.h"
#include "watch/account.h"
#include "watch/fetch_plan.h"
#include "watch/flight_recorder.h"
#include "watch/watch_machine.h"

namespace culprit {

struct WatchOptions {
  std::filesystem::path state;
  std::filesystem::path book;
  WatchRules rules;
  FetchRules fetch;
  RecorderLimits recorder;
};

// round() by one thread; outbox() may be delivered by another at the same time.
class Watcher {
 public:
  // kUsage: another process watches with this state, or it is another system's. kDamaged: the state cannot be
  // read. `system` and `account` must outlive it.
  static Result<std::unique_ptr<Watcher>> open(const System& system, Account& account, WatchOptions options);

  struct Round {
    std::vector<std::string> log;
    bool more = false;     // there is more to catch up with: call again at once
    bool pending = false;  // something decided could not be done yet
    std::string trouble;   // why the account could not be seen
  };
  // One look at the account. Errors (disk, state) leave everything as it was; the next round tries again.
  Result<Round> round(const Moment& machine_now);

  const Watchable& watched() const { return watched_; }
  const WatchState& state() const { return state_; }
  Outbox& outbox() { return outbox_; }

 private:
  Watcher(const System& system, Account& account, WatchOptions options, Watchable watched, FileHandle lock);

  Result<void> observe(Observation& seen, Round& round);
  Result<void> take_batch(const FetchPlan& plan, const Batch& batch, Observation& seen, Round& round);
  Result<void> decide(const Observation& seen, Round& round);
  Result<void> act(Round& round);
  Result<void> do_one(const Effect& effect, Round& round);
  Result<void> write_in_book(const Effect& effect);
  std::vector<BookEntry> read_book(Round& round) const;
  Result<void> save();

  const System& system_;
  Account& account_;
  WatchOptions options_;
  Watchable watched_;
  FileHandle lock_;
  WatchMachine machine_;
  FlightRecorder recorder_;
  Outbox outbox_;
  RecordedMetrics metrics_;
  WatchState state_;
  std::vector<EvidenceSeen> evidence_;  // made, not yet told to the machine
  std::string said_;                    // the last remark about the recorder
};

}  // namespace culprit
