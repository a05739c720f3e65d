#include "cli/expectation.h"

#include <fmt/format.h>

namespace culprit {

namespace {

void compare(std::string& out, std::string_view what, const std::string& expected, std::string_view found) {
  if (expected == found) return;
  out += fmt::format("{}{} is {}, not {}", out.empty() ? "" : "; ", what, found, expected);
}

}  // namespace

std::string Expectation::difference(const Findings& findings) const {
  std::string out;
  const auto* primary =
      !findings.hypotheses.empty() && findings.hypotheses.front().role == CauseRole::kPrimary
          ? &findings.hypotheses.front()
          : nullptr;
  if (cause && !(primary != nullptr && primary->family == *cause))
    compare(out, "cause", *cause, primary != nullptr ? primary->cause : "none");
  if (severity) compare(out, "severity", *severity, findings.severity.empty() ? "none" : findings.severity);
  if (verdict) compare(out, "verdict", *verdict, to_string(findings.verdict));
  return out;
}

Result<Expectation> parse_expectation(std::string_view text) {
  Expectation out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view pair = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const auto equals = pair.find('=');
    const std::string_view key = pair.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    std::optional<std::string>* slot = key == "cause"      ? &out.cause
                                       : key == "severity" ? &out.severity
                                       : key == "verdict"  ? &out.verdict
                                                           : nullptr;
    if (slot == nullptr || value.empty())
      return fail(ErrorCode::kUsage, fmt::format("'{}' is no expectation", pair), "--expect",
                  "Write cause=…, severity=… or verdict=…, separated by commas.");
    *slot = value;
  }
  return out;
}

}  // namespace culprit
