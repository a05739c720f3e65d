#include "server/http_server.h"

#include <fmt/format.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "server/gzip.h"

namespace culprit::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

constexpr std::size_t kZippedFromBytes = 2048;  // shorter answers gain nothing

class Session;

// What the sessions of a server share.
struct Shared {
  HttpOptions options;
  HttpHandler handler;
  HttpCounts counts;
  std::atomic<std::size_t> body_bytes_held{0};
  std::atomic<bool> stopping{false};
  std::optional<asio::thread_pool> handlers;
  std::mutex mutex;
  std::list<std::weak_ptr<Session>> sessions;
};

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

HttpCall call_of(http::request<http::string_body>&& request, std::string peer) {
  HttpCall call;
  call.method = view(request.method_string());
  const std::string_view target = view(request.target());
  const std::size_t question = std::min(target.find('?'), target.size());
  call.path = target.substr(0, question);
  call.query = target.substr(std::min(question + 1, target.size()));
  for (const auto& field : request) call.headers.emplace_back(view(field.name_string()), view(field.value()));
  call.body = std::move(request.body());
  call.peer = std::move(peer);
  return call;
}

bool takes_gzip(const http::request<http::string_body>& request) {
  const auto accepted = view(request[http::field::accept_encoding]);
  return accepted.find("gzip") != std::string_view::npos &&
         accepted.find("gzip;q=0") == std::string_view::npos;
}

// Bytes of bodies that are held in memory, given back when the request is done.
class HeldBytes {
 public:
  HeldBytes() = default;
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;
  ~HeldBytes() { release(); }

  bool take(Shared& shared, std::size_t bytes) {
    release();
    const auto before = shared.body_bytes_held.fetch_add(bytes);
    shared_ = &shared;
    bytes_ = bytes;
    if (before + bytes <= shared.options.limits.bodies_bytes) return true;
    release();
    return false;
  }
  void release() {
    if (shared_ != nullptr) shared_->body_bytes_held.fetch_sub(bytes_);
    shared_ = nullptr;
  }

 private:
  Shared* shared_ = nullptr;
  std::size_t bytes_ = 0;
};

// One connection: requests are read and answered one after the other.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    beast::error_code ignored;
    peer_ = stream_.socket().remote_endpoint(ignored).address().to_string();
    stream_.socket().set_option(Tcp::no_delay(true), ignored);
    ++shared_->counts.connections_open;
  }
  ~Session() { --shared_->counts.connections_open; }

  void start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->await_request(); });
  }

  // Ends a connection that waits for its next request.
  void stop() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->close();
    });
  }

 private:
  const HttpLimits& limits() const { return shared_->options.limits; }

  // The first byte of a request may come late, the rest may not.
  void await_request() {
    if (shared_->stopping) return close();
    held_.release();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits().header_bytes));
    parser_->body_limit(limits().body_bytes);
    if (buffer_.size() > 0) return read_header();
    idle_ = true;
    stream_.expires_after(limits().idle_time);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                              self->idle_ = false;
                              if (error) return self->close();
                              self->buffer_.commit(bytes);
                              self->read_header();
                            });
  }

  void read_header() {
    stream_.expires_after(limits().header_time);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                              self->shared_->counts.bytes_read += bytes;
                              if (error) return self->refuse(error);
                              self->read_body();
                            });
  }

  void read_body() {
    const auto length = parser_->content_length();
    if (length && *length > limits().body_bytes) return refuse(http::error::body_limit);
    // A chunked body does not say how long it is.
    const std::size_t expected = length ? *length : parser_->chunked() ? limits().body_bytes : 0;
    if (!held_.take(*shared_, expected))
      return reply_and_close(503, "The server is holding as many request bodies as it may. Try again.");
    stream_.expires_after(limits().body_time);
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return ask_for_body();
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                       self->shared_->counts.bytes_read += bytes;
                       if (error) return self->refuse(error);
                       self->handle();
                     });
  }

  void ask_for_body() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    parser_->get().erase(http::field::expect);
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (error) return self->close();
                        http::async_read(self->stream_, self->buffer_, *self->parser_,
                                         [self](beast::error_code failed, std::size_t bytes) {
                                           self->shared_->counts.bytes_read += bytes;
                                           if (failed) return self->refuse(failed);
                                           self->handle();
                                         });
                      });
  }

  void handle() {
    stream_.expires_never();
    ++shared_->counts.requests;
    auto request = parser_->release();
    parser_.reset();
    keep_alive_ = request.keep_alive();
    version_ = request.version();
    zip_ = takes_gzip(request);
    head_only_ = request.method() == http::verb::head;
    asio::post(*shared_->handlers,
               [self = shared_from_this(), call = call_of(std::move(request), peer_)]() mutable {
                 HttpReply reply = self->shared_->handler(call);
                 asio::post(self->stream_.get_executor(),
                            [self, reply = std::move(reply)]() mutable { self->write(std::move(reply)); });
               });
  }

  void write(HttpReply reply) {
    response_ = {};
    response_.version(version_);
    response_.result(static_cast<unsigned>(reply.status));
    response_.set(http::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers) response_.set(name, value);
    response_.set(http::field::server, "culprit");
    response_.set(http::field::date, http_date());
    if (zip_ && reply.body.size() >= kZippedFromBytes) {
      reply.body = gzip(reply.body);
      response_.set(http::field::content_encoding, "gzip");
    }
    response_.body() = std::move(reply.body);
    response_.keep_alive(keep_alive_ && !shared_->stopping);
    response_.prepare_payload();
    if (head_only_) response_.body().clear();
    stream_.expires_after(limits().write_time);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                        self->shared_->counts.bytes_written += bytes;
                        if (error || !self->response_.keep_alive()) return self->close();
                        self->response_ = {};
                        self->await_request();
                      });
  }

  static std::string http_date() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto days = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(now - days);
    static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       kDays[std::chrono::weekday(days).c_encoding()], static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  }

  // What cannot be read is answered where that still makes sense; the connection ends with it.
  void refuse(beast::error_code error) {
    if (error == http::error::end_of_stream || error == asio::error::eof ||
        error == asio::error::connection_reset)
      return close();
    ++shared_->counts.requests_refused;
    if (error == beast::error::timeout) return close();
    if (error == http::error::body_limit)
      return reply_and_close(
          413, fmt::format("The body is longer than the limit of {} bytes.", limits().body_bytes));
    if (error == http::error::header_limit)
      return reply_and_close(
          431, fmt::format("The headers are longer than the limit of {} bytes.", limits().header_bytes));
    if (error.category() == http::make_error_code(http::error::bad_method).category())
      return reply_and_close(400, "This is not an HTTP/1.1 request: " + error.message() + ".");
    close();
  }

  void reply_and_close(int status, std::string text) {
    keep_alive_ = false;
    zip_ = false;
    head_only_ = false;
    version_ = 11;
    held_.release();
    HttpReply reply;
    reply.status = status;
    reply.body = std::move(text) + "\n";
    write(std::move(reply));
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    stream_.close();
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  HeldBytes held_;
  bool idle_ = false;
  bool keep_alive_ = true;
  bool zip_ = false;
  bool head_only_ = false;
  unsigned version_ = 11;
};

