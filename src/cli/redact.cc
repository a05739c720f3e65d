// `culprit redact`: a capsule without personal data and secrets, to hand on, that gives the same verdict.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"
#include "redaction/redactor.h"
#include "store/embedded_store.h"
#include "store/redacted_copy.h"
#include "system/load_system.h"

namespace culprit {

namespace {

struct RedactArguments {
  std::string input;
  std::string output;
  std::string key;
  bool quiet = false;
};

// The system file names contacts; everything that the analysis reads in it must survive.
Result<std::string> redacted_system(const System& system) {
  const std::string text = Redactor(RedactFor::kConfiguration).redact(system.source_text);
  if (auto parsed = parse_system(text, "system.yaml"); !parsed)
    return fail(ErrorCode::kInput, "the system file cannot be read without its personal data",
                parsed.error().where, parsed.error().what);
  return text;
}

Result<void> run_redact(const RedactArguments& arguments) {
  std::error_code ec;
  if (std::filesystem::exists(arguments.output, ec))
    return fail(ErrorCode::kUsage, "the output exists already", arguments.output,
                "Remove it, or name another file.");
  SystemOptions kept;
  kept.system.clear();
  const auto evidence = open_evidence(arguments.input, kept);
  if (!evidence) return tl::unexpected(evidence.error());
  const auto directory = TemporaryDirectory::create();
  if (!directory) return tl::unexpected(directory.error());
  const auto store = directory->path() / "store";
  auto writer = create_store(store);
  if (!writer) return tl::unexpected(writer.error());
  const auto progress = make_progress(arguments.quiet);
  const auto note = copy_redacted(evidence->store(), **writer, *progress);
  if (!note) return tl::unexpected(note.error());
  writer->reset();
  auto system = redacted_system(evidence->system);
  if (!system) return tl::unexpected(system.error());
  SealOptions options;
  options.extra_parts.emplace_back("system.yaml", std::move(*system));
  if (!arguments.key.empty()) options.signing_key = arguments.key;
  if (auto sealed = seal(store, arguments.output, options); !sealed) return sealed;
  fmt::print("{}: {}\n", arguments.output, note->empty() ? "no personal data was found" : "without " + *note);
  return {};
}

}  // namespace

void add_redact(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("redact", "Write a capsule without personal data that gives the same verdict");
  auto arguments = std::make_shared<RedactArguments>();
  command->add_option("IN", arguments->input, "Capsule or store directory")->required();
  command->add_option("OUT", arguments->output, "The capsule to write")->required()->type_name("FILE");
  command->add_option("--sign", arguments->key, "Sign with this Ed25519 private key (as culprit seal)")
      ->type_name("KEY");
  command->add_flag("-q,--quiet", arguments->quiet, "No progress");
  command->footer(R"(Examples:
  culprit redact incident.culprit for-the-vendor.culprit
  culprit report for-the-vendor.culprit

Replaced, with the same name for the same value: e-mails, addresses, telephone numbers, tokens, keys, passwords,
cookies, session ids, names and texts in request parameters, AWS account ids, literals of SQL statements.
Kept: times, durations, request and record ids, names of AWS resources, metrics. Look before you hand it on:
  culprit unpack for-the-vendor.culprit -o look --plain && less look/logs/*/*.log)");
  command->callback([arguments, &exit] {
    const auto done = run_redact(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
