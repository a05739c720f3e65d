// HTTP/1.1 on one port: bounded in connections, bytes and time, so that no client can take more than its
// share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "server/http_message.h"

namespace culprit::server {

struct HttpLimits {
  std::size_t connections = 1024;  // one more is answered 503 and closed
  std::size_t header_bytes = std::size_t{64} << 10;
  std::size_t body_bytes = std::size_t{16} << 20;     // as sent
  std::size_t bodies_bytes = std::size_t{192} << 20;  // of all requests that are being read or answered
  std::chrono::seconds header_time{20};               // from the first byte of a request to the last header
  std::chrono::seconds body_time{60};
  std::chrono::seconds idle_time{75};  // between requests
  std::chrono::seconds write_time{60};
  std::chrono::seconds stop_time{10};  // what runs may end before it is cut off
};

struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;         // 0 = a free one
  unsigned io_threads = 0;        // 0 = one a core
  unsigned handler_threads = 16;  // handlers may wait for the disk
  HttpLimits limits;
};

// Counted since the start; may be read at any time.
struct HttpCounts {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> requests_refused{0};  // malformed, too large, too slow
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_written{0};
};

// Answers one request; called from several threads at once.
using HttpHandler = std::function<HttpReply(const HttpCall&)>;

class HttpServer {
 public:
  // Binds and listens. kUsage for an address that cannot be understood, kUnreachable for one that is taken.
  static Result<std::unique_ptr<HttpServer>> listen(const HttpOptions& options, HttpHandler handler);
  virtual ~HttpServer() = default;

  virtual std::uint16_t port() const = 0;
  virtual const HttpCounts& counts() const = 0;

  // Serves until stop(); returns when all that was being answered is answered, or stop_time is over.
  virtual void run() = 0;
  // From any thread, any number of times.
  virtual void stop() = 0;
  // Calls stop() on SIGINT and SIGTERM while run() runs.
  virtual void stop_on_signals() = 0;
};

}  // namespace culprit::server
