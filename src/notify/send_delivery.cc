#include "notify/send_delivery.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "base/printable.h"

namespace culprit {

namespace {

using Outcome = Delivered::Outcome;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;

void append(List& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) return;
  static_cast<void>(list.release());
  list.reset(grown);
}

struct Answer {
  std::string body;
  std::string retry_after;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& body = static_cast<Answer*>(user)->body;
  constexpr std::size_t kBytesMax = 2'000;  // enough to say why it was refused
  if (body.size() < kBytesMax) body.append(data, std::min(size * count, kBytesMax - body.size()));
  return size * count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  std::string_view line(data, size * count);
  constexpr std::string_view kName = "retry-after:";
  if (line.size() > kName.size() && curl_strnequal(data, kName.data(), kName.size()) != 0) {
    line.remove_prefix(kName.size());
    const auto first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      static_cast<Answer*>(user)->retry_after = line.substr(first, line.find_first_of("\r\n") - first);
  }
  return size * count;
}

// What is still to be sent of a mail.
std::size_t on_upload(char* to, std::size_t size, std::size_t count, void* user) {
  auto& left = *static_cast<std::string_view*>(user);
  const std::size_t n = std::min(left.size(), size * count);
  left.copy(to, n);
  left.remove_prefix(n);
  return n;
}

bool is_this_machine(std::string_view address) {
  const auto host = address.substr(address.find("://") + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void prepare_post(CURL* easy, const Delivery& delivery, List& headers) {
  for (const auto& [name, value] : delivery.headers) append(headers, fmt::format("{}: {}", name, value));
  append(headers, "User-Agent: culprit");
  append(headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(delivery.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, delivery.body.data());
}

void prepare_mail(CURL* easy, const Delivery& delivery, List& to, std::string_view& left) {
  for (const auto& one : delivery.to) append(to, fmt::format("<{}>", one));
  const std::string from = "<" + delivery.from + ">";
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_upload);
  curl_easy_setopt(easy, CURLOPT_READDATA, &left);
  const bool local = is_this_machine(shown_address(delivery.url));
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(local && delivery.ca.empty() ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (delivery.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, delivery.user.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, delivery.password.c_str());
}

Delivered tls_problem(CURLcode code, const std::string& address, const char* problem) {
  if (code == CURLE_USE_SSL_FAILED)
    return {Outcome::kRefused,
            fmt::format("{} offers no TLS (STARTTLS)", address),
            "Use smtps://host:465, or a server that offers STARTTLS.",
            {}};
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    return {Outcome::kRefused,
            fmt::format("the certificate of {} is not trusted: {}", address, problem),
            "If its authority is your own, name its certificate in the channel's `ca`.",
            {}};
  if (code == CURLE_SSL_CACERT_BADFILE)
    return {Outcome::kRefused, fmt::format("the channel's `ca` cannot be read: {}", problem), "", {}};
  return {Outcome::kLater,
          fmt::format("no TLS connection to {}: {}", address, problem),
          "Is it the right port, and does it speak TLS there?",
          {}};
}

bool is_tls_problem(CURLcode code) {
  return code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CONNECT_ERROR;
}

Delivered judge_mail(CURLcode code, long status, const std::string& address, const char* problem) {
  if (code == CURLE_OK) return {Outcome::kDone, "", "", {}};
  if (code == CURLE_LOGIN_DENIED)
    return {Outcome::kRefused,
            fmt::format("{} does not accept the login", address),
            "Look at the channel's `user` and at what its `password` names.",
            {}};
  const std::string text = *problem != '\0' ? problem : curl_easy_strerror(code);
  if (status >= 500 && status < 600)
    return {Outcome::kRefused,
            fmt::format("{} refused the mail: {}", address, text),
            "Look at the channel's `from` and `to`, and at whether this machine may send there.",
            {}};
  return {Outcome::kLater,
          status >= 400 ? fmt::format("{} put the mail off: {}", address, text)
                        : fmt::format("{} cannot be reached: {}", address, text),
          "",
          {}};
}

Delivered judge_post(CURLcode code, CURL* easy, const Answer& answer, const std::string& address,
                     const char* problem) {
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return {
        Outcome::kRefused, "its address is no URL", "Look at the channel's `url`, or at what it names.", {}};
  if (code != CURLE_OK)
    return {Outcome::kLater, fmt::format("{} cannot be reached: {}", address, problem), "", {}};
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  auto out = judge_status(static_cast<int>(status), address, answer.retry_after);
  if (out.outcome != Outcome::kDone && !answer.body.empty())
    out.what += fmt::format(" (\"{}\")", printable_text(answer.body, 200));
  return out;
}

}  // namespace

std::string shown_address(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "the address";
  const auto host = url.substr(scheme + 3);
  auto end = host.find_first_of("/?#");
  std::string_view authority = host.substr(0, end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return fmt::format("{}{}", url.substr(0, scheme + 3), printable_text(authority, 200));
}

Delivered judge_status(int status, std::string_view address, std::string_view retry_after) {
  if (status >= 200 && status < 300) return {Outcome::kDone, "", "", {}};
  const std::string said = fmt::format("{} answered {}", address, status);
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    Delivered out{Outcome::kLater, said, "", {}};
    int seconds = 0;
    const auto* end = retry_after.data() + retry_after.size();
    if (const auto [stop, ec] = std::from_chars(retry_after.data(), end, seconds);
        ec == std::errc{} && stop == end && seconds >= 0)
      out.wait = std::min<Duration>(std::chrono::seconds(seconds), std::chrono::hours(1));
    return out;
  }
  if (status >= 300 && status < 400)
    return {Outcome::kRefused,
            said + ": it wants another address",
            "Messages are not sent on to where it points.",
            {}};
  if (status == 404 || status == 410)
    return {Outcome::kRefused,
            said + ": there is no such webhook (any more)",
            "Make a new one there, and set what the channel's `url` names.",
            {}};
  if (status == 401 || status == 403)
    return {Outcome::kRefused,
            said + ": it does not accept the key or address",
            "Look at what `url` and `key` name.",
            {}};
  return {Outcome::kRefused, said + ": it refuses the message", "", {}};
}

Delivered send_delivery(const Delivery& delivery, const SendOptions& options) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(once);
  const Easy easy(curl_easy_init());
  if (!easy) return {Outcome::kLater, "libcurl could not start", "", {}};
  char problem[CURL_ERROR_SIZE] = "";
  Answer answer;
  List list;
  std::string_view left = delivery.body;
  const bool is_mail = delivery.form == Delivery::Form::kMail;
  CURL* const handle = easy.get();
  curl_easy_setopt(handle, CURLOPT_URL, delivery.url.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, problem);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
  if (!delivery.ca.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, delivery.ca.c_str());
  if (is_mail)
    prepare_mail(handle, delivery, list, left);
  else
    prepare_post(handle, delivery, list);
  const CURLcode code = curl_easy_perform(handle);
  const std::string address = shown_address(delivery.url);
  if (is_tls_problem(code))
    return tls_problem(code, address, *problem != '\0' ? problem : curl_easy_strerror(code));
  if (!is_mail)
    return judge_post(code, handle, answer, address, *problem != '\0' ? problem : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return judge_mail(code, status, address, problem);
}

}  // namespace culprit
