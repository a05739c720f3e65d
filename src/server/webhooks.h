// Where actions of alarms and subscription filters go: an ARN of the account (a topic, a function, a stream)
// stands for an address on the web, by the options of the server. Clients name ARNs, never addresses.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "notify/delivery.h"

namespace culprit::server {

using WebhookTargets = std::map<std::string, std::string>;  // ARN, or "*" for every other one → URL

// "arn:aws:sns:us-east-1:123456789012:oncall=https://hooks.example/x", "*=http://127.0.0.1:9000/". kUsage.
Result<WebhookTargets> parse_webhooks(const std::vector<std::string>& options);

// Posts from two threads of its own. May be called from several threads at once.
class Webhooks {
 public:
  using Send = std::function<Delivered(const Delivery&)>;
  using Done = std::function<void(const Delivered&)>;

  Webhooks() = default;
  ~Webhooks() { stop(); }

  // Before anything is posted; without it there are no targets. `send` is send_delivery() when empty.
  void start(WebhookTargets targets, Send send = {});
  // What waits is tried once more, five seconds long at most.
  void stop();

  std::optional<std::string> url_of(std::string_view arn) const;

  // Takes a message of JSON; `done` hears, on one of the threads, what became of it in the end: a receiver
  // that does not answer is tried five times within a minute. Beyond 1,000 messages or 64 MB that wait, none
  // is taken.
  void post(const std::string& url, std::vector<std::pair<std::string, std::string>> headers,
            std::string body, Done done = {});

  std::uint64_t posted() const { return posted_; }
  std::uint64_t lost() const { return lost_; }

 private:
  struct Message {
    Delivery delivery;
    Done done;
    int attempts = 0;
    std::chrono::steady_clock::time_point due;
  };

  void work();
  std::optional<Message> next(std::unique_lock<std::mutex>& lock);

  WebhookTargets targets_;
  Send send_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Message> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point stop_by_;
  std::vector<std::thread> threads_;
  std::atomic<std::uint64_t> posted_{0}, lost_{0};
};

}  // namespace culprit::server
