// `culprit seal`: a store becomes one file in which any changed byte is found (runbook row H2).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "store/capsule.h"

namespace culprit {

namespace {

// What stands beside the evidence in an unpacked capsule and belongs to it.
constexpr const char* kCompanions[] = {"system.yaml", "findings.json"};

struct SealArguments {
  std::string store;
  std::string output = "incident.culprit";
  std::string key;
};

Result<void> run_seal(const SealArguments& arguments) {
  SealOptions options;
  if (!arguments.key.empty()) options.signing_key = arguments.key;
  for (const char* name : kCompanions) {
    const auto path = std::filesystem::path(arguments.store) / name;
    std::error_code ec;
    if (!std::filesystem::is_regular_file(path, ec)) continue;
    auto bytes = read_file(path);
    if (!bytes) return tl::unexpected(bytes.error());
    options.extra_parts.emplace_back(name, std::move(*bytes));
  }
  if (auto sealed = seal(arguments.store, arguments.output, options); !sealed) return sealed;
  const auto report = verify(arguments.output, std::nullopt);
  if (!report) return tl::unexpected(report.error());
  if (!report->intact())
    return fail(ErrorCode::kStorage, "what was written cannot be read back", arguments.output,
                "The disk may be failing: seal to another one.");
  fmt::print("{}: {} parts{}\n", arguments.output, report->parts.size(),
             report->signer.empty() ? "" : ", signed by " + report->signer);
  return {};
}

}  // namespace

void add_seal(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("seal", "Seal a store into one file, a capsule, in which a changed byte is found");
  auto arguments = std::make_shared<SealArguments>();
  command->add_option("store", arguments->store, "Directory of the store")->required()->type_name("DIR");
  command->add_option("-o,--out", arguments->output, "The capsule to write")
      ->type_name("FILE")
      ->capture_default_str();
  command
      ->add_option("--sign", arguments->key,
                   "Sign with this Ed25519 private key (PEM or OpenSSH, no passphrase)")
      ->type_name("KEY");
  command->footer(
      "Examples:\n"
      "  culprit seal incident-store -o incident.culprit\n"
      "  ssh-keygen -t ed25519 -N '' -f capsule_key\n"
      "  culprit seal incident-store -o incident.culprit --sign capsule_key\n"
      "  culprit verify incident.culprit --key capsule_key.pub");
  command->callback([arguments, &exit] {
    const auto done = run_seal(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
