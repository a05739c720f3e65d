// Outline blocks as HTML. Private to src/report. Everything that is text goes through html_escape.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/outline.h"

namespace culprit::html {

// Escapes for element content and double-quoted attributes.
std::string escape(std::string_view text);
// Text in which `…` becomes <code>.
std::string inline_text(std::string_view text);
std::string code(std::string_view text);  // a name in <code>
std::string phrase(const Phrase& p);
std::string references(const std::vector<EvidenceRef>& refs);
std::string_view tone_class(Tone tone);  // "good", "warn", "bad", "muted", ""
// "✅ Healthy" -> "Healthy", where a coloured dot stands for the symbol.
std::string_view without_symbol(std::string_view text);
std::string pill(std::string_view text, Tone tone);
std::string command(std::string_view text);  // with a copy button
std::string table(const Table& t, std::string_view label);
std::string list(const std::vector<Item>& items, bool numbered);
// "Live" and "From the capsule" commands, each only when there.
std::string commands(std::string_view aws_command, std::string_view culprit_command);
// Every block but visuals.
std::string block(const Block& b);

}  // namespace culprit::html
