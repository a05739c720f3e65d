// One HTTP request and its answer, over libcurl.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "aws_wire/sigv4.h"
#include "base/time.h"

namespace culprit::aws {

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  Headers headers;
  std::string body;
  Duration connect_timeout{10'000};
  Duration timeout{60'000};
  bool direct = false;  // never through a proxy: metadata services of the machine itself
};

struct HttpResponse {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;

  std::string_view header(std::string_view lower_case_name) const;  // empty = absent
};

// No answer, or none that could be taken.
struct TransportError {
  std::string what;
  bool retryable = true;
  bool too_large = false;
};

template <class T>
using TransportResult = tl::expected<T, TransportError>;

// May be called from several threads at once.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual TransportResult<HttpResponse> send(const HttpRequest& request) = 0;
};

struct CurlOptions {
  bool verify_tls = true;
  std::string ca_bundle;  // AWS_CA_BUNDLE; empty = the system's
  // AWS's largest answers are 1 MB of log events or 100,800 datapoints, some 6 MB with all their escapes;
  // parsed, a hostile answer grows tenfold, and four are parsed at once.
  std::size_t max_body_bytes = 16u << 20;
};

// Connections are kept and reused; proxies are taken from the environment as curl does.
std::unique_ptr<HttpTransport> make_curl_transport(CurlOptions options);

}  // namespace culprit::aws
