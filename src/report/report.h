// Tellers: each renders Findings and computes nothing.
#pragma once

#include <string>
#include <string_view>

#include "diagnosis/findings.h"

namespace culprit {

struct TextStyle {
  int width = 100;        // columns
  bool colour = false;    // ANSI
  bool unicode = true;    // ✅ ⚠ 🚨 and line drawing; false = ASCII
  bool evidence = false;  // the evidence itself; else the last lines say how to see it
};

std::string render_text(const Findings& findings, const TextStyle& style);
std::string render_markdown(const Findings& findings);  // renders on GitHub
std::string render_html(const Findings& findings);      // one file, no network
std::string render_json(const Findings& findings);      // schemas/findings.schema.json, ends with a new line

}  // namespace culprit
