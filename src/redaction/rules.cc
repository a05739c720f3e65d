#include "redaction/rules.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace culprit {

namespace {

bool has_digit(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "basic authentication" is prose; a credential has digits, padding or length.
bool is_credential(std::string_view s, std::string_view /*before*/) {
  return !is_harmless(s) &&
         (has_digit(s) || s.find_first_of("=.+/") != std::string_view::npos || s.size() >= 20);
}

bool is_secret_value(std::string_view s, std::string_view /*before*/) { return !is_harmless(s); }

// "rails 7.0.8.4" has the form of an address.
bool ends_in_version_word(std::string_view before) {
  while (!before.empty() && std::string_view(" :=/(v").find(before.back()) != std::string_view::npos)
    before.remove_suffix(1);
  std::string word;
  for (; !before.empty() && std::isalpha(static_cast<unsigned char>(before.back())) != 0;
       before.remove_suffix(1))
    word.insert(word.begin(), static_cast<char>(std::tolower(static_cast<unsigned char>(before.back()))));
  static constexpr std::array<std::string_view, 11> kWords{"version", "rails",    "ruby",    "gem",
                                                           "release", "chatwoot", "sidekiq", "puma",
                                                           "chrome",  "postgres", "redis"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// A pseudonym before a host ("password-1@db.example") is no mailbox.
bool is_mailbox(std::string_view s, std::string_view /*before*/) {
  return !is_harmless(s.substr(0, std::min(s.find('@'), s.find("%40"))));
}

// Loopback, wildcard and broadcast name nobody.
bool is_ipv4(std::string_view s, std::string_view before) {
  in_addr address{};
  return !ends_in_version_word(before) && inet_pton(AF_INET, std::string(s).c_str(), &address) == 1 &&
         !s.starts_with("127.") && s != "0.0.0.0" && s != "255.255.255.255";
}

// Ruby and C++ names ("A::B") have the form of an address; real ones have digits and mostly small letters.
bool is_ipv6(std::string_view s, std::string_view /*before*/) {
  in6_addr address{};
  if (s == "::1" || s == "::" || !has_digit(s) || std::count(s.begin(), s.end(), ':') < 2) return false;
  const bool capitals = std::any_of(s.begin(), s.end(), [](unsigned char c) { return std::isupper(c) != 0; });
  if (capitals && std::count(s.begin(), s.end(), ':') < 5) return false;
  return inet_pton(AF_INET6, std::string(s).c_str(), &address) == 1;
}

bool is_phone(std::string_view s, std::string_view /*before*/) {
  const auto digits = std::count_if(s.begin(), s.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits >= 8 && digits <= 15;
}

// Luhn's check digit.
bool is_card(std::string_view s, std::string_view /*before*/) {
  int sum = 0;
  bool twice = false;
  for (std::size_t i = s.size(); i-- > 0;) {
    if (std::isdigit(static_cast<unsigned char>(s[i])) == 0) continue;
    int digit = s[i] - '0';
    if (twice && (digit *= 2) > 9) digit -= 9;
    sum += digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// A pair's separator: =, : or =>, with quotes (escaped ones too) around key and value.
const std::string kIs = R"(["'\\]*\s*(?:=>|=|:)\s*)";
const std::string kValue = R"((?:\\*"([^"\\]+)|'([^'\\]+)|([^\s"'&,;\\]+)))";

// key=value where the key, perhaps behind a prefix ("db_password", "accessToken"), is one of `keys`.
std::string pair(const std::string& keys) {
  return R"((?i)(?:^|[^a-z0-9])(?:[a-z0-9_.\-]*)(?:)" + keys + ")" + kIs + kValue;
}

// The same for short keys that end other words.
std::string short_pair(const std::string& keys) {
  return R"((?i)(?:^|[^a-z0-9])(?:[a-z0-9]+[_.\-])*(?:)" + keys + ")" + kIs + kValue;
}

// "name"=>"Ann" as Rails shows parameters; the closing quote may have been cut off.
std::string ruby_pair(const std::string& keys) {
  return R"((?i)\\*"(?:)" + keys + R"()\\*"\s*=>\s*\\*"((?:[^"\\]|\\[^"])+))";
}

std::string json_pair(const std::string& keys) {
  return R"((?i)\\*"(?:)" + keys + R"()\\*"\s*:\s*\\*"((?:[^"\\]|\\[^"])+))";
}

const std::string kNameKeys =
    "name|first_?name|last_?name|full_?name|middle_?name|display_?name|available_name|user_?name|sender_name|"
    "contact_name|company_name|nick_?name";
const std::string kTextKeys =
    "content|message|body|text|subject|address|street|city|postal_?code|zip|birthday|date_of_birth|bio|"
    "description|note|notes|query|q|search|search_query|prompt";

void add_secrets(std::vector<RedactionRule>& rules) {
  rules.push_back(
      {"key",
       R"((-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|-[^-]|--[^-])*(?:-----END [A-Z ]*PRIVATE KEY-----)?))"});
  rules.push_back(
      {"password", R"((?i)[a-z][a-z0-9+.\-]*://[^\s/?#:@'"<>]*:([^\s/'"<>]+)@)", is_secret_value});
  rules.push_back({"token", R"((?i)[a-z][a-z0-9+.\-]*://([^\s/?#:@'"<>]{16,})@)", is_secret_value});
  rules.push_back(
      {"cookie",
       R"((?i)(?:^|[^a-z0-9])(?:http_)?(?:set-)?cookies?["'\\]*\s*(?:=>|=|:)\s*["'\\]*([^\r\n"'\\]+))",
       is_secret_value});
  rules.push_back(
      {"token",
       R"re((?i)authorization["'\\]*\s*(?:=>|=|:)\s*["'\\]*(?:bearer|basic|token|digest)\s+([^\s"',;\\]+))re",
       is_secret_value});
  rules.push_back(
      {"token", R"re((?i)authorization["'\\]*\s*(?:=>|=|:)\s*["'\\]*([^\s"',;\\]+))re", is_credential});
  rules.push_back({"token", R"((?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=\-]{8,}))", is_credential});
  rules.push_back({"token", R"(\b(eyJ[A-Za-z0-9_+=%\-]{8,}(?:\.[A-Za-z0-9_+=%\-]+){0,2}))"});
  rules.push_back({"token", R"(\b(BAh[A-Za-z0-9_+/=%\-]{8,}--[0-9a-f]{20,}))"});
  rules.push_back({"key", R"(\b((?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16})\b)"});
  rules.push_back(
      {"token",
       R"(\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w\-]{20,}|xox[abposr]-[A-Za-z0-9\-]{10,}|)"
       R"([sr]k_(?:live|test)_[A-Za-z0-9]{10,}|sk-[A-Za-z0-9_\-]{20,}|AIza[0-9A-Za-z_\-]{30,}|SG\.[\w\-]{16,}\.[\w\-]{16,}))"});
  // Environment of a task definition: {"name": "DB_PASSWORD", "value": "…"}, in either order.
  rules.push_back(
      {"secret",
       R"re((?i)"name"\s*:\s*"[^"]*(?:pass|secret|token|key|dsn|credential)[^"]*"\s*,\s*"value"\s*:\s*"([^"]+))re",
       is_secret_value});
  rules.push_back(
      {"secret",
       R"re((?i)"value"\s*:\s*"([^"]+)"\s*,\s*"name"\s*:\s*"[^"]*(?:pass|secret|token|key|dsn|credential))re",
       is_secret_value});
  rules.push_back({"password", R"re((?i)\bpassword\s+'([^']+)')re", is_secret_value});
  rules.push_back({"password", pair("password|passwd|passphrase|password_confirmation"), is_secret_value});
  rules.push_back({"password", short_pair("pwd|pass|pin|otp|cvv|otp_attempt"), is_secret_value});
  rules.push_back({"password", R"((?i)--[a-z\-]*password[ ]+["']?([^\s"']+))", is_secret_value});
  rules.push_back({"token", R"((?i)--[a-z\-]*(?:token|secret|api-key)[ ]+["']?([^\s"']+))", is_secret_value});
  rules.push_back(
      {"key",
       pair("api[_\\-]?key|access[_\\-]?key|access[_\\-]?key[_\\-]?id|secret[_\\-]?key|private[_\\-]?key|"
            "encryption[_\\-]?key|secret[_\\-]?access[_\\-]?key|secret[_\\-]?key[_\\-]?base|license[_\\-]?"
            "key"),
       is_secret_value});
  rules.push_back({"token", pair("token|secret|signature|credentials?"), is_secret_value});
  rules.push_back({"session", pair("session[_\\-]?id|_session"), is_secret_value});
  rules.push_back({"session", short_pair("sid|session"), is_credential});
}

void add_personal(std::vector<RedactionRule>& rules) {
  rules.push_back(
      {"email",
       R"(([A-Za-z0-9._%+\-\x80-\xff]+(?:@|%40)[A-Za-z0-9\-\x80-\xff]+(?:\.[A-Za-z0-9\-\x80-\xff]+)*\.[A-Za-z\x80-\xff]{2,}))",
       is_mailbox});
  rules.push_back({"phone", short_pair("phone|phone_?number|mobile|telephone|tel|whatsapp"), is_phone});
  rules.push_back({"phone",
                   R"((?:^|[^\w+.:/\-])(\+\d{1,3}[ .\-]?(?:\(\d{1,4}\)[ .\-]?)?\d(?:[ .\-]?\d){5,12})\b)",
                   is_phone});
  rules.push_back({"phone", R"((%2B\d{8,15})\b)"});
  rules.push_back({"phone", R"((?:^|[^\w\-+.])(\(\d{3}\) ?\d{3}[ .\-]\d{4}|\d{3}-\d{3}-\d{4})\b)"});
  rules.push_back({"card", R"((?:^|[^\w\-])(\d{4}[ \-]\d{4}[ \-]\d{4}[ \-]\d{4})\b)", is_card});
  rules.push_back({"name", ruby_pair(kNameKeys), is_secret_value});
  rules.push_back({"text", ruby_pair(kTextKeys), is_secret_value});
  rules.push_back({"name", json_pair(kNameKeys), is_secret_value, true});
  rules.push_back({"text", json_pair(kTextKeys), is_secret_value, true});
  rules.push_back({"name", "(?i)[?&](?:" + kNameKeys + R"()=([^&\s"'\\]+))", is_secret_value});
  rules.push_back({"text", "(?i)[?&](?:" + kTextKeys + R"()=([^&\s"'\\]+))", is_secret_value});
}

void add_literals(std::vector<RedactionRule>& rules) {
  rules.push_back({"literal", R"re(\bKey \([^)]*\)=\(((?:[^)]|\)[^ ])*)\))re", is_secret_value});
  rules.push_back({"literal", R"(\bFailing row contains \(([^\n]*)\))", is_secret_value});
  rules.push_back({"literal", R"(\$\d+ = ('(?:[^']|'')*'?|[0-9][^\s,]*))", is_secret_value});
  rules.push_back({"literal", R"re(\bCOPY [^\n,]*, line \d+[^\n:]*: "([^\n]*)")re", is_secret_value});
  rules.push_back(
      {"literal", R"re(\[\\*"\w+\\*", (\\*"(?:[^"\\]|\\[^"])*\\*"|[0-9][^\],]*)\])re", is_secret_value});
}

void add_addresses(std::vector<RedactionRule>& rules) {
  rules.push_back({"ip",
                   R"((?:^/?|[^\w./\-]/?|//)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^\w.]|\.(?:$|[^\w])))",
                   is_ipv4});
  rules.push_back({"ip", R"(\b(ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\b)"});
  rules.push_back({"ip",
                   R"((?:^|[^\w:.])((?:::)?[0-9A-Fa-f]{1,4}(?:::?[0-9A-Fa-f]{1,4}){1,7}(?:::)?)(?:$|[^\w:]))",
                   is_ipv6});
  rules.push_back({"account", R"(arn:aws[a-z\-]*:[a-z0-9\-]*:[a-z0-9\-]*:(\d{12}):)"});
  rules.push_back({"account", R"(\b(\d{12})(?:\.dkr\.ecr|:/aws|:log-group))"});
  rules.push_back(
      {"account", R"((?i)(?:account|owner)[_ \-]?(?:id)?["'\\]*\s*(?:=>|=|:|\s)\s*["'\\]*(\d{12})\b)"});
  rules.push_back({"account", R"(amazonaws\.com/(\d{12})/)"});
}

std::vector<CompiledRule> compile() {
  std::vector<RedactionRule> rules;
  add_secrets(rules);
  add_personal(rules);
  add_literals(rules);
  add_addresses(rules);
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // bytes: invalid UTF-8 must not hide anything
  options.set_log_errors(true);
  std::vector<CompiledRule> out;
  for (auto& rule : rules) {
    auto expression = std::make_shared<re2::RE2>(rule.pattern, options);
    out.push_back({std::move(rule), std::move(expression)});
  }
  return out;
}

}  // namespace

bool is_harmless(std::string_view value) {
  static constexpr std::array<std::string_view, 9> kWords{"nil",  "null",      "NULL", "true", "false",
                                                          "none", "undefined", "?",    "..."};
  if (value.empty() || std::find(kWords.begin(), kWords.end(), value) != kWords.end()) return true;
  if (value.starts_with("[FILTERED") || value.starts_with("[REDACTED") || value.starts_with("<redacted"))
    return true;
  if (value.find_first_not_of("*?.-()[]{}<>") == std::string_view::npos) return true;
  if (value.front() == '$' && value.size() > 1 && std::isdigit(static_cast<unsigned char>(value[1])) != 0)
    return true;
  static const re2::RE2 kPseudonym(
      R"((?:email|ip|phone|card|token|key|password|secret|cookie|session|name|text|account)-\d+[)\]}.]*)");
  return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), kPseudonym);
}

const std::vector<CompiledRule>& redaction_rules() {
  static const std::vector<CompiledRule> rules = compile();
  return rules;
}

}  // namespace culprit
