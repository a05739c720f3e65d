#include "server/webhooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "notify/send_delivery.h"

namespace culprit::server {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMessagesMax = 1'000;
constexpr std::size_t kBytesMax = std::size_t{64} << 20;
constexpr int kAttemptsMax = 5;
constexpr std::chrono::seconds kFirstWait{2};
constexpr std::chrono::seconds kStopTime{5};
constexpr unsigned kThreads = 2;

}  // namespace

Result<WebhookTargets> parse_webhooks(const std::vector<std::string>& options) {
  WebhookTargets out;
  for (const auto& option : options) {
    const auto equals = option.find("=http");
    const std::string arn = option.substr(0, equals);
    const std::string url = equals == std::string::npos ? "" : option.substr(equals + 1);
    if ((arn != "*" && !arn.starts_with("arn:")) ||
        (!url.starts_with("http://") && !url.starts_with("https://")))
      return fail(
          ErrorCode::kUsage, "a webhook is an ARN and an address", printable_text(option, 80),
          "Write --webhook arn:aws:sns:us-east-1:123456789012:oncall=https://… ('*=…' for every ARN).");
    out[arn] = url;
  }
  return out;
}

void Webhooks::start(WebhookTargets targets, Send send) {
  targets_ = std::move(targets);
  send_ = send ? std::move(send) : Send([](const Delivery& delivery) { return send_delivery(delivery); });
  if (targets_.empty()) return;
  for (unsigned i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

void Webhooks::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) stop_by_ = Clock::now() + kStopTime;
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

std::optional<std::string> Webhooks::url_of(std::string_view arn) const {
  auto found = targets_.find(std::string(arn));
  if (found == targets_.end()) found = targets_.find("*");
  return found == targets_.end() ? std::nullopt : std::optional(found->second);
}

void Webhooks::post(const std::string& url, std::vector<std::pair<std::string, std::string>> headers,
                    std::string body, Done done) {
  Message message;
  message.delivery.url = url;
  message.delivery.headers = std::move(headers);
  message.delivery.body = std::move(body);
  message.done = std::move(done);
  message.due = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < kMessagesMax &&
        waiting_bytes_ + message.delivery.body.size() <= kBytesMax) {
      waiting_bytes_ += message.delivery.body.size();
      waiting_.push_back(std::move(message));
      wake_.notify_one();
      return;
    }
  }
  ++lost_;
  if (message.done)
    message.done({Delivered::Outcome::kRefused, "too many messages wait for their receivers", "", {}});
}

// The message that is due next; nullopt when there will be none any more.
std::optional<Webhooks::Message> Webhooks::next(std::unique_lock<std::mutex>& lock) {
  while (true) {
    const auto first = std::ranges::min_element(waiting_, {}, &Message::due);
    const auto now = Clock::now();
    if (stopping_ && (first == waiting_.end() || now >= stop_by_)) return std::nullopt;
    if (first != waiting_.end() && (stopping_ || first->due <= now)) {
      Message message = std::move(*first);
      waiting_.erase(first);
      waiting_bytes_ -= message.delivery.body.size();
      return message;
    }
    if (first == waiting_.end())
      wake_.wait(lock);
    else
      wake_.wait_until(lock, first->due);
  }
}

void Webhooks::work() {
  std::unique_lock lock(mutex_);
  while (auto message = next(lock)) {
    lock.unlock();
    ++message->attempts;
    const Delivered delivered = send_(message->delivery);
    lock.lock();
    const bool again =
        delivered.outcome == Delivered::Outcome::kLater && message->attempts < kAttemptsMax && !stopping_;
    if (again) {
      message->due = Clock::now() + kFirstWait * (1 << (message->attempts - 1));
      waiting_bytes_ += message->delivery.body.size();
      waiting_.push_back(std::move(*message));
      wake_.notify_one();
      continue;
    }
    lock.unlock();
    ++(delivered.outcome == Delivered::Outcome::kDone ? posted_ : lost_);
    if (message->done) message->done(delivered);
    lock.lock();
  }
}

}  // namespace culprit::server
