#include "server/query_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "insights/store_events.h"
#include "server/api_fault.h"

namespace culprit::server {

namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kOpenMax = 100;   // waiting and running, as the service
constexpr std::size_t kKeptMax = 1000;  // ended
constexpr std::size_t kKeptBytesMax = std::size_t{128} << 20;
constexpr std::chrono::milliseconds kPatience{100};

std::string new_query_id() {
  static std::mutex mutex;
  static std::mt19937_64 random{std::random_device{}()};
  const std::lock_guard lock(mutex);
  const auto a = random(), b = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xFFFF, a & 0xFFF,
                     (b >> 48 & 0x3FFF) | 0x8000, b & 0xFFFFFFFFFFFF);
}

std::size_t bytes_of(const insights::QueryResult& result) {
  std::size_t out = 0;
  for (const auto& row : result.rows) {
    out += sizeof(row);
    for (const auto& [slot, value] : row.fields) out += value.size() + 48;
  }
  return out;
}

bool has_ended(QueryStatus status) { return status >= QueryStatus::kComplete; }

}  // namespace

struct QueryJobs::Job {
  std::string id;
  QueryRequest request;
  QueryStatus status = QueryStatus::kScheduled;
  Time created;
  std::chrono::steady_clock::time_point began;
  Duration took{};
  std::string failure;
  insights::RunProgress progress;
  std::shared_ptr<const insights::QueryResult> result;
  std::size_t bytes = 0;
};

std::string_view name_of(QueryStatus status) {
  static constexpr std::string_view kNames[] = {"Scheduled", "Running", "Complete", "Failed", "Cancelled"};
  return kNames[static_cast<std::size_t>(status)];
}

QueryJobs::QueryJobs() = default;

QueryJobs::~QueryJobs() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const auto& job : order_) job->progress.cancelled = true;
  }
  changed_.notify_all();
}

std::string QueryJobs::start(QueryRequest request) {
  auto job = std::make_shared<Job>();
  job->id = new_query_id();
  job->created = request.options.now;
  job->request = std::move(request);
  std::unique_lock lock(mutex_);
  const auto open = std::ranges::count_if(order_, [](const auto& each) { return !has_ended(each->status); });
  if (static_cast<std::size_t>(open) >= kOpenMax)
    throw ApiFault{"LimitExceededException",
                   fmt::format("Account maximum query concurrency limit of [{}] reached.", kOpenMax)};
  while (workers_.size() < kWorkers) workers_.emplace_back([this] { work(); });
  jobs_[job->id] = job;
  order_.push_back(job);
  waiting_.push_back(job);
  forget_old();
  changed_.notify_all();
  changed_.wait_for(lock, kPatience, [&] { return has_ended(job->status); });
  return job->id;
}

void QueryJobs::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const auto job = waiting_.front();
    waiting_.pop_front();
    if (has_ended(job->status)) continue;
    job->status = QueryStatus::kRunning;
    job->began = std::chrono::steady_clock::now();
    lock.unlock();
    run(*job, mutex_);
    lock.lock();
    changed_.notify_all();
  }
}

// Alone with the job's request; what others see is set under the lock.
void QueryJobs::run(Job& job, std::mutex& mutex) {
  const auto& request = job.request;
  Result<insights::QueryResult> result = fail(ErrorCode::kInternal, "the query was not run");
  try {
    const insights::StoreEvents events(request.evidence, request.groups);
    result = insights::run_query(request.query, events, request.options, job.progress);
  } catch (const std::exception& error) {
    result = fail(ErrorCode::kInternal, error.what());
  }
  const std::lock_guard lock(mutex);
  job.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - job.began);
  job.request.evidence.reset();
  if (has_ended(job.status)) return;  // stopped meanwhile
  if (!result) {
    job.status = QueryStatus::kFailed;
    job.failure = result.error().what;
    return;
  }
  job.status = result->cancelled ? QueryStatus::kCancelled : QueryStatus::kComplete;
  job.bytes = bytes_of(*result);
  job.result = std::make_shared<const insights::QueryResult>(std::move(*result));
}

// The oldest answers go first.
void QueryJobs::forget_old() {
  std::size_t ended = 0, bytes = 0;
  for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
    if (!has_ended((*it)->status)) continue;
    ++ended;
    bytes += (*it)->bytes;
    if (ended > kKeptMax || bytes > kKeptBytesMax) jobs_.erase((*it)->id);
  }
  std::erase_if(order_, [&](const auto& job) { return !jobs_.contains(job->id); });
}

QueryReport QueryJobs::report_of(const Job& job) {
  QueryReport out{job.id,
                  job.request.text,
                  job.request.user,
                  job.request.groups,
                  job.status,
                  job.created,
                  job.took,
                  job.failure,
                  job.progress.visited,
                  job.result,
                  job.request.query.slots};
  if (job.status == QueryStatus::kRunning)
    out.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - job.began);
  return out;
}

std::optional<QueryReport> QueryJobs::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? std::nullopt : std::optional(report_of(*found->second));
}

std::optional<bool> QueryJobs::stop(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return std::nullopt;
  Job& job = *found->second;
  if (has_ended(job.status)) return false;
  job.progress.cancelled = true;
  job.status = QueryStatus::kCancelled;
  return true;
}

std::vector<QueryReport> QueryJobs::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<QueryReport> out;
  for (auto it = order_.rbegin(); it != order_.rend(); ++it) out.push_back(report_of(**it));
  return out;
}

}  // namespace culprit::server
