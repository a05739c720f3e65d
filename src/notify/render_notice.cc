#include "notify/render_notice.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::string_view kPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";
constexpr std::size_t kTextBytesMax = 8'000;
constexpr std::size_t kSummaryBytesMax = 1'000;  // PagerDuty takes 1,024 characters

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int n =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

// What is no base64 stands for itself.
std::string from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::string(text);
  std::string out(text.size() / 4 * 3, '\0');
  const int n =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (n < 0) return std::string(text);
  out.resize(out.size() - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
  return out;
}

std::string shown_text(const Notice& notice) {
  std::string text = printable(notice.text.substr(0, kTextBytesMax));
  for (const auto& alarm : notice.alarms)
    text += fmt::format("{}alarm {}", text.empty() ? "" : "\n", one_line(alarm));
  return text;
}

std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

bool is_loopback(std::string_view url) {
  const auto begin = url.find("://");
  std::string_view host = begin == std::string_view::npos ? url : url.substr(begin + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return host == "localhost" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

// Whoever could read along would have the secret and the incident.
Result<void> check_http(const Channel& channel, const std::string& url) {
  const bool tls = url.starts_with("https://");
  if (!tls && !url.starts_with("http://"))
    return fail(ErrorCode::kUsage, "its address is no http(s) URL", channel.id,
                is_secret_reference(channel.url) ? fmt::format("Look at what {} holds.", channel.url) : "");
  if (tls || is_loopback(url) || channel.kind == Channel::Kind::kWebhook) return {};
  return fail(ErrorCode::kUsage, "its address begins with http://: key and message would go in the clear",
              channel.id, "Use https://.");
}

void add_key(Delivery& out, const RenderContext& context) {
  out.headers.emplace_back("Content-Type", "application/json");
  out.headers.emplace_back("Idempotency-Key", context.key);
}

Result<Delivery> slack(const Notice& notice, const Channel& channel, const RenderContext& context) {
  Delivery out;
  auto url = resolve_secret(channel.url, context.getenv);
  if (!url) return tl::unexpected(url.error());
  out.url = std::move(*url);
  if (auto ok = check_http(channel, out.url); !ok) return tl::unexpected(ok.error());
  add_key(out, context);
  out.body = boost::json::serialize(boost::json::object{
      {"text",
       slack_escaped(fmt::format("*{}*\n{}\n_{}_", headline(notice), shown_text(notice), notice.incident))}});
  return out;
}

std::string_view pagerduty_severity(std::string_view severity) {
  if (severity == "P0") return "critical";
  if (severity == "P1") return "error";
  return severity == "P2" ? "warning" : "info";
}

std::string_view pagerduty_action(Notice::Kind kind) {
  if (kind == Notice::Kind::kResolved || kind == Notice::Kind::kSighted) return "resolve";
  return kind == Notice::Kind::kAcknowledged ? "acknowledge" : "trigger";
}

Result<Delivery> pagerduty(const Notice& notice, const Channel& channel, const RenderContext& context) {
  Delivery out;
  auto url = resolve_secret(channel.url.empty() ? std::string(kPagerDutyUrl) : channel.url, context.getenv);
  if (!url) return tl::unexpected(url.error());
  const auto key = resolve_secret(channel.key, context.getenv);
  if (!key) return tl::unexpected(key.error());
  out.url = std::move(*url);
  if (auto ok = check_http(channel, out.url); !ok) return tl::unexpected(ok.error());
  add_key(out, context);
  boost::json::object body{{"routing_key", *key},
                           {"event_action", pagerduty_action(notice.kind)},
                           {"dedup_key", dedup_key(notice.incident)},
                           {"client", "culprit"}};
  if (body["event_action"] == "trigger") {
    boost::json::array alarms;
    for (const auto& alarm : notice.alarms) alarms.emplace_back(printable_text(alarm, 300));
    body["payload"] = boost::json::object{{"summary", headline(notice).substr(0, kSummaryBytesMax)},
                                          {"source", printable_text(notice.system, 200)},
                                          {"severity", pagerduty_severity(notice.severity)},
                                          {"timestamp", format_utc(notice.time)},
                                          {"class", to_string(notice.kind)},
                                          {"custom_details",
                                           {{"text", shown_text(notice)},
                                            {"incident", notice.incident},
                                            {"priority", notice.severity},
                                            {"alarms", alarms}}}};
  }
  out.body = boost::json::serialize(body);
  return out;
}

Result<Delivery> webhook(const Notice& notice, const Channel& channel, const RenderContext& context) {
  Delivery out;
  auto url = resolve_secret(channel.url, context.getenv);
  if (!url) return tl::unexpected(url.error());
  const auto secret = resolve_secret(channel.key, context.getenv);
  if (!secret) return tl::unexpected(secret.error());
  out.url = std::move(*url);
  if (auto ok = check_http(channel, out.url); !ok) return tl::unexpected(ok.error());
  boost::json::array alarms;
  for (const auto& alarm : notice.alarms) alarms.emplace_back(printable_text(alarm, 300));
  out.body =
      boost::json::serialize(boost::json::object{{"type", fmt::format("incident.{}", to_string(notice.kind))},
                                                 {"timestamp", format_utc(notice.time)},
                                                 {"data",
                                                  {{"key", context.key},
                                                   {"incident", notice.incident},
                                                   {"system", notice.system},
                                                   {"severity", notice.severity},
                                                   {"title", printable_text(notice.title, 300)},
                                                   {"text", shown_text(notice)},
                                                   {"alarms", alarms}}}});
  add_key(out, context);
  const std::int64_t now_s = to_epoch_ms(context.now) / 1000;
  out.headers.emplace_back("webhook-id", context.key);
  out.headers.emplace_back("webhook-timestamp", std::to_string(now_s));
  out.headers.emplace_back("webhook-signature", webhook_signature(*secret, context.key, now_s, out.body));
  return out;
}

bool is_ascii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// RFC 2047: words of at most 75 characters, cut between code points.
std::string encoded_header(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out, word;
  const auto flush = [&] {
    if (!word.empty()) out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(word));
    word.clear();
  };
  constexpr std::size_t kWordBytesMax = 45;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (word.size() + point.length > kWordBytesMax) flush();
    word += text.substr(0, point.length);
    text.remove_prefix(point.length);
  }
  flush();
  return out;
}

