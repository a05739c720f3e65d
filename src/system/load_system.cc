#include "system/load_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "system/embedded.h"
#include "system/nearest.h"
#include "system/reading.h"
#include "system/resolve.h"

namespace culprit {

namespace {

constexpr std::size_t kMaxProblems = 100;

struct Loaded {
  System system;
  std::vector<SystemProblem> problems;
};

std::vector<SystemProblem> in_order(std::vector<SystemProblem> problems) {
  std::ranges::stable_sort(problems, [](const SystemProblem& a, const SystemProblem& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  const auto same = [](const SystemProblem& a, const SystemProblem& b) {
    return a.line == b.line && a.column == b.column && a.file == b.file && a.what == b.what;
  };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
  return problems;
}

// Stops at the first stage with problems: what follows would only echo them.
Loaded load(std::string_view yaml, const std::string& file_name, const ResolveOptions& options) {
  Loaded loaded;
  YamlNode root = parse_yaml(yaml, file_name, loaded.problems);
  if (loaded.problems.empty() && root.kind != YamlNode::Kind::kMap)
    loaded.problems.push_back(
        {file_name, std::max(root.line, 1), std::max(root.column, 1),
         fmt::format("a system file is a map of keys and values, not {}", describe(root)),
         "`culprit system new` writes a start; docs/system-file.md lists the keys."});
  if (loaded.problems.empty()) merge_used(root, loaded.problems);
  if (loaded.problems.empty()) replace_variables(root, options, loaded.problems);
  if (loaded.problems.empty()) {
    Reading reading;
    read_system(reading, root, loaded.system);
    check_names(reading, loaded.system);
    loaded.problems = std::move(reading.problems());
    loaded.system.source_text = emit_yaml(root);
  }
  loaded.problems = in_order(std::move(loaded.problems));
  return loaded;
}

Error error_of(const std::vector<SystemProblem>& problems, const std::string& file_name) {
  if (problems.size() == 1) {
    const SystemProblem& problem = problems.front();
    return {ErrorCode::kInput, problem.what, problem.where(), problem.hint};
  }
  std::string lines = fmt::format("{} problems", problems.size());
  for (std::size_t i = 0; i < std::min(problems.size(), kMaxProblems); ++i) {
    const SystemProblem& problem = problems[i];
    lines += fmt::format("\n{}: {}{}{}", problem.where(), problem.what, problem.hint.empty() ? "" : ". ",
                         problem.hint);
  }
  if (problems.size() > kMaxProblems) lines += fmt::format("\n… and {} more", problems.size() - kMaxProblems);
  return {ErrorCode::kInput, std::move(lines), file_name, {}};
}

boost::json::value as_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return nullptr;
    case YamlNode::Kind::kList: {
      boost::json::array array;
      for (const auto& item : node.items) array.push_back(as_json(item));
      return array;
    }
    case YamlNode::Kind::kMap: {
      boost::json::object object;
      for (const auto& [key, value] : node.members) object[key.text] = as_json(value);
      return object;
    }
    case YamlNode::Kind::kScalar:
      break;
  }
  if (node.quoted) return boost::json::value(node.text);
  if (node.text == "true" || node.text == "false") return node.text == "true";
  boost::system::error_code not_json;
  auto number = boost::json::parse(node.text, not_json);
  return !not_json && number.is_number() ? number : boost::json::value(node.text);
}

std::vector<std::string_view> built_in_names() {
  std::vector<std::string_view> names;
  for (const auto& system : built_in_systems()) names.push_back(system.name);
  return names;
}

}  // namespace

Result<System> parse_system(std::string_view yaml, const std::string& file_name,
                            const std::map<std::string, std::string>& variables) {
  Loaded loaded = load(yaml, file_name, {variables, false});
  if (!loaded.problems.empty()) return tl::unexpected(error_of(loaded.problems, file_name));
  return std::move(loaded.system);
}

std::vector<SystemProblem> check_system(std::string_view yaml, const std::string& file_name,
                                        const std::map<std::string, std::string>& variables) {
  return load(yaml, file_name, {variables, true}).problems;
}

Result<System> load_system(const std::string& name_or_file,
                           const std::map<std::string, std::string>& variables) {
  for (const auto& system : built_in_systems())
    if (system.name == name_or_file)
      return parse_system(system.yaml, fmt::format("<built-in {}>", system.name), variables);
  auto text = read_system_text(name_or_file);
  if (!text) return tl::unexpected(text.error());
  return parse_system(*text, name_or_file, variables);
}

Result<std::string> read_system_text(const std::string& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no system file and no built-in system '{}'", file), {},
                suggest(file, built_in_names(), "Built in are"));
  if (std::filesystem::is_directory(file, ignored))
    return fail(ErrorCode::kInput, "a directory, not a system file", file, "Name the YAML file in it.");
  if (std::filesystem::file_size(file, ignored) > kMaxSystemBytes && !ignored)
    return fail(ErrorCode::kInput, "more than 1 MiB: too large for a system file", file,
                "Is this a log or an answer of the AWS CLI?");
  return read_file(file);
}

std::vector<BuiltInSystem> built_in_systems() {
  std::vector<BuiltInSystem> systems;
  for (const auto& [name, yaml] : embedded_systems()) systems.push_back({name, yaml});
  return systems;
}

boost::json::value system_as_json(const System& system) {
  std::vector<SystemProblem> problems;
  return as_json(parse_yaml(system.source_text, system.name, problems));
}

std::string_view system_schema() { return embedded_schema().front().second; }

}  // namespace culprit
