// A request as it came and an answer as it goes, without sockets.
#pragma once

#include <string>
#include <string_view>

#include "aws_wire/sigv4.h"
#include "base/time.h"

namespace culprit::server {

struct HttpCall {
  std::string method;
  std::string path;      // as on the request line, without the query
  std::string query;     // without '?'
  aws::Headers headers;  // in the order sent
  std::string body;
  std::string peer;  // "127.0.0.1"

  std::string_view header(std::string_view lower_case_name) const;  // empty = absent
};

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  aws::Headers headers;  // others than Content-Type and Content-Length
  std::string body;
};

}  // namespace culprit::server