// RFC 5322, 3.3.
std::string mail_date(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {} +0000", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), format_utc_clock(time));
}

std::string header_safe(std::string_view text) { return one_line(printable(text)); }

Result<Delivery> mail(const Notice& notice, const Channel& channel, const RenderContext& context) {
  Delivery out;
  out.form = Delivery::Form::kMail;
  auto url = resolve_secret(channel.url, context.getenv);
  if (!url) return tl::unexpected(url.error());
  out.url = std::move(*url);
  if (!out.url.starts_with("smtp://") && !out.url.starts_with("smtps://"))
    return fail(ErrorCode::kUsage, "its address is no smtp:// or smtps:// URL", channel.id);
  if (!channel.password.empty()) {
    auto password = resolve_secret(channel.password, context.getenv);
    if (!password) return tl::unexpected(password.error());
    out.password = std::move(*password);
  }
  out.user = channel.user;
  out.from = channel.from;
  out.to = channel.to;
  const std::string thread = message_id("incident/" + notice.incident, channel.from);
  out.body = fmt::format("Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}\r\n",
                         mail_date(notice.time), header_safe(channel.from),
                         header_safe(fmt::format("{}", fmt::join(channel.to, ", "))),
                         encoded_header(headline(notice)), message_id(context.key, channel.from));
  out.body += fmt::format(
      "In-Reply-To: {}\r\nReferences: {}\r\nX-Culprit-Key: {}\r\nAuto-Submitted: "
      "auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      thread, thread, header_safe(context.key));
  const std::string encoded =
      base64(fmt::format("{}\n\n{}\n\n{}\n", headline(notice), shown_text(notice), notice.incident));
  constexpr std::size_t kLine = 76;
  for (std::size_t i = 0; i < encoded.size(); i += kLine) out.body += encoded.substr(i, kLine) + "\r\n";
  return out;
}

}  // namespace

std::string dedup_key(std::string_view incident) {
  return fmt::format("culprit/{}", incident).substr(0, 255);
}

std::string message_id(std::string_view key, std::string_view from) {
  const auto at = from.rfind('@');
  std::string domain(at == std::string_view::npos ? "culprit.invalid" : from.substr(at + 1));
  domain.erase(
      std::min(domain.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"),
               domain.size()));
  return fmt::format("<{}@{}>", to_hex(sha256(key)).substr(0, 32),
                     domain.empty() ? "culprit.invalid" : domain);
}

std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body) {
  constexpr std::string_view kPrefix = "whsec_";
  const std::string key =
      secret.starts_with(kPrefix) ? from_base64(secret.substr(kPrefix.size())) : std::string(secret);
  const auto digest = hmac_sha256(key, fmt::format("{}.{}.{}", id, timestamp_s, body));
  return "v1," + base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<Delivery> render_notice(const Notice& notice, const Channel& channel, const RenderContext& context) {
  const auto rendered = [&]() -> Result<Delivery> {
    switch (channel.kind) {
      case Channel::Kind::kSlack:
        return slack(notice, channel, context);
      case Channel::Kind::kPagerDuty:
        return pagerduty(notice, channel, context);
      case Channel::Kind::kWebhook:
        return webhook(notice, channel, context);
      case Channel::Kind::kSmtp:
        return mail(notice, channel, context);
    }
    return fail(ErrorCode::kInternal, "an unknown kind of channel", channel.id);
  };
  auto out = rendered();
  if (out) out->ca = channel.ca;
  return out;
}

}  // namespace culprit
