#include "cli/logs_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/printable.h"

namespace culprit {

namespace {

constexpr const char* kDefaultStore = "culprit-store";
constexpr std::size_t kNamedGroupsMax = 20;

Result<std::vector<std::string>> resolve_groups(const Store& store, const std::vector<std::string>& asked) {
  if (asked.empty()) return std::vector<std::string>{};
  const auto known = store.log_groups();
  if (!known) return tl::unexpected(known.error());
  std::vector<std::string> names;
  for (const auto& g : *known) names.push_back(g.group);
  std::vector<std::string> out;
  for (const auto& text : asked) {
    std::vector<std::string> found;
    for (const auto& name : names) {
      if (name == text) found = {name};
      if (name == text) break;
      if (name.find(text) != name.npos) found.push_back(name);
    }
    if (found.size() == 1) {
      out.push_back(found.front());
      continue;
    }
    auto shown = found.empty() ? names : found;
    shown.resize(std::min(shown.size(), kNamedGroupsMax));
    return fail(ErrorCode::kNotFound,
                found.empty()
                    ? fmt::format("no log group is called '{}'", printable_text(text, 200))
                    : fmt::format("'{}' is a part of several log groups", printable_text(text, 200)),
                "--group", fmt::format("There are: {}.", fmt::join(shown, ", ")));
  }
  return out;
}

}  // namespace

void LogsQueryOptions::add_to(CLI::App& command) {
  const char* chosen = std::getenv("CULPRIT_STORE");
  store = chosen != nullptr && *chosen != '\0' ? chosen : kDefaultStore;
  command.add_option("--store", store, "The store's directory, or a capsule (CULPRIT_STORE)")
      ->capture_default_str();
  command.add_option("--group", groups,
                     "Only this log group (its name, or a part of one name); may be repeated");
  window.add_to(command);
  command.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void LogsQueryOptions::add_pattern_kinds(CLI::App& command) {
  auto* as_regex = command.add_flag("--regex,-E", regex, "Patterns are regular expressions (RE2)");
  command.add_flag("--literal,-F", literal, "Patterns are plain text")->excludes(as_regex);
  command.add_flag("--ignore-case,-i", ignore_case, "Letters of plain text or of -E match in both cases");
}

Result<MessagePattern> LogsQueryOptions::pattern(const std::string& text) const {
  auto made = regex                    ? MessagePattern::regex(ignore_case ? "(?i)" + text : text)
              : literal || ignore_case ? MessagePattern::literal(text, ignore_case)
                                       : MessagePattern::filter(text);
  if (made) return made;
  Error error = made.error();
  error.code = ErrorCode::kUsage;
  if (error.where.empty()) error.where = printable_text(text, 200);
  if (error.hint.empty()) error.hint = "Use -F for plain text, -E for a regular expression.";
  return tl::unexpected(std::move(error));
}

Result<OpenLogs> open_logs(const LogsQueryOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(options.store, ignored))
    return fail(ErrorCode::kNotFound, "there is no such store", options.store,
                "Make one with `culprit ingest PATH…`, or name a store or capsule with --store.");
  auto evidence = open_evidence(options.store, {});
  if (!evidence) return tl::unexpected(evidence.error());
  const auto choice = options.window.resolve(
      evidence->zone.name(), std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  if (!choice) return tl::unexpected(choice.error());
  auto groups = resolve_groups(evidence->store(), options.groups);
  if (!groups) return tl::unexpected(groups.error());
  LogQuery query{std::move(*groups), choice->window};
  return OpenLogs{std::move(*evidence), std::move(query), choice->zone};
}

}  // namespace culprit
