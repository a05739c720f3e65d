// Parts of the HTML page that are drawn in their own way. Private to src/report.
#pragma once

#include <string>
#include <string_view>

#include "report/outline.h"

namespace culprit::html {

std::string_view style();   // the page's CSS
std::string_view script();  // the page's JavaScript; the page works without it

std::string summary(const Findings& findings);     // header and executive summary
std::string components(const Findings& findings);  // cards
std::string metric_charts(const Findings& findings);
std::string pattern_charts(const Findings& findings, const Table& counts);
std::string timeline(const Findings& findings);
std::string hypothesis(const Findings& findings, std::size_t index);
std::string evidence(const Findings& findings, const Block& block);
std::string evidence_on_paper(const Findings& findings);  // shown in print instead of the evidence
std::string recommendations(const Findings& findings);
std::string prevention(const Findings& findings);
std::string known(const Findings& findings);

}  // namespace culprit::html
