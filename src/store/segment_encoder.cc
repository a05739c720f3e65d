#include "store/segment_encoder.h"

#include "store/segment_files.h"

namespace culprit {

namespace {

constexpr std::size_t kQueueMax = 6;
constexpr std::size_t kBuilderBytesMax = std::size_t{96} << 20;

}  // namespace

SegmentEncoder::SegmentEncoder(std::filesystem::path store)
    : store_(std::move(store)), thread_([this] { work(); }) {}

SegmentEncoder::~SegmentEncoder() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
  std::error_code ignored;
  for (const auto& segment : finished_) std::filesystem::remove(segment.temporary, ignored);
}

Result<void> SegmentEncoder::add(EventBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return queue_.size() < kQueueMax || failure_; });
  if (failure_) return tl::unexpected(*failure_);
  if (batch.empty()) return {};
  queue_.push_back(std::move(batch));
  changed_.notify_all();
  return {};
}

Result<std::vector<FinishedSegment>> SegmentEncoder::take() {
  const std::lock_guard lock(mutex_);
  if (failure_) return tl::unexpected(*failure_);
  return std::exchange(finished_, {});
}

Result<void> SegmentEncoder::finish_up_to(EventNumber number) {
  std::unique_lock lock(mutex_);
  flush_up_to_ = number;
  changed_.notify_all();
  changed_.wait(lock, [&] { return failure_ || (queue_.empty() && !busy_ && !flush_up_to_); });
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

std::optional<EventNumber> SegmentEncoder::oldest_pending() {
  const std::lock_guard lock(mutex_);
  std::optional<EventNumber> oldest = encoding_from_;
  const auto take_in = [&](EventNumber number) { oldest = std::min(oldest.value_or(number), number); };
  if (!queue_.empty()) take_in(queue_.front().rows.front().number);
  for (const auto& [group, number] : open_from_) take_in(number);
  for (const auto& segment : finished_) take_in(segment.summary.first_number);
  return oldest;
}

void SegmentEncoder::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || !queue_.empty() || flush_up_to_; });
    if (stop_ || failure_) {
      if (stop_) return;
      queue_.clear();
      flush_up_to_.reset();
      changed_.notify_all();
      continue;
    }
    busy_ = true;
    const bool flush = queue_.empty();
    if (flush) {
      const EventNumber up_to = *flush_up_to_;
      lock.unlock();
      finish_builders(up_to);
    } else {
      const EventBatch batch = std::move(queue_.front());
      queue_.pop_front();
      encoding_from_ = batch.rows.front().number;
      changed_.notify_all();
      lock.unlock();
      encode(batch);
    }
    lock.lock();
    encoding_from_.reset();
    if (flush && queue_.empty()) flush_up_to_.reset();
    busy_ = false;
    changed_.notify_all();
  }
}

void SegmentEncoder::finish_builders(EventNumber up_to) {
  for (auto next = builders_.begin(); next != builders_.end();) {
    const auto builder = next++;
    if (builder->second.first_number <= up_to) finish(builder);
  }
}

void SegmentEncoder::encode(const EventBatch& batch) {
  for (const auto& row : batch.rows) {
    const auto [at, is_new] = builders_.try_emplace(row.group_id);
    Builder& builder = at->second;
    if (is_new) {
      builder.first_number = row.number;
      const std::lock_guard lock(mutex_);
      open_from_[row.group_id] = row.number;
    }
    builder.segment.add(batch.view(row));
    builder.bytes += row.size;
    builder_bytes_ += row.size;
    if (builder.segment.full()) finish(at);
  }
  while (builder_bytes_ > kBuilderBytesMax)
    finish(std::max_element(builders_.begin(), builders_.end(),
                            [](const auto& a, const auto& b) { return a.second.bytes < b.second.bytes; }));
}

void SegmentEncoder::finish(std::map<std::uint32_t, Builder>::iterator builder) {
  FinishedSegment done;
  done.group_id = builder->first;
  const std::string bytes = builder->second.segment.finish(done.summary);
  builder_bytes_ -= builder->second.bytes;
  builders_.erase(builder);
  auto written = write_segment(store_, bytes);
  const std::lock_guard lock(mutex_);
  if (!written) {
    failure_ = failure_.value_or(written.error());
    return;
  }
  done.temporary = std::move(*written);
  open_from_.erase(done.group_id);
  finished_.push_back(std::move(done));
}

}  // namespace culprit
