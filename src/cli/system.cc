// `culprit system`: check, show and start system files (docs/system-file.md).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/system_options.h"
#include "system/draft_system.h"
#include "system/load_system.h"

namespace culprit {

namespace {

constexpr std::size_t kAnswerBytesMax = 64 << 20;
constexpr std::string_view kStandardInput = "-";

// Standard input for "-", up to a limit.
Result<std::string> read_standard_input(std::size_t max_bytes) {
  std::string text;
  char block[1 << 16];
  while (std::cin.read(block, sizeof block) || std::cin.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > max_bytes)
      return fail(ErrorCode::kInput, fmt::format("more than {} bytes", max_bytes), "standard input");
  }
  return text;
}

// The text of a built-in system, a file or standard input, and the name that messages give it.
struct NamedText {
  std::string name;
  std::string text;
};
Result<NamedText> read_system_argument(const std::string& argument) {
  for (const auto& built_in : built_in_systems())
    if (built_in.name == argument)
      return NamedText{fmt::format("<built-in {}>", argument), std::string(built_in.yaml)};
  auto text = argument == kStandardInput ? read_standard_input(kMaxSystemBytes) : read_system_text(argument);
  if (!text) return tl::unexpected(text.error());
  return NamedText{argument == kStandardInput ? "<standard input>" : argument, std::move(*text)};
}

struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> set;
  std::string format = "text";
};

struct Checked {
  std::string file;
  std::vector<SystemProblem> problems;
  std::optional<System> system;  // unset with problems, and when required variables were not given
};

std::string summary(const Checked& checked) {
  if (!checked.system)
    return fmt::format("{}: good; its required variables need --set to use it", checked.file);
  const System& system = *checked.system;
  return fmt::format(
      "{}: good: system {} with {} components, {} metrics, {} patterns, {} log alerts, {} known issues",
      checked.file, system.name, system.components.size(), system.metrics.size(), system.patterns.size(),
      system.log_alerts.size(), system.known_issues.size());
}

void print_check(const Checked& checked) {
  if (checked.problems.empty()) fmt::print("{}\n", summary(checked));
  for (const auto& problem : checked.problems) {
    fmt::print("{}: {}\n", problem.where(), problem.what);
    if (!problem.hint.empty()) fmt::print("  {}\n", problem.hint);
  }
}

boost::json::object json_of(const Checked& checked) {
  boost::json::array problems;
  for (const auto& problem : checked.problems)
    problems.push_back({{"file", problem.file},
                        {"line", problem.line},
                        {"column", problem.column},
                        {"what", problem.what},
                        {"hint", problem.hint}});
  return {{"file", checked.file}, {"good", checked.problems.empty()}, {"problems", std::move(problems)}};
}

Result<Checked> check(const std::string& argument, const std::map<std::string, std::string>& variables) {
  const auto read = read_system_argument(argument);
  if (!read) return tl::unexpected(read.error());
  Checked checked{read->name, check_system(read->text, read->name, variables), std::nullopt};
  if (checked.problems.empty())
    if (auto system = parse_system(read->text, read->name, variables)) checked.system = std::move(*system);
  return checked;
}

Result<int> run_check(const CheckArguments& arguments) {
  const auto variables = parse_variables(arguments.set);
  if (!variables) return tl::unexpected(variables.error());
  boost::json::array results;
  bool is_good = true;
  for (const auto& file : arguments.files) {
    const auto checked = check(file, *variables);
    if (!checked) return tl::unexpected(checked.error());
    is_good = is_good && checked->problems.empty();
    if (arguments.format == "json")
      results.push_back(json_of(*checked));
    else
      print_check(*checked);
  }
  if (arguments.format == "json")
    fmt::print("{}\n",
               boost::json::serialize(boost::json::object{{"good", is_good}, {"files", std::move(results)}}));
  return is_good ? 0 : exit_code(ErrorCode::kInput);
}

struct ShowArguments {
  std::string name;
  std::vector<std::string> set;
  std::string format = "yaml";
};

Result<int> run_show(const ShowArguments& arguments) {
  if (arguments.name.empty()) {
    for (const auto& built_in : built_in_systems())
      if (const auto system = parse_system(built_in.yaml, std::string(built_in.name)))
        fmt::print("{:<12}{}\n", built_in.name, system->title);
    return 0;
  }
  const auto variables = parse_variables(arguments.set);
  if (!variables) return tl::unexpected(variables.error());
  const auto read = read_system_argument(arguments.name);
  if (!read) return tl::unexpected(read.error());
  const auto system = parse_system(read->text, read->name, *variables);
  if (!system) return tl::unexpected(system.error());
  if (arguments.format == "json")
    fmt::print("{}\n", boost::json::serialize(system_as_json(*system)));
  else
    fmt::print("{}", system->source_text);
  return 0;
}

struct NewArguments {
  std::string services, databases, log_groups, out;
  std::string name;
  std::string zone = "UTC";
  std::string use;
  bool force = false;
};

Result<std::optional<std::string>> read_answer_file(const std::string& file) {
  if (file.empty()) return std::nullopt;
  auto text = file == kStandardInput ? read_standard_input(kAnswerBytesMax) : read_file(file);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > kAnswerBytesMax)
    return fail(ErrorCode::kInput, "too large for an answer of the AWS CLI", file);
  return std::optional(std::move(*text));
}

