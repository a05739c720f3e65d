// `culprit verify`: is this capsule what was sealed? (runbook row H2)
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "store/capsule.h"

namespace culprit {

namespace {

struct VerifyArguments {
  std::string capsule;
  std::string key;
  std::string format = "text";
};

std::string_view signature_name(VerifyReport::Signature signature) {
  switch (signature) {
    case VerifyReport::Signature::kNone:
      return "none";
    case VerifyReport::Signature::kValid:
      return "valid";
    case VerifyReport::Signature::kInvalid:
      return "invalid";
    case VerifyReport::Signature::kUnchecked:
      return "unchecked";
  }
  return "none";
}

void print_signature(const VerifyReport& report) {
  switch (report.signature) {
    case VerifyReport::Signature::kNone:
      fmt::print("Signature: none\n");
      break;
    case VerifyReport::Signature::kValid:
      fmt::print("Signature: valid, by {}\n", report.signer);
      break;
    case VerifyReport::Signature::kInvalid:
      fmt::print("Signature: INVALID (says {})\n", report.signer);
      break;
    case VerifyReport::Signature::kUnchecked:
      fmt::print("Signature: by {}; give --key PUBLIC_KEY to check whose it is\n", report.signer);
  }
}

void print_text(const std::string& capsule, const VerifyReport& report) {
  std::size_t width = 4;
  std::uint64_t total_bytes = 0;
  for (const auto& part : report.parts) {
    width = std::max(width, part.name.size());
    total_bytes += part.size_bytes;
  }
  if (!report.parts.empty()) fmt::print("{:<{}}  {:>12}  SHA-256\n", "Part", width, "Bytes");
  for (const auto& part : report.parts)
    fmt::print("{:<{}}  {:>12}  {}\n", part.name, width, part.size_bytes, part.sha256);
  for (const auto& [key, value] : report.summary) fmt::print("{}: {}\n", key, value);
  if (!report.tool.empty()) {
    fmt::print("Sealed by {}\n", report.tool);
    print_signature(report);
  }
  if (report.intact()) {
    fmt::print("{}: intact, {} parts, {} bytes\n", capsule, report.parts.size(), total_bytes);
    return;
  }
  for (const auto& damage : report.damage) fmt::print("DAMAGED {}: {}\n", damage.part, damage.detail);
  fmt::print("{}: DAMAGED\n", capsule);
}

void print_json(const std::string& capsule, const VerifyReport& report) {
  boost::json::object out{{"capsule", capsule}, {"intact", report.intact()}, {"tool", report.tool}};
  boost::json::object summary;
  for (const auto& [key, value] : report.summary) summary[key] = value;
  out["summary"] = std::move(summary);
  boost::json::object signature{{"state", signature_name(report.signature)}};
  if (!report.signer.empty()) signature["signer"] = report.signer;
  out["signature"] = std::move(signature);
  boost::json::array parts;
  for (const auto& part : report.parts)
    parts.push_back(
        boost::json::object{{"name", part.name}, {"size", part.size_bytes}, {"sha256", part.sha256}});
  out["parts"] = std::move(parts);
  boost::json::array damage;
  for (const auto& d : report.damage)
    damage.push_back(boost::json::object{{"part", d.part}, {"detail", d.detail}});
  out["damage"] = std::move(damage);
  fmt::print("{}\n", boost::json::serialize(out));
}

Result<int> run_verify(const VerifyArguments& arguments) {
  std::optional<std::filesystem::path> key;
  if (!arguments.key.empty()) key = arguments.key;
  const auto report = verify(arguments.capsule, key);
  if (!report) return tl::unexpected(report.error());
  if (arguments.format == "json")
    print_json(arguments.capsule, *report);
  else
    print_text(arguments.capsule, *report);
  return report->intact() ? 0 : exit_code(ErrorCode::kDamaged);
}

}  // namespace

void add_verify(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("verify", "Read every byte of a capsule and name each part that was changed");
  auto arguments = std::make_shared<VerifyArguments>();
  command->add_option("capsule", arguments->capsule, "The capsule")->required()->type_name("FILE");
  command
      ->add_option("--key", arguments->key, "Require a signature by this Ed25519 public key (PEM or OpenSSH)")
      ->type_name("KEY");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      "Ends with 0 when the capsule is intact, 8 when it is damaged or not signed by the key.\n"
      "Examples:\n"
      "  culprit verify incident.culprit\n"
      "  culprit verify incident.culprit --key capsule_key.pub\n"
      "  culprit verify incident.culprit --format json");
  command->callback([arguments, &exit] {
    const auto code = run_verify(*arguments);
    exit = code ? *code : print_failure(code.error());
  });
}

}  // namespace culprit
