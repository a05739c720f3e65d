#include "redaction/redactor.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>

#include "redaction/rules.h"

namespace culprit {

namespace {

constexpr int kGroupsMax = 4;  // whole match, then the alternatives of a value

struct KindName {
  std::string_view kind, one, many;
};
constexpr KindName kNames[] = {{"email", "e-mail", "e-mails"},
                               {"ip", "IP address", "IP addresses"},
                               {"phone", "phone number", "phone numbers"},
                               {"card", "card number", "card numbers"},
                               {"token", "token", "tokens"},
                               {"key", "key", "keys"},
                               {"password", "password", "passwords"},
                               {"secret", "secret", "secrets"},
                               {"cookie", "cookie", "cookies"},
                               {"session", "session id", "session ids"},
                               {"name", "name", "names"},
                               {"text", "text of a request", "texts of requests"},
                               {"account", "AWS account id", "AWS account ids"},
                               {"literal", "SQL literal", "SQL literals"}};

// E-mails in either case and addresses in either spelling are one.
std::string normalised(std::string_view kind, std::string_view secret) {
  std::string out(secret);
  if (kind == "email" || kind == "ip")
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (kind == "ip" && out.starts_with("ip-")) out.erase(0, 3);  // ip-10-0-1-5.ec2.internal
  if (kind == "ip" && out.find_first_of(".:") == std::string::npos)
    std::replace(out.begin(), out.end(), '-', '.');
  if (kind == "email")
    if (const std::size_t at = out.find("%40"); at != std::string::npos) out.replace(at, 3, "@");
  return out;
}

// Long and mixed enough that the same bytes elsewhere are the same secret.
bool is_strong(std::string_view kind, std::string_view secret) {
  static constexpr std::string_view kKinds[] = {"token", "key", "password", "secret", "session", "cookie"};
  if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds) || secret.size() < 8)
    return false;
  const auto is = [&](int (*test)(int)) {
    return std::any_of(secret.begin(), secret.end(), [&](unsigned char c) { return test(c) != 0; });
  };
  return is(std::isdigit) && is(std::isalpha);
}

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

// A bare value at the end of an object or list does not own what closes it.
std::string_view without_closing_brackets(std::string_view value) {
  while (value.size() > 1 && ((value.back() == '}' && value.find('{') == std::string_view::npos) ||
                              (value.back() == ']' && value.find('[') == std::string_view::npos)))
    value.remove_suffix(1);
  return value;
}

// A bare number behind `"key":`, where a bare word would break the JSON.
bool is_json_number(std::string_view text, std::size_t start, std::string_view secret) {
  if (secret.find_first_not_of("0123456789") != std::string_view::npos || !is_json(text)) return false;
  std::size_t at = start;
  while (at > 0 && text[at - 1] == ' ') --at;
  return at >= 3 && text[at - 1] == ':' && text[at - 2] == '"' && text[at - 3] != '\\';
}

// Where parameters begin in a JSON text; npos when it has none.
std::size_t parameters_start(std::string_view text) {
  static const re2::RE2 kWord(
      R"re((?i)(\\*"(?:params|parameters|args|arguments|payload|contact|sender|user|body)\\*"\s*:))re");
  re2::StringPiece found;
  if (!re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kWord, &found))
    return std::string_view::npos;
  return static_cast<std::size_t>(found.data() - text.data());
}

}  // namespace

std::string Redactor::pseudonym(std::string_view kind, std::string_view secret) {
  if (kind == "literal") {
    ++replaced_["literal"];
    return "?";
  }
  auto& known = pseudonyms_[std::string(kind)];
  const auto [entry, added] = known.try_emplace(normalised(kind, secret), static_cast<int>(known.size()) + 1);
  std::string name = fmt::format("{}-{}", kind, entry->second);
  if (added && is_strong(kind, secret)) strong_.emplace(std::string(secret), name);
  return name;
}

std::string Redactor::without_known_secrets(std::string text) const {
  for (const auto& [secret, name] : strong_)
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + name.size()))
      text.replace(at, secret.size(), name);
  return text;
}

std::string Redactor::redact(std::string_view text) {
  std::string current(text);
  for (const auto& [rule, expression] : redaction_rules()) {
    std::size_t at = 0;
    if (rule.in_parameters) {
      at = parameters_start(current);
      if (at == std::string::npos) continue;
    }
    const re2::StringPiece whole(current.data(), current.size());
    const int groups_used = std::min(kGroupsMax, expression->NumberOfCapturingGroups() + 1);
    re2::StringPiece groups[kGroupsMax];
    std::string out = current.substr(0, at);
    bool changed = false;
    while (at < current.size() &&
           expression->Match(whole, at, current.size(), re2::RE2::UNANCHORED, groups, groups_used)) {
      const auto* hit =
          std::find_if(groups + 1, groups + groups_used, [](const auto& g) { return g.data() != nullptr; });
      if (hit == groups + groups_used || hit->empty()) break;
      const auto start = static_cast<std::size_t>(hit->data() - current.data());
      const std::string_view secret = without_closing_brackets({hit->data(), hit->size()});
      out.append(current, at, start - at);
      const bool hide =
          !is_harmless(secret) &&
          (rule.accept == nullptr || rule.accept(secret, std::string_view(current).substr(0, start)));
      const bool quoted = hide && purpose_ != RedactFor::kReading && is_json_number(current, start, secret);
      if (quoted) out += '"';
      out += hide ? pseudonym(rule.kind, secret) : std::string(secret);
      if (quoted) out += '"';
      changed = changed || hide;
      at = start + secret.size();
    }
    if (!changed) continue;
    out.append(current, at, std::string::npos);
    current = std::move(out);
  }
  if (purpose_ == RedactFor::kConfiguration) return without_known_secrets(std::move(current));
  return without_known_secrets(without_sql_literals(current, purpose_, replaced_["literal"]));
}

std::string Redactor::note() const {
  std::string out;
  for (const auto& name : kNames) {
    int n = 0;
    if (const auto found = pseudonyms_.find(std::string(name.kind)); found != pseudonyms_.end())
      n = static_cast<int>(found->second.size());
    if (const auto found = replaced_.find(std::string(name.kind)); found != replaced_.end())
      n += found->second;
    if (n > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, n == 1 ? name.one : name.many);
  }
  return out;
}

}  // namespace culprit
