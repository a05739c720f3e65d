#include "store/segment_encoder.h"

#include <algorithm>

#include "store/segment_files.h"

namespace culprit {

namespace {

// More threads than these would need more memory than loading may take: each holds a segment that grows.
constexpr unsigned kThreadsMax = 3;
constexpr std::size_t kWaitingBytesOfThread = std::size_t{24} << 20;
constexpr std::size_t kStretchBytesMax = std::size_t{96} << 20;
constexpr std::size_t kStretchRowsMax = std::size_t{1} << 20;

unsigned thread_count() { return std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsMax); }

}  // namespace

SegmentEncoder::SegmentEncoder(std::filesystem::path store, Durability durability)
    : store_(std::move(store)), durability_(durability) {
  for (unsigned i = 0; i < thread_count(); ++i) threads_.emplace_back([this] { work(); });
}

SegmentEncoder::~SegmentEncoder() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  std::error_code ignored;
  for (const auto& segment : finished_) std::filesystem::remove(segment.temporary, ignored);
}

Result<void> SegmentEncoder::add(EventBatch batch) {
  if (batch.empty()) return {};
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_bytes_ < kWaitingBytesOfThread * threads_.size() || failure_; });
  if (failure_) return tl::unexpected(*failure_);
  const std::uint32_t group = batch.rows.front().group_id;
  const auto other = [&](const EventBatch::Row& row) { return row.group_id != group; };
  if (std::none_of(batch.rows.begin(), batch.rows.end(), other)) {
    put(group, std::move(batch));
  } else {
    std::unordered_map<std::uint32_t, EventBatch> by_group;
    for (const auto& row : batch.rows) by_group[row.group_id].add(row.group_id, batch.view(row));
    for (auto& [id, part] : by_group) put(id, std::move(part));
  }
  while (growing_bytes_ > kStretchBytesMax)
    end(std::max_element(growing_.begin(), growing_.end(), [](const auto& a, const auto& b) {
          return a.second->bytes < b.second->bytes;
        })->second);
  changed_.notify_all();
  return {};
}

void SegmentEncoder::put(std::uint32_t group_id, EventBatch batch) {
  const auto [at, is_new] = growing_.try_emplace(group_id);
  if (is_new) {
    at->second = stretches_.emplace(stretches_.end());
    at->second->group_id = group_id;
    at->second->first_number = batch.rows.front().number;
  }
  const auto stretch = at->second;
  stretch->bytes += batch.bytes.size();
  stretch->rows += batch.rows.size();
  growing_bytes_ += batch.bytes.size();
  waiting_bytes_ += batch.bytes.size();
  stretch->waiting.push_back(std::move(batch));
  if (stretch->bytes >= kSegmentMessageBytes || stretch->rows >= kStretchRowsMax) end(stretch);
}

void SegmentEncoder::end(Stretches::iterator stretch) {
  stretch->ended = true;
  growing_bytes_ -= stretch->bytes;
  growing_.erase(stretch->group_id);
}

bool SegmentEncoder::has_earlier(const FinishedSegment& segment) const {
  return std::any_of(stretches_.begin(), stretches_.end(), [&](const Stretch& s) {
    return s.group_id == segment.group_id && s.first_number < segment.summary.first_number;
  });
}

Result<std::vector<FinishedSegment>> SegmentEncoder::take() {
  const std::lock_guard lock(mutex_);
  if (failure_) return tl::unexpected(*failure_);
  const auto stays = std::stable_partition(finished_.begin(), finished_.end(),
                                           [&](const auto& s) { return !has_earlier(s); });
  std::vector<FinishedSegment> taken(std::make_move_iterator(finished_.begin()),
                                     std::make_move_iterator(stays));
  finished_.erase(finished_.begin(), stays);
  std::sort(taken.begin(), taken.end(),
            [](const auto& a, const auto& b) { return a.summary.first_number < b.summary.first_number; });
  return taken;
}

Result<void> SegmentEncoder::finish_up_to(EventNumber number) {
  std::unique_lock lock(mutex_);
  for (auto s = stretches_.begin(); s != stretches_.end(); ++s)
    if (!s->ended && s->first_number <= number) end(s);
  changed_.notify_all();
  const auto pending = [&](const Stretch& s) { return s.first_number <= number; };
  changed_.wait(lock,
                [&] { return failure_ || std::none_of(stretches_.begin(), stretches_.end(), pending); });
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

std::optional<EventNumber> SegmentEncoder::oldest_pending() {
  const std::lock_guard lock(mutex_);
  std::optional<EventNumber> oldest;
  const auto take_in = [&](EventNumber number) { oldest = std::min(oldest.value_or(number), number); };
  for (const auto& stretch : stretches_) take_in(stretch.first_number);
  for (const auto& segment : finished_) take_in(segment.summary.first_number);
  return oldest;
}

SegmentEncoder::Stretches::iterator SegmentEncoder::next_to_run() {
  if (failure_) return stretches_.end();
  return std::find_if(stretches_.begin(), stretches_.end(),
                      [](const Stretch& s) { return !s.running && (!s.waiting.empty() || s.ended); });
}

void SegmentEncoder::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    auto stretch = stretches_.end();
    changed_.wait(lock, [&] { return stop_ || (stretch = next_to_run()) != stretches_.end(); });
    if (stop_) return;
    stretch->running = true;
    if (stretch->waiting.empty())
      finish(stretch, lock);
    else
      run(stretch, lock);
    changed_.notify_all();
  }
}

void SegmentEncoder::run(Stretches::iterator stretch, std::unique_lock<std::mutex>& lock) {
  {
    const EventBatch batch = std::move(stretch->waiting.front());
    stretch->waiting.pop_front();
    waiting_bytes_ -= batch.bytes.size();
    lock.unlock();
    for (const auto& row : batch.rows) stretch->builder.add(batch.view(row));
  }
  lock.lock();
  stretch->running = false;
}

void SegmentEncoder::finish(Stretches::iterator stretch, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  FinishedSegment done;
  done.group_id = stretch->group_id;
  auto written = write_segment(store_, stretch->builder.finish(done.summary), durability_);
  lock.lock();
  stretches_.erase(stretch);
  if (!written) {
    failure_ = failure_.value_or(written.error());
    return;
  }
  done.temporary = std::move(*written);
  finished_.push_back(std::move(done));
}

}  // namespace culprit
