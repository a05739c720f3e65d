#include "sources/aws/config_files.h"

#include <fmt/format.h>

#include "base/file.h"

namespace culprit::aws {

namespace {

constexpr std::size_t kMaxFileBytes = 4u << 20;

std::string_view trim(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// " # comment" and " ; comment" behind a value end it.
std::string_view without_comment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i)
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t'))
      return trim(value.substr(0, i));
  return value;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// 'profile "my name"' -> 'profile my name', with one space between.
std::string header_name(std::string_view inside) {
  inside = trim(inside);
  const auto space = inside.find_first_of(" \t");
  if (space == std::string_view::npos) return std::string(inside);
  std::string_view name = trim(inside.substr(space));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
    name = name.substr(1, name.size() - 2);
  return fmt::format("{} {}", inside.substr(0, space), name);
}

class IniParser {
 public:
  explicit IniParser(const std::string& file) : file_(file) {}

  Result<void> line(std::string_view raw, std::size_t number) {
    const std::string_view text = trim(raw);
    if (text.empty() || text.front() == '#' || text.front() == ';') return {};
    if (raw.front() == '[') return header(text, number);
    if (section_ == nullptr)
      return fail(ErrorCode::kInput, "a setting before the first [section]", where(number));
    const auto equals = text.find('=');
    const bool indented = raw.front() == ' ' || raw.front() == '\t';
    if (indented && (!parent_.empty() || equals == std::string_view::npos)) return continuation(text, equals);
    if (equals == std::string_view::npos)
      return fail(ErrorCode::kInput, "not a section, comment or 'key = value'", where(number));
    const std::string key = lower(trim(text.substr(0, equals)));
    const std::string_view value = without_comment(trim(text.substr(equals + 1)));
    section_->values.insert_or_assign(key, std::string(value));
    parent_ = value.empty() ? key : std::string();
    last_key_ = key;
    return {};
  }

  std::map<std::string, Section, std::less<>> take() { return std::move(sections_); }

 private:
  Result<void> header(std::string_view text, std::size_t number) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail(ErrorCode::kInput, "']' is missing", where(number));
    section_ = &sections_[header_name(text.substr(1, close - 1))];
    parent_.clear();
    last_key_.clear();
    return {};
  }

  // Below "key =": a nested setting; below a value: more of the value.
  Result<void> continuation(std::string_view text, std::size_t equals) {
    if (!parent_.empty() && equals != std::string_view::npos) {
      section_->nested[parent_].insert_or_assign(lower(trim(text.substr(0, equals))),
                                                 std::string(without_comment(trim(text.substr(equals + 1)))));
    } else if (!last_key_.empty()) {
      section_->values[last_key_].append("\n").append(text);
    }
    return {};
  }

  std::string where(std::size_t number) const { return fmt::format("{}:{}", file_, number); }

  const std::string& file_;
  std::map<std::string, Section, std::less<>> sections_;
  Section* section_ = nullptr;
  std::string parent_, last_key_;
};

Result<std::map<std::string, Section, std::less<>>> read_ini(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::map<std::string, Section, std::less<>>{};
  if (std::filesystem::file_size(path, ignored) > kMaxFileBytes)
    return fail(ErrorCode::kInput, "larger than 4 MiB: not an AWS configuration file", path.string());
  auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse_ini(*text, path.string());
}

}  // namespace

std::optional<std::string> Section::get(std::string_view key) const {
  const auto it = values.find(key);
  if (it == values.end() || it->second.empty()) return std::nullopt;
  return it->second;
}

Result<std::map<std::string, Section, std::less<>>> parse_ini(std::string_view text,
                                                              const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IniParser parser(file);
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (auto done = parser.line(text.substr(at, end - at), number); !done)
      return tl::unexpected(done.error());
    at = end + 1;
  }
  return parser.take();
}

bool ConfigFiles::has_profile(std::string_view name) const {
  return config_profiles.contains(name) || credentials_profiles.contains(name);
}

Section ConfigFiles::profile(std::string_view name) const {
  Section out;
  if (const auto it = config_profiles.find(name); it != config_profiles.end()) out = it->second;
  if (const auto it = credentials_profiles.find(name); it != credentials_profiles.end())
    for (const auto& [key, value] : it->second.values) out.values.insert_or_assign(key, value);
  return out;
}

std::string ConfigFiles::profile_names() const {
  std::map<std::string, bool> names;
  for (const auto& [name, section] : config_profiles) names[name] = true;
  for (const auto& [name, section] : credentials_profiles) names[name] = true;
  std::string out;
  for (const auto& [name, there] : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Result<ConfigFiles> read_config_files(const Environment& environment) {
  ConfigFiles files;
  const auto config_path = environment.expand(environment.get("AWS_CONFIG_FILE").value_or("~/.aws/config"));
  const auto credentials_path =
      environment.expand(environment.get("AWS_SHARED_CREDENTIALS_FILE").value_or("~/.aws/credentials"));
  files.config_path = config_path.string();
  files.credentials_path = credentials_path.string();
  auto config = read_ini(config_path);
  if (!config) return tl::unexpected(config.error());
  for (auto& [header, section] : *config) {
    if (header == "default")
      files.config_profiles.try_emplace(header, section);
    else if (header.starts_with("profile "))
      files.config_profiles.insert_or_assign(header.substr(8), section);
    else if (header.starts_with("sso-session "))
      files.sso_sessions.insert_or_assign(header.substr(12), section);
    else if (header.starts_with("services "))
      files.services.insert_or_assign(header.substr(9), section);
  }
  auto credentials = read_ini(credentials_path);
  if (!credentials) return tl::unexpected(credentials.error());
  for (auto& [header, section] : *credentials) {
    const std::string name = header.starts_with("profile ") ? header.substr(8) : header;
    files.credentials_profiles.insert_or_assign(name, section);
  }
  return files;
}

}  // namespace culprit::aws
