// Builders of the outline's sections, and of their blocks. Private to src/report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/outline.h"

namespace culprit {

using Blocks = std::vector<Block>;

Block heading(std::string_view text, std::string anchor = {}, int level = 3);
Block paragraph(Phrase phrase);
Block note(std::string_view text);  // muted paragraph
Block list(std::vector<Item> items);
Block steps(std::vector<Item> items);
Block table(Table content);
Block code(std::string_view text, std::string language);
Block visual(Block::Visual what, std::size_t index, Blocks plain);
void append(Blocks& to, Blocks from);
// "Shows it live" and "Shows it from the capsule" with their commands.
Blocks commands(std::string_view aws_command, std::string_view culprit_command);
Blocks check(std::string_view label, const NextCheck& next);
Phrase cell(std::string_view text, Tone tone = Tone::kPlain);
Phrase cell(std::string_view text, std::vector<EvidenceRef> evidence);
Phrase code_cell(std::string_view text);

Section summary_section(const Findings& findings);
Section technical_section(const Findings& findings);
Section timeline_section(const Findings& findings);
Section root_cause_section(const Findings& findings);
Section seen_before_section(const Findings& findings);  // only with a memory
Section recommendations_section(const Findings& findings);
Section prevention_section(const Findings& findings);
Section known_section(const Findings& findings);
Section contacts_section(const Findings& findings);
Section gaps_section(const Findings& findings);
Section sources_section(const Findings& findings);
Section evidence_section(const Findings& findings);

}  // namespace culprit