Result<std::string> write_draft(const NewArguments& arguments) {
  DraftInput input;
  input.name = arguments.name;
  input.zone = arguments.zone;
  input.use = arguments.use;
  int from_standard_input = 0;
  for (const auto& [file, into] :
       {std::pair(&arguments.services, &input.services), std::pair(&arguments.databases, &input.databases),
        std::pair(&arguments.log_groups, &input.log_groups)}) {
    from_standard_input += *file == kStandardInput ? 1 : 0;
    if (from_standard_input > 1)
      return fail(ErrorCode::kUsage, "only one answer can come from standard input", {},
                  "Save the others to files.");
    auto text = read_answer_file(*file);
    if (!text) return tl::unexpected(text.error());
    *into = std::move(*text);
  }
  if (!input.services && !input.databases)
    return fail(ErrorCode::kUsage, "nothing to start from", {},
                "Give --services with the answer of `aws ecs describe-services`, --db with that of "
                "`aws rds describe-db-instances`, or both.");
  return draft_system(input);
}

Result<int> run_new(const NewArguments& arguments) {
  const auto draft = write_draft(arguments);
  if (!draft) return tl::unexpected(draft.error());
  // A draft that does not pass its own check means a wrong --zone or --use.
  if (const auto good = parse_system(*draft, "<draft>"); !good) return tl::unexpected(good.error());
  if (arguments.out.empty() || arguments.out == kStandardInput) {
    fmt::print("{}", *draft);
    return 0;
  }
  std::error_code ignored;
  if (!arguments.force && std::filesystem::exists(arguments.out, ignored))
    return fail(ErrorCode::kUsage, "the file exists already", arguments.out,
                "Choose another name, or add --force to replace it.");
  if (auto written = write_file_atomically(arguments.out, *draft); !written)
    return tl::unexpected(written.error());
  fmt::print(stderr, "Written to {0}. Next: read it through, then `culprit system check {0}`.\n",
             arguments.out);
  return 0;
}

int finish(const Result<int>& done) { return done ? *done : print_failure(done.error()); }

void add_check(CLI::App& system, int& exit) {
  auto* command = system.add_subcommand("check", "Check system files and list every problem with its line");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("files", arguments->files, "Files, built-in names, or - for standard input")
      ->required();
  command->add_option("--set", arguments->set, "Set a variable, as name=value; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--format", arguments->format, "text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer(
      "Exit code: 0 when all are good, 3 when a problem was found, 4 when there is no such file.\n\n"
      "Examples:\n"
      "  culprit system check shop.yaml\n"
      "  culprit system check systems/*.yaml --format json");
  command->callback([arguments, &exit] { exit = finish(run_check(*arguments)); });
}

void add_show(CLI::App& system, int& exit) {
  auto* command = system.add_subcommand("show", "Print a system in full, with `use` and variables resolved");
  auto arguments = std::make_shared<ShowArguments>();
  command->add_option("name", arguments->name,
                      "Built-in name, file, or -; without it, the built-in systems are listed");
  command->add_option("--set", arguments->set, "Set a variable, as name=value; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--format", arguments->format, "yaml or json (default: yaml)")
      ->check(CLI::IsMember({"yaml", "json"}));
  command->footer(
      "Examples:\n"
      "  culprit system show\n"
      "  culprit system show chatwoot\n"
      "  culprit system show rails --set app=shop --set cluster=production > shop.yaml");
  command->callback([arguments, &exit] { exit = finish(run_show(*arguments)); });
}

void add_new(CLI::App& system, int& exit) {
  auto* command =
      system.add_subcommand("new", "Write a commented start of a system file from answers of the AWS CLI");
  auto arguments = std::make_shared<NewArguments>();
  command->add_option("--services", arguments->services,
                      "Answer of `aws ecs describe-services`: a file, or -");
  command->add_option("--db", arguments->databases,
                      "Answer of `aws rds describe-db-instances`: a file, or -");
  command->add_option("--log-groups", arguments->log_groups,
                      "Answer of `aws logs describe-log-groups`: a file, or -");
  command->add_option("--name", arguments->name,
                      "Name of the system (default: what the resources' names share)");
  command->add_option("--zone", arguments->zone, "The team's time zone (default: UTC)");
  command->add_option("--use", arguments->use,
                      "Built-in system to inherit from, or none (default: rails when it looks like one)");
  command->add_option("-o,--out", arguments->out, "File to write (default: standard output)");
  command->add_flag("--force", arguments->force, "Replace the file if it exists");
  command->footer(
      "Examples:\n"
      "  aws ecs describe-services --cluster prod --services web worker --output json > services.json\n"
      "  aws rds describe-db-instances --output json > db.json\n"
      "  aws logs describe-log-groups --output json > groups.json\n"
      "  culprit system new --services services.json --db db.json --log-groups groups.json -o shop.yaml\n"
      "  aws rds describe-db-instances --output json | culprit system new --db - --name shop");
  command->callback([arguments, &exit] { exit = finish(run_new(*arguments)); });
}

void add_schema(CLI::App& system, int& exit) {
  auto* command =
      system.add_subcommand("schema", "Print the JSON Schema of system files, for editors and CI");
  command->footer(
      "Example:\n"
      "  culprit system schema > system.schema.json\n"
      "  # then, as the first line of a system file, for editors with the YAML language server:\n"
      "  # yaml-language-server: $schema=system.schema.json");
  command->callback([&exit] {
    fmt::print("{}", system_schema());
    exit = 0;
  });
}

}  // namespace

void add_system(CLI::App& app, int& exit) {
  auto* system = app.add_subcommand("system", "Check, show and start system files");
  system->require_subcommand(1);
  add_check(*system, exit);
  add_show(*system, exit);
  add_new(*system, exit);
  add_schema(*system, exit);
}

}  // namespace culprit
