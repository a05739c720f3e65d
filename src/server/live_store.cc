#include "server/live_store.h"

namespace culprit::server {

namespace {

class LiveEvidence : public EvidenceSource {
 public:
  explicit LiveEvidence(LiveStore& store) : store_(store) {}
  Result<Evidence> current() override { return store_.current(); }

 private:
  LiveStore& store_;
};

}  // namespace

Result<std::unique_ptr<LiveStore>> LiveStore::open(const std::filesystem::path& directory) {
  std::error_code ignored;
  const bool fresh =
      !std::filesystem::exists(directory, ignored) || std::filesystem::is_empty(directory, ignored);
  auto writer =
      fresh ? create_store(directory, CommitBy::kLog) : open_store_writer(directory, CommitBy::kLog);
  if (!writer) return tl::unexpected(writer.error());
  return std::unique_ptr<LiveStore>(new LiveStore(directory, std::move(*writer)));
}

Result<void> LiveStore::write(std::function<Result<void>(StoreWriter&)> put) {
  Job job{std::move(put), {}, false};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  while (!job.done) {
    if (writing_) {
      written_.wait(lock);
      continue;
    }
    // This thread writes for all that wait.
    writing_ = true;
    const std::vector<Job*> batch = std::exchange(waiting_, {});
    lock.unlock();
    const auto committed = write_all(batch);
    lock.lock();
    ++writes_;
    for (Job* each : batch) {
      if (each->result && !committed) each->result = committed;
      each->done = true;
    }
    writing_ = false;
    written_.notify_all();
  }
  return job.result;
}

// The writer takes nothing more after a failure, so it is opened anew; what was committed is there.
Result<void> LiveStore::write_all(const std::vector<Job*>& batch) {
  if (!writer_) {
    auto opened = open_store_writer(directory_, CommitBy::kLog);
    if (!opened) return tl::unexpected(opened.error());
    writer_ = std::move(*opened);
  }
  bool failed = false;
  for (Job* each : batch) {
    each->result = each->put(*writer_);
    failed = failed || !each->result;
  }
  auto committed = writer_->commit();
  if (failed || !committed) {
    writer_.reset();
    ++generation_;
  }
  return committed;
}

Result<Evidence> LiveStore::for_rows() {
  if (rows_) return rows_;
  auto opened = open_store(directory_);
  if (!opened) return tl::unexpected(opened.error());
  rows_ = std::move(*opened);
  return rows_;
}

Result<Evidence> LiveStore::current() {
  std::uint64_t writes = 0;
  {
    const std::lock_guard lock(mutex_);
    writes = writes_;
  }
  const std::lock_guard lock(view_mutex_);
  if (view_ && view_writes_ >= writes) return view_;
  auto opened = open_store(directory_);
  if (!opened) return tl::unexpected(opened.error());
  view_ = std::move(*opened);
  view_writes_ = writes;
  return view_;
}

std::unique_ptr<EvidenceSource> live_evidence(LiveStore& store) {
  return std::make_unique<LiveEvidence>(store);
}

}  // namespace culprit::server
