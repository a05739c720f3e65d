// What to know before the answer is trusted: a window that misses the incident or begins after its onset, and
// a baseline that holds an incident itself.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/case_file.h"

namespace culprit {

// The first severity rule that holds in these minutes by themselves, in words with what was observed; empty
// when none does. Rules that compare with a baseline do not count.
std::string harm_in(Grid::Range minutes, const CaseFile& file);

// Sentences for the summary; after the verdict.
std::vector<std::string> cautions(const CaseFile& file);

}  // namespace culprit
