// A live tail: what is appended to log files goes into a store, through rotation and restarts.
//
// Rotation by rename and create, by copy and truncate; files that appear later in a followed folder. An event
// is handed over when the next one of its file begins, or when nothing was added for `settle`. Commits at
// least once per `commit_every` while events come. With each commit the store notes how far every file was
// read, so that a follower that was killed goes on behind the last event that the store has: each event is
// there once.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "sources/files/follow_positions.h"
#include "store/store.h"

namespace culprit {

struct FollowOptions {
  FollowedFileOptions file;
  std::chrono::milliseconds settle{500};
  std::chrono::milliseconds commit_every{1000};
  std::chrono::milliseconds look_every{500};      // for new files
  std::chrono::milliseconds let_go_after{10000};  // of a file that is no longer under any followed name
};

struct FollowCounts {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // of the files
  std::uint64_t files = 0;  // followed by now
};

// Not thread-safe.
class Follower {
 public:
  using Clock = std::chrono::steady_clock;

  Follower(std::vector<std::filesystem::path> inputs, const System& system, FollowOptions options,
           StoreWriter& store, Progress& progress);

  // Before the first round, where the store exists: goes on behind what `reader` holds.
  Result<void> resume(const Store& reader);

  // Looks for files, reads what is new, commits when it is time. True when there is more to read at once.
  Result<bool> round(Clock::time_point now);

  // Hands over what is open and commits.
  Result<void> stop();

  const FollowCounts& counts() const { return counts_; }

 private:
  struct Followed {
    FollowedFile file;
    Clock::time_point last_read;
    bool listed = true;
    bool told = false;    // how it is followed, or why not
    bool broken = false;  // a failure was told: left alone
  };
  struct Kept {  // an event that the store has beyond the noted positions
    Time time;
    std::size_t hash = 0;
  };

  Result<void> look(Clock::time_point now);
  Result<void> add(const InputFile& file, Clock::time_point now);
  Result<void> find_moved(Clock::time_point now);
  bool is_ours(const FilePosition& position) const;
  Result<void> read_all(Clock::time_point now);
  Result<void> let_go(Clock::time_point now);
  Result<void> commit(Clock::time_point now);
  FollowState state() const;
  void event(const LogTarget& target, const SplitEvent& event);
  bool is_kept(const LogTarget& target, const SplitEvent& event);
  void tell(Followed& followed);
  void give_up(Followed& followed, const Error& error);

  const std::vector<std::filesystem::path> inputs_;
  std::vector<std::filesystem::path> roots_;  // the same, canonical
  const System& system_;
  const FollowOptions options_;
  StoreWriter& store_;
  Progress& progress_;
  FollowedFile::Emit emit_;

  std::vector<Followed> files_;  // in the order of discovery
  std::set<std::string> unopened_;
  std::map<FileIdentity, FilePosition> known_;  // from before, not met yet
  bool looked_ = false;
  std::map<std::pair<std::string, std::string>, std::deque<Kept>> kept_;
  std::optional<Error> failure_;

  FollowState acknowledged_;
  bool unsaved_ = false;
  std::uint64_t bytes_since_commit_ = 0, events_since_commit_ = 0;
  std::optional<Clock::time_point> last_look_, last_commit_;
  bool more_ = false;
  FollowCounts counts_;
};

}  // namespace culprit
