// --debug: what goes over the wire, without what must stay secret.
#include <fmt/format.h>

#include <cstdio>

#include "sources/aws/client.h"

namespace culprit::aws {

namespace {

std::string masked_header(std::string_view name, std::string_view value) {
  if (name == "Authorization") {
    const auto signature = value.find("Signature=");
    return signature == std::string_view::npos ? "***"
                                               : fmt::format("{}***", value.substr(0, signature + 10));
  }
  const bool secret = name == "X-Amz-Security-Token" || name == "x-amz-sso_bearer_token" ||
                      name == "x-aws-ec2-metadata-token";
  return secret ? "***" : std::string(value);
}

// Bodies of the monitoring services hold no secrets; sign-in bodies do.
bool may_show(const HttpRequest& request) {
  return request.body.find("WebIdentityToken=") == std::string::npos &&
         request.body.find("TokenCode=") == std::string::npos &&
         request.body.find("clientSecret") == std::string::npos;
}

class DebugTransport : public HttpTransport {
 public:
  explicit DebugTransport(HttpTransport& inner) : inner_(inner) {}

  TransportResult<HttpResponse> send(const HttpRequest& request) override {
    std::string text = fmt::format("> {} {}\n", request.method, request.url);
    for (const auto& [name, value] : request.headers)
      text += fmt::format("> {}: {}\n", name, masked_header(name, value));
    if (!request.body.empty()) text += fmt::format("> {}\n", may_show(request) ? request.body : "***");
    const auto started = std::chrono::steady_clock::now();
    auto response = inner_.send(request);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    if (response)
      text += fmt::format("< HTTP {} · {} bytes · {} ms · request id {}\n", response->status,
                          response->body.size(), ms.count(), response->header("x-amzn-requestid"));
    else
      text += fmt::format("< no answer after {} ms: {}\n", ms.count(), response.error().what);
    std::fputs(text.c_str(), stderr);  // one write, so that threads do not mix
    return response;
  }

 private:
  HttpTransport& inner_;
};

}  // namespace

std::unique_ptr<HttpTransport> make_debug_transport(HttpTransport& inner) {
  return std::make_unique<DebugTransport>(inner);
}

}  // namespace culprit::aws
