#include "cli/render.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/shell_word.h"
#include "report/redact.h"
#include "report/report.h"

namespace culprit {

namespace {

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

TextStyle terminal_style() {
  TextStyle style;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  style.colour =
      !set_and_not_empty("NO_COLOR") && ((terminal && !dumb) || set_and_not_empty("CLICOLOR_FORCE"));
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    style.width = std::min<int>(size.ws_col, 140);
  else if (const char* columns = std::getenv("COLUMNS"); columns != nullptr && std::atoi(columns) >= 40)
    style.width = std::min(std::atoi(columns), 200);
  return style;
}

void warn_not_redacted() {
  fmt::print(stderr,
             "culprit: --no-redact: e-mail and IP addresses, tokens, passwords and query literals of "
             "the logs are shown as they are. Mind who reads this.\n");
}

void RenderOptions::add_to(CLI::App& app) {
  app.add_option("--format,--output", format, "text, md, html or json")
      ->check(CLI::IsMember({"text", "md", "html", "json"}))
      ->capture_default_str();
  app.add_flag("--evidence", evidence, "text: print the evidence too (md, html and json always hold it)");
  app.add_flag("--no-redact", no_redact, "Show e-mails, addresses, tokens and literals as they are");
}

std::string render(Findings findings, const RenderOptions& options) {
  if (options.no_redact)
    warn_not_redacted();
  else if (!findings.redacted)
    redact(findings);
  if (options.format == "md") return render_markdown(findings);
  if (options.format == "html") return render_html(findings);
  if (options.format == "json") return render_json(findings);
  TextStyle style = terminal_style();
  style.evidence = options.evidence;
  return render_text(findings, style);
}

void name_capsule(Findings& findings, const std::string& path) {
  const std::string before = " " + shell_word(findings.capsule);
  const std::string after = " " + shell_word(path);
  const auto rename = [&](std::string& command) {
    const auto at = command.find(before);
    if (at != std::string::npos && command.starts_with("culprit ")) command.replace(at, before.size(), after);
  };
  for (std::size_t i = 1; i <= findings.evidence.all().size(); ++i)
    rename(findings.evidence.edit(static_cast<int>(i)).culprit_command);
  for (auto& h : findings.hypotheses) {
    rename(h.refute.culprit_command);
    for (auto& c : h.checks) rename(c.culprit_command);
  }
  for (auto& c : findings.next_checks) rename(c.culprit_command);
  findings.capsule = path;
}

}  // namespace culprit
