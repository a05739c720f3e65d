#include "system/fields.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <charconv>
#include <cmath>

#include "base/time.h"
#include "logs/filter_pattern.h"
#include "system/nearest.h"

namespace culprit {

namespace {

// "component 'web'", or "component" when it has no name yet.
std::string named(std::string_view noun, const YamlNode& node) {
  for (const std::string_view key : {"id", "signal", "level", "role", "name", "says"})
    if (const YamlNode* name = node.find(key); name != nullptr && name->kind == YamlNode::Kind::kScalar)
      return fmt::format("{} {}", noun, describe(*name));
  return std::string(noun);
}

bool is_scalar(Reading& reading, const YamlNode& node, std::string_view key, std::string_view wanted) {
  if (node.kind == YamlNode::Kind::kScalar) return true;
  reading.problem(node, fmt::format("{} must be {}, not {}", key, wanted, describe(node)),
                  node.kind == YamlNode::Kind::kNull ? "Give it a value, or leave the key out." : "");
  return false;
}

// The number at the start of a text such as "70%", "70 ms".
std::string_view leading_number(std::string_view text) {
  if (text.find_first_of("0123456789") > 2) return {};  // "infra" is no number, though "inf" is one
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  return ec == std::errc{} ? text.substr(0, static_cast<std::size_t>(end - text.data())) : std::string_view{};
}

bool is_id_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

}  // namespace

std::optional<std::string> read_text(Reading& reading, const YamlNode& node, std::string_view key) {
  if (!is_scalar(reading, node, key, "text")) return std::nullopt;
  if (node.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    reading.problem(node, fmt::format("{} is empty", key), "Give it a value, or leave the key out.");
    return std::nullopt;
  }
  return node.text;
}

std::optional<double> read_number(Reading& reading, const YamlNode& node, std::string_view key) {
  if (!is_scalar(reading, node, key, "a number")) return std::nullopt;
  const std::string_view number = leading_number(node.text);
  if (number.empty() || node.quoted) {
    reading.problem(
        node,
        fmt::format("{} must be a number, not {}{}", key, node.quoted ? "the text " : "", describe(node)),
        number.size() == node.text.size() && node.quoted ? "Leave out the quotes." : "");
    return std::nullopt;
  }
  if (number.size() != node.text.size()) {
    reading.problem(node, fmt::format("{} must be a number without a unit, not {}", key, describe(node)),
                    fmt::format("Write {}; the metric's `unit` says what it counts.", number));
    return std::nullopt;
  }
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  if (!std::isfinite(value)) {
    reading.problem(node, fmt::format("{} must be a finite number, not {}", key, describe(node)));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> read_bool(Reading& reading, const YamlNode& node, std::string_view key) {
  if (!is_scalar(reading, node, key, "true or false")) return std::nullopt;
  if (!node.quoted && node.text == "true") return true;
  if (!node.quoted && node.text == "false") return false;
  reading.problem(node, fmt::format("{} must be true or false, not {}", key, describe(node)));
  return std::nullopt;
}

std::optional<std::chrono::seconds> read_duration(Reading& reading, const YamlNode& node,
                                                  std::string_view key) {
  if (!is_scalar(reading, node, key, "a duration such as 5m")) return std::nullopt;
  const auto parsed = parse_duration(node.text);
  if (!parsed) {
    const bool bare = !node.text.empty() && leading_number(node.text).size() == node.text.size();
    reading.problem(node, fmt::format("{} must be a duration, not {}", key, describe(node)),
                    bare ? fmt::format("Add the unit: {}s or {}m.", node.text, node.text)
                         : "Write a number and a unit: 90s, 5m, 2h, 1d.");
    return std::nullopt;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*parsed);
  if (seconds.count() <= 0 || seconds != *parsed) {
    reading.problem(node, fmt::format("{} must be whole seconds, at least one, not {}", key, describe(node)));
    return std::nullopt;
  }
  return seconds;
}

std::optional<std::string> read_id(Reading& reading, const YamlNode& node, std::string_view key) {
  if (!is_scalar(reading, node, key, "a name")) return std::nullopt;
  const bool good = !node.text.empty() && node.text.size() <= 80 && node.text.front() != '-' &&
                    node.text.front() != '.' && std::ranges::all_of(node.text, is_id_char);
  if (good) return node.text;
  reading.problem(node, fmt::format("{} must be a short name, not {}", key, describe(node)),
                  "Use small letters, digits, '-' and '_' (and one '.' in the name of a signal).");
  return std::nullopt;
}

std::optional<std::string> read_word(Reading& reading, const YamlNode& node, std::string_view key,
                                     const std::vector<std::string_view>& allowed) {
  if (!is_scalar(reading, node, key, "a word")) return std::nullopt;
  if (std::ranges::find(allowed, node.text) != allowed.end()) return node.text;
  reading.problem(node, fmt::format("{} cannot be {}", key, describe(node)),
                  suggest(node.text, allowed, "It is one of"));
  return std::nullopt;
}

std::optional<std::string> read_regex(Reading& reading, const YamlNode& node, std::string_view key) {
  auto text = read_text(reading, node, key);
  if (!text) return std::nullopt;
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);
  const RE2 compiled(*text, options);
  if (compiled.ok()) return text;
  reading.problem(node,
                  fmt::format("{} holds a regular expression that RE2 refuses: {}", key, compiled.error()),
                  "RE2 has no look-around and no back-references: https://github.com/google/re2/wiki/Syntax");
  return std::nullopt;
}

std::optional<std::string> read_filter(Reading& reading, const YamlNode& node, std::string_view key) {
  auto text = read_text(reading, node, key);
  if (!text) return std::nullopt;
  const auto parsed = FilterPattern::parse(*text);
  if (parsed) return text;
  reading.problem(node,
                  fmt::format("{} holds a pattern that CloudWatch refuses: {}", key, parsed.error().what),
                  parsed.error().hint);
  return std::nullopt;
}

bool check_keys(Reading& reading, const YamlNode& node, std::string_view noun,
                const std::vector<std::pair<std::string_view, bool>>& keys) {
  if (node.kind != YamlNode::Kind::kMap) {
    reading.problem(node, fmt::format("{} must be a map of keys and values, not {}", noun, describe(node)));
    return false;
  }
  std::vector<std::string_view> known;
  for (const auto& [key, required] : keys) {
    known.push_back(key);
    if (required && node.find(key) == nullptr)
      reading.problem(node, fmt::format("the key '{}' is missing in {}", key, named(noun, node)));
  }
  for (const auto& member : node.members)
    if (std::ranges::find(known, member.key.text) == known.end())
      reading.problem(member.key,
                      fmt::format("unknown key {} in {}", describe(member.key), named(noun, node)),
                      suggest(member.key.text, known, "The keys are"));
  return true;
}

void for_each_item(Reading& reading, const YamlNode& node, std::string_view key,
                   const std::function<void(const YamlNode&)>& read) {
  if (node.kind != YamlNode::Kind::kList) {
    reading.problem(
        node, fmt::format("{} must be a list, not {}", key, describe(node)),
        node.kind == YamlNode::Kind::kScalar ? fmt::format("Write [{}].", node.text.substr(0, 60)) : "");
    return;
  }
  if (node.items.empty() && key != "depends_on" && key != "explains")
    reading.problem(node, fmt::format("{} is an empty list", key), "Add an item, or leave the key out.");
  for (const auto& item : node.items) read(item);
}

}  // namespace culprit
