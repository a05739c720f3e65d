// --format and --no-redact, and findings in the chosen form.
#pragma once

#include <string>

#include "base/error.h"
#include "diagnosis/findings.h"
#include "report/report.h"

namespace CLI {
class App;
}

namespace culprit {

struct RenderOptions {
  std::string format = "text";  // text, md, html, json
  bool no_redact = false;
  bool evidence = false;  // text: the evidence itself, too

  void add_to(CLI::App& app);
};

// Width and colours of standard output.
TextStyle terminal_style();

// What is said on stderr where nothing is redacted.
void warn_not_redacted();

// Redacts (unless told not to; then says on stderr what is shown) and renders for standard output.
std::string render(Findings findings, const RenderOptions& options);

// For a reader elsewhere than beside the capsule: commands name it by this path.
void name_capsule(Findings& findings, const std::string& path);

}  // namespace culprit
