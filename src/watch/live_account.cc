#include <fmt/format.h>

#include <atomic>
#include <cstdlib>

#include "base/file.h"
#include "sources/aws/collection.h"
#include "sources/aws/session.h"
#include "sources/aws/wire.h"
#include "store/embedded_store.h"
#include "watch/account.h"

namespace culprit {

namespace {

// Alarms are decided by log events and datapoints; states that did not come hold nothing up.
bool may_come_later(const Gap& gap, const std::set<std::string>& needed) {
  return needed.contains(gap.subject) &&
         (gap.reason == GapReason::kThrottled || gap.reason == GapReason::kUnreachable) &&
         (gap.action == "logs:FilterLogEvents" || gap.action == "cloudwatch:GetMetricData");
}

// This machine's clock, set right by what the service says in its answers.
class CorrectedClock : public aws::Clock {
 public:
  Time now() const override { return aws::system_clock().now() + Duration{offset_ms_.load()}; }
  void sleep(Duration duration) override { aws::system_clock().sleep(duration); }
  Duration offset() const { return Duration{offset_ms_.load()}; }
  void correct(Duration by) {
    const auto total = offset_ms_.load() + by.count();
    offset_ms_ = std::abs(total) > 60'000 ? total : 0;
  }

 private:
  std::atomic<std::int64_t> offset_ms_{0};
};

class LiveAccount : public Account {
 public:
  LiveAccount(const System& system, AwsOptions options, std::uint64_t max_log_bytes)
      : system_(system), options_(std::move(options)), max_log_bytes_(max_log_bytes) {}

  Result<Batch> collect(const Window& window, const std::filesystem::path& directory) override {
    // Credentials are looked up anew each time: they may have been renewed.
    const auto session = aws::open_session(aws::Environment::of_process(), options_, system_);
    if (!session) return trouble_of(session.error());
    auto writer = create_store(directory, CommitBy::kSegments, Durability::kScratch);
    if (!writer) return tl::unexpected(writer.error());
    CollectAwsOptions collect;
    collect.aws = options_;
    collect.window = window;
    collect.baseline = {window.start, window.start};
    collect.max_log_bytes = max_log_bytes_;
    const auto transport = aws::open_transport(*session);
    const auto progress = make_silent_progress();
    aws::Collection collection(system_, collect, **writer, *progress, clock_);
    aws::Client client(*session, *transport, clock_,
                       [&collection](const JournalEntry& entry) { collection.put(entry); });
    const auto done = aws::collect_with(client, collection);
    if (!done && done.error().code == ErrorCode::kStorage) return tl::unexpected(done.error());
    if (auto committed = (*writer)->commit(); !committed) return tl::unexpected(committed.error());
    writer->reset();
    Batch out;
    auto store = open_store(directory);
    if (!store) return tl::unexpected(store.error());
    out.store = std::move(*store);
    if (const auto offset = client.clock_offset()) clock_.correct(*offset);
    out.nothing = client.succeeded() == 0;
    if (!done) {
      out.trouble =
          done.error().where.empty() ? done.error().what : done.error().where + ": " + done.error().what;
      return out;
    }
    const auto gaps = out.store->gaps();
    if (!gaps) return tl::unexpected(gaps.error());
    for (const auto& gap : *gaps)
      if (may_come_later(gap, needed_)) {
        out.trouble = fmt::format("{}: {}", gap.subject, gap.detail);
        break;
      }
    return out;
  }

  void needs(std::set<std::string> subjects) override { needed_ = std::move(subjects); }
  Duration clock_offset() const override { return clock_.offset(); }

 private:
  // A wrong command line is one; credentials that are not there just now are trouble.
  static Result<Batch> trouble_of(const Error& error) {
    if (error.code != ErrorCode::kCredentials) return tl::unexpected(error);
    Batch out;
    out.trouble = error.what;
    out.nothing = true;
    return out;
  }

  const System& system_;
  AwsOptions options_;
  std::uint64_t max_log_bytes_;
  CorrectedClock clock_;
  std::set<std::string> needed_;
};

}  // namespace

std::unique_ptr<Account> live_account(const System& system, const AwsOptions& options,
                                      std::uint64_t max_log_bytes) {
  return std::make_unique<LiveAccount>(system, options, max_log_bytes);
}

}  // namespace culprit