class BeastServer : public HttpServer {
 public:
  BeastServer(const HttpOptions& options, HttpHandler handler)
      : shared_(std::make_shared<Shared>()), acceptor_(io_), signals_(io_), stop_timer_(io_) {
    shared_->options = options;
    shared_->handler = std::move(handler);
    if (shared_->options.io_threads == 0)
      shared_->options.io_threads = std::max(1U, std::thread::hardware_concurrency());
  }

  Result<void> bind() {
    const auto& options = shared_->options;
    const std::string where = fmt::format("{}:{}", options.address, options.port);
    beast::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error)
      return fail(ErrorCode::kUsage, "not an IP address", options.address, "Write --listen 127.0.0.1:4580.");
    const Tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return fail(ErrorCode::kUnreachable, "cannot listen: " + error.message(), where,
                  "Another program may use the port; choose one with --listen.");
    port_ = acceptor_.local_endpoint().port();
    return {};
  }

  std::uint16_t port() const override { return port_; }
  const HttpCounts& counts() const override { return shared_->counts; }

  void run() override {
    shared_->handlers.emplace(shared_->options.handler_threads);
    accept();
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < shared_->options.io_threads; ++i) threads.emplace_back([this] { io_.run(); });
    io_.run();
    for (auto& thread : threads) thread.join();
    shared_->handlers->join();
    shared_->handlers.reset();
  }

  void stop() override {
    asio::post(io_, [this] {
      if (shared_->stopping.exchange(true)) return;
      beast::error_code ignored;
      acceptor_.close(ignored);
      signals_.cancel(ignored);
      {
        const std::lock_guard lock(shared_->mutex);
        for (const auto& weak : shared_->sessions)
          if (const auto session = weak.lock()) session->stop();
      }
      stop_timer_.expires_after(shared_->options.limits.stop_time);
      wait_for_sessions();
    });
  }

  void stop_on_signals() override {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](beast::error_code error, int) {
      if (!error) stop();
    });
  }

 private:
  // Looks a few times whether all are gone; io_.run() returns by itself when they are.
  void wait_for_sessions() {
    poll_.expires_after(std::chrono::milliseconds{20});
    poll_.async_wait([this](beast::error_code) {
      if (shared_->counts.connections_open == 0 || stop_timer_.expiry() <= std::chrono::steady_clock::now())
        return io_.stop();
      wait_for_sessions();
    });
  }

  void accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](beast::error_code error, Tcp::socket socket) {
      if (shared_->stopping) return;
      if (error) return accept_later();
      took(std::move(socket));
      accept();
    });
  }

  // Out of file descriptors: others must end first.
  void accept_later() {
    later_.expires_after(std::chrono::milliseconds{100});
    later_.async_wait([this](beast::error_code) {
      if (!shared_->stopping) accept();
    });
  }

  void took(Tcp::socket socket) {
    ++shared_->counts.connections;
    if (shared_->counts.connections_open >= shared_->options.limits.connections) {
      ++shared_->counts.connections_refused;
      static constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      beast::error_code ignored;
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(kBusy), ignored);
      return;
    }
    const auto session = std::make_shared<Session>(std::move(socket), shared_);
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->sessions.size() > 2 * shared_->options.limits.connections)
        shared_->sessions.remove_if([](const auto& weak) { return weak.expired(); });
      shared_->sessions.push_back(session);
    }
    session->start();
  }

  asio::io_context io_;
  std::shared_ptr<Shared> shared_;
  Tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer stop_timer_;
  asio::steady_timer poll_{io_};
  asio::steady_timer later_{io_};
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const HttpOptions& options, HttpHandler handler) {
  auto server = std::make_unique<BeastServer>(options, std::move(handler));
  if (auto bound = server->bind(); !bound) return tl::unexpected(bound.error());
  return server;
}

}  // namespace culprit::server
