#include "sources/aws/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>

namespace culprit::aws {

namespace {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void initialise_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(once);
}

// What the callbacks fill.
struct Answer {
  HttpResponse response;
  std::size_t max_body_bytes = 0;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  const std::size_t bytes = size * count;
  if (answer.response.body.size() + bytes > answer.max_body_bytes) {
    answer.too_large = true;
    return 0;
  }
  answer.response.body.append(data, bytes);
  return bytes;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) answer.response.headers.clear();  // a new answer (100 Continue before it)
  const auto colon = line.find(':');
  constexpr std::size_t kMaxHeaders = 200;
  if (colon != std::string_view::npos && answer.response.headers.size() < kMaxHeaders) {
    std::string name(line.substr(0, colon));
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
      value.remove_suffix(1);
    answer.response.headers.emplace_back(std::move(name), std::string(value));
  }
  return size * count;
}

class CurlTransport : public HttpTransport {
 public:
  explicit CurlTransport(CurlOptions options) : options_(std::move(options)) { initialise_curl(); }

  TransportResult<HttpResponse> send(const HttpRequest& request) override {
    Easy easy = take();
    if (!easy) return tl::unexpected(TransportError{"libcurl could not start", false, false});
    Answer answer;
    answer.max_body_bytes = options_.max_body_bytes;
    char problem[CURL_ERROR_SIZE] = "";
    std::unique_ptr<curl_slist, ListDeleter> headers = header_list(request);
    prepare(easy.get(), request, headers.get(), answer, problem);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
      answer.response.status = static_cast<int>(status);
    }
    curl_easy_reset(easy.get());  // keeps the connection; drops pointers into this call
    give_back(std::move(easy));
    if (code == CURLE_OK) return std::move(answer.response);
    return tl::unexpected(error_of(code, problem, answer.too_large));
  }

 private:
  static std::unique_ptr<curl_slist, ListDeleter> header_list(const HttpRequest& request) {
    std::unique_ptr<curl_slist, ListDeleter> list;
    const auto add = [&list](const std::string& line) {
      curl_slist* grown = curl_slist_append(list.get(), line.c_str());
      if (grown == nullptr) return;
      static_cast<void>(list.release());
      list.reset(grown);
    };
    for (const auto& [name, value] : request.headers) add(name + ": " + value);
    add("Expect:");  // no 100-continue round trip
    return list;
  }

  void prepare(CURL* easy, const HttpRequest& request, curl_slist* headers, Answer& answer,
               char* problem) const {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, problem);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &answer);
    if (request.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    } else if (request.method != "GET") {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (request.direct) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (!options_.verify_tls) {
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!options_.ca_bundle.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_bundle.c_str());
  }

  TransportError error_of(CURLcode code, const char* problem, bool too_large) const {
    if (too_large)
      return {fmt::format("the answer is larger than {} MiB", options_.max_body_bytes >> 20), false, true};
    const bool hopeless = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
                          code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    std::string what = *problem != '\0' ? problem : curl_easy_strerror(code);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
      what += " (where a proxy opens TLS, AWS_CA_BUNDLE must name its certificate)";
    if (code == CURLE_OPERATION_TIMEDOUT) what = "timed out: " + what;
    return {std::move(what), !hopeless, false};
  }

  Easy take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Easy(curl_easy_init());
    Easy easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }

  void give_back(Easy easy) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(easy));
  }

  CurlOptions options_;
  std::mutex mutex_;
  std::vector<Easy> idle_;  // as many as threads ever called at once
};

}  // namespace

std::string_view HttpResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

std::unique_ptr<HttpTransport> make_curl_transport(CurlOptions options) {
  return std::make_unique<CurlTransport>(std::move(options));
}

}  // namespace culprit::aws
