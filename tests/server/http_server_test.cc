// The server against clients that mean harm, over real sockets on loopback.
#include "server/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "server/gzip.h"

namespace culprit::server {
namespace {

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Connection(const Connection&) = delete;
  ~Connection() { ::close(socket_); }
  void send(std::string_view text) { (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  // Until the other side closes, or the text ends as given.
  std::string receive(std::string_view until = "\0") {
    std::string out;
    char block[4096];
    while (!(until.size() > 1 && out.ends_with(until))) {
      const auto n = ::recv(socket_, block, sizeof block, 0);
      if (n <= 0) break;
      out.append(block, static_cast<std::size_t>(n));
    }
    return out;
  }

 private:
  int socket_;
};

class Running : public testing::Test {
 protected:
  void start(HttpLimits limits = {}) {
    HttpOptions options;
    options.limits = limits;
    options.handler_threads = 4;
    server_ = *HttpServer::listen(options, [](const HttpCall& call) {
      HttpReply reply;
      reply.body = call.method + " " + call.path + "?" + call.query + " " + call.body + "!";
      if (call.path == "/long") reply.body = std::string(100'000, 'x');
      return reply;
    });
    thread_ = std::thread([this] { server_->run(); });
  }
  void TearDown() override {
    server_->stop();
    thread_.join();
  }
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(Running, AnswersRequestAfterRequestOnOneConnection) {
  start();
  Connection connection(server_->port());
  for (int i = 0; i < 3; ++i) {
    connection.send("POST /p?q=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    EXPECT_NE(connection.receive("body!").find("POST /p?q=1 body!"), std::string::npos);
  }
  EXPECT_EQ(server_->counts().requests, 3u);
  EXPECT_EQ(server_->counts().connections, 1u);
}

TEST_F(Running, TwoRequestsInOnePacketAreBothAnswered) {
  start();
  Connection connection(server_->port());
  connection.send(
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answer = connection.receive();
  EXPECT_NE(answer.find("GET /a?"), std::string::npos);
  EXPECT_NE(answer.find("GET /b?"), std::string::npos);
}

TEST_F(Running, AChunkedBodyIsRead) {
  start();
  Connection connection(server_->port());
  connection.send(
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  EXPECT_NE(connection.receive("abc!").find("POST /p? abc!"), std::string::npos);
}

TEST_F(Running, AClientThatWaitsToBeAskedIsAsked) {
  start();
  Connection connection(server_->port());
  connection.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(connection.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("ok");
  EXPECT_NE(connection.receive("ok!").find("200 OK"), std::string::npos);
}

TEST_F(Running, ALongAnswerIsZippedWhereItIsTaken) {
  start();
  Connection connection(server_->port());
  connection.send("GET /long HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
  const std::string answer = connection.receive();
  EXPECT_NE(answer.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_EQ(gunzip(answer.substr(answer.find("\r\n\r\n") + 4), 1 << 20).value(), std::string(100'000, 'x'));
}

TEST_F(Running, ABodyBeyondTheLimitIsRefusedUnread) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  start(limits);
  Connection connection(server_->port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 413"));
}

TEST_F(Running, AChunkedBodyBeyondTheLimitIsRefused) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  start(limits);
  Connection connection(server_->port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                  std::string(2000, 'x') + "\r\n");
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 413"));
}

TEST_F(Running, BodiesThatTogetherAreTooMuchAreRefused) {
  HttpLimits limits;
  limits.bodies_bytes = 1000;
  start(limits);
  Connection holding(server_->port());
  holding.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_FALSE(holding.receive("\r\n\r\n").empty());
  Connection connection(server_->port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n");
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 503"));
}

TEST_F(Running, HeadersBeyondTheLimitAreRefused) {
  HttpLimits limits;
  limits.header_bytes = 2000;
  start(limits);
  Connection connection(server_->port());
  connection.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(5000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 431"));
}

TEST_F(Running, GarbageIsRefused) {
  start();
  Connection connection(server_->port());
  connection.send("\x16\x03\x01\x02garbage\r\n\r\n");
  EXPECT_TRUE(connection.receive().starts_with("HTTP/1.1 400"));
}

TEST_F(Running, AHeaderThatNeverEndsIsCutOff) {
  HttpLimits limits;
  limits.header_time = std::chrono::seconds{1};
  start(limits);
  Connection connection(server_->port());
  connection.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
  EXPECT_EQ(connection.receive(), "");
}

TEST_F(Running, ABodyThatNeverComesIsCutOff) {
  HttpLimits limits;
  limits.body_time = std::chrono::seconds{1};
  start(limits);
  Connection connection(server_->port());
  connection.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nfirst");
  EXPECT_EQ(connection.receive(), "");
}

TEST_F(Running, OneConnectionTooManyIsToldSo) {
  HttpLimits limits;
  limits.connections = 2;
  start(limits);
  Connection first(server_->port()), second(server_->port());
  for (auto* connection : {&first, &second}) {
    connection->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    connection->receive(" !");
  }
  Connection third(server_->port());
  EXPECT_TRUE(third.receive().starts_with("HTTP/1.1 503"));
  EXPECT_EQ(server_->counts().connections_refused, 1u);
}

TEST(HttpServer, AnAddressThatIsTakenIsNamed) {
  auto first = HttpServer::listen({}, [](const HttpCall&) { return HttpReply{}; });
  ASSERT_TRUE(first.has_value());
  HttpOptions options;
  options.port = (*first)->port();
  const auto second = HttpServer::listen(options, [](const HttpCall&) { return HttpReply{}; });
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnreachable);
}

}  // namespace
}  // namespace culprit::server
