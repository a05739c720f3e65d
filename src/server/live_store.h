// A store that is written to and read from at once.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "server/account.h"
#include "store/embedded_store.h"

namespace culprit::server {

// Called from several threads at once. What waits to be written is written together: one of those that wait
// writes for all, and one commit makes all of it durable.
class LiveStore {
 public:
  static Result<std::unique_ptr<LiveStore>> open(const std::filesystem::path& directory);

  // Runs `put` (one at a time over all threads) and returns when what it put is on disk.
  // After a failure (a full disk) the store is opened again by the next write.
  Result<void> write(std::function<Result<void>(StoreWriter&)> put);

  // Changes when the store had to be opened again after a failure: what writers remember of it may be wrong.
  std::uint64_t generation() const { return generation_; }

  // For rows other than log events, which are read live; not opened again for each write. Inside write()
  // only.
  Result<Evidence> for_rows();

  // As it is after every write() that has returned. Log events are of the moment; everything else is read
  // live.
  Result<Evidence> current();

 private:
  struct Job {
    std::function<Result<void>(StoreWriter&)> put;
    Result<void> result;
    bool done = false;
  };
  LiveStore(std::filesystem::path directory, std::unique_ptr<StoreWriter> writer)
      : directory_(std::move(directory)), writer_(std::move(writer)) {}

  Result<void> write_all(const std::vector<Job*>& batch);

  const std::filesystem::path directory_;
  std::unique_ptr<StoreWriter> writer_;
  std::mutex mutex_;
  std::condition_variable written_;
  std::vector<Job*> waiting_;
  bool writing_ = false;
  std::uint64_t writes_ = 0;  // that returned
  std::atomic<std::uint64_t> generation_{0};
  Evidence rows_;

  std::mutex view_mutex_;
  Evidence view_;
  std::uint64_t view_writes_ = 0;
};

std::unique_ptr<EvidenceSource> live_evidence(LiveStore& store);

}  // namespace culprit::server
