#include "sources/files/log_target.h"

#include <fmt/format.h>

#include <cctype>

#include "sources/files/file_names.h"

namespace culprit {

namespace {

std::string joined(const std::vector<std::string_view>& parts, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < parts.size(); ++i) {
    if (i > from) out += '/';
    out += parts[i];
  }
  return out;
}

// A stream's name may be written with %2F for its slashes.
std::string stream_name(std::string_view text) {
  std::string out;
  for (; !text.empty(); text.remove_prefix(1)) {
    const bool slash = text.starts_with("%2F") || text.starts_with("%2f");
    out += slash ? '/' : text.front();
    if (slash) text.remove_prefix(2);
  }
  return out;
}

struct Match {
  const Component* component = nullptr;
  std::size_t score = 0;  // larger is better
  std::size_t next = 0;   // first part of the path behind the match
  bool tie = false;

  void offer(const Component& other, std::size_t other_score, std::size_t other_next) {
    if (other_score == 0 || other_score < score) return;
    if (other_score == score) {
      tie = tie || &other != component;
      return;
    }
    *this = {&other, other_score, other_next, false};
  }
  bool found() const { return component != nullptr && !tie; }
};

// Folders that equal the log group's parts, or its last ones: "…/aws/ecs/web/<stream>".
Match by_path(const System& system, const std::vector<std::string_view>& parts) {
  Match best;
  for (const auto& component : system.components) {
    const auto group = split_path(component.log_group);
    for (std::size_t start = 0; start + 1 < parts.size(); ++start) {
      for (std::size_t tail = 0; tail < group.size(); ++tail) {
        const auto length = group.size() - tail;
        if (start + length >= parts.size()) continue;
        if (std::equal(group.begin() + static_cast<std::ptrdiff_t>(tail), group.end(),
                       parts.begin() + static_cast<std::ptrdiff_t>(start)))
          best.offer(component, length, start + length);
      }
    }
  }
  return best;
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// `word` stands in `text` with no letter or digit beside it.
bool holds_word(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const bool left = at == 0 || !is_word_character(text[at - 1]);
    const auto end = at + word.size();
    if (left && (end == text.size() || !is_word_character(text[end]))) return true;
  }
  return false;
}

// The longest name that stands in the path wins: "…-web-service" over "…-web".
Match by_name(const System& system, const std::vector<std::string_view>& parts) {
  const auto databases = std::ranges::count(system.components, ComponentKind::kRdsInstance, &Component::kind);
  Match best;
  for (const auto& component : system.components) {
    const auto group = split_path(component.log_group);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto part = i + 1 == parts.size() ? without_extension(parts[i]) : parts[i];
      std::size_t score = 0;
      const auto consider = [&](std::string_view word) {
        if (holds_word(part, word)) score = std::max(score, word.size());
      };
      if (!group.empty()) consider(group.back());
      consider(component.name);
      if (component.kind == ComponentKind::kRdsInstance && databases == 1) consider("postgresql");
      // A short id such as "web" only at the front: "web.log", "web-2025-08-21.log".
      if (part.starts_with(component.id) &&
          (part.size() == component.id.size() || !is_word_character(part[component.id.size()])))
        score = std::max(score, component.id.size());
      best.offer(component, score, 0);
    }
  }
  return best;
}

// Formats that one kind of program writes, whatever its variants.
std::string_view family(LogFormat format) {
  switch (format) {
    case LogFormat::kPostgres:
    case LogFormat::kPostgresCsv:
    case LogFormat::kPostgresJson:
      return "postgres";
    case LogFormat::kRails:
    case LogFormat::kLograge:
      return "rails";
    case LogFormat::kSidekiqJson:
    case LogFormat::kSidekiqText:
      return "sidekiq";
    case LogFormat::kJson:
      return "json";
    case LogFormat::kTimestamped:
    case LogFormat::kUnknown:
      return {};
  }
  return {};
}

std::string_view family(const Component& component) {
  if (component.kind == ComponentKind::kRdsInstance) return "postgres";
  if (component.log_format.starts_with("sidekiq")) return "sidekiq";
  const auto format = parse_log_format(component.log_format);
  return format ? family(*format) : std::string_view{};
}

Match by_format(const System& system, LogFormat format) {
  Match best;
  const auto wanted = family(format);
  if (wanted.empty()) return best;
  for (const auto& component : system.components)
    if (!component.log_group.empty() && family(component) == wanted) best.offer(component, 1, 0);
  return best;
}

}  // namespace

LogTarget find_log_target(const System& system, std::string_view path, LogFormat format) {
  auto parts = split_path(path);
  const std::string stem(parts.empty() ? path : without_extension(parts.back()));
  const std::string whole = parts.empty() ? stem : [&] {
    auto renamed = parts;
    renamed.back() = stem;
    return joined(renamed, 0);
  }();
  const auto target = [&](const Component& c, const std::string& stream, std::string because) {
    return LogTarget{c.log_group, stream_name(stream), c.id, std::move(because)};
  };
  if (const auto match = by_path(system, parts); match.found()) {
    parts.back() = stem;
    return target(*match.component, joined(parts, match.next), "path");
  }
  const auto named = by_name(system, parts);
  const auto match = named.found() ? named : by_format(system, format);
  if (match.found() && !match.component->log_group.empty())
    return target(*match.component, whole, named.found() ? "name" : "format");
  return {fmt::format("file:{}", path), whole, {}, {}};
}

LogTarget place_log(const System& system, std::string_view path, std::string_view subject, LogFormat format,
                    std::string_view group) {
  if (group.empty()) {
    auto target = find_log_target(system, path, format);
    if (target.component.empty()) target.group = fmt::format("file:{}", subject);
    return target;
  }
  LogTarget target{std::string(group), std::string(subject), {}, {}};
  for (const auto& component : system.components)
    if (component.log_group == group) target.component = component.id;
  return target;
}

}  // namespace culprit
