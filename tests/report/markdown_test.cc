#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile.h"
#include "report/report.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Markdown, SectionsStandInTheRunbooksOrder) {
  const std::string out = render_markdown(sample_incident());
  std::size_t at = 0;
  for (const char* title : {"# Incident report", "## Executive summary", "## Technical analysis",
                            "## Timeline", "## Root cause", "## Recommendations", "## Preventive measures",
                            "## What is known, what is not", "## Escalation and stakeholders",
                            "## What could not be seen", "## Sources and journal", "## Evidence"}) {
    const std::size_t found = out.find(std::string("\n") + title, at == 0 ? std::string::npos : at);
    const std::size_t where = at == 0 ? out.find(title) : found;
    ASSERT_NE(where, std::string::npos) << title;
    at = where + 1;
  }
}

TEST(Markdown, MetricsTableHasExactlyTheRunbooksColumns) {
  EXPECT_THAT(render_markdown(sample_incident()),
              HasSubstr("| Metric | Normal range | Incident value | Status | Baseline | Peak time |"));
}

TEST(Markdown, EveryEvidenceLinkHasItsAnchor) {
  const std::string out = render_markdown(sample_incident());
  for (int i = 1; i <= 11; ++i) {
    EXPECT_THAT(out, HasSubstr("(#e" + std::to_string(i) + ")"));
    EXPECT_THAT(out, HasSubstr("<a id=\"e" + std::to_string(i) + "\"></a>"));
  }
}

TEST(Markdown, TextOfLogsCannotBecomeMarkup) {
  const std::string out =
      render_markdown(poisoned("\n# x <img src=x> | a *b* [l](http://evil) @all #12 :smile: ```"));
  // Outside of fenced blocks nothing may survive as markup.
  std::string fence;
  std::size_t start = 0;
  while (start < out.size()) {
    const std::size_t end = std::min(out.find('\n', start), out.size());
    const std::string line = out.substr(start, end - start);
    start = end + 1;
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    if (fence.empty() && ticks >= 3 && line.find('`', ticks) == std::string::npos)
      fence = line.substr(0, ticks);
    else if (!fence.empty() && line == fence)
      fence.clear();
    if (!fence.empty() || line.find('`') != std::string::npos) continue;
    for (const char* markup : {"<img", "](http", "@all", ":smile:", "*b*", "# x <"})
      EXPECT_THAT(line, Not(HasSubstr(markup)));
  }
  EXPECT_TRUE(fence.empty()) << "a fenced block was closed by the text inside it, or not at all";
}

TEST(Markdown, EveryRowOfATableHasAsManyCellsAsItsHead) {
  const std::string out = render_markdown(poisoned("a|b\\|c `d|e`\n| f |"));
  std::size_t columns = 0;
  std::size_t start = 0;
  bool in_code = false;
  while (start < out.size()) {
    const std::size_t end = std::min(out.find('\n', start), out.size());
    const std::string line = out.substr(start, end - start);
    start = end + 1;
    if (line.starts_with("```")) in_code = !in_code;
    if (in_code || !line.starts_with("|")) {
      columns = 0;
      continue;
    }
    std::size_t pipes = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::size_t slashes = 0;
      while (slashes < i && line[i - slashes - 1] == '\\') ++slashes;
      if (line[i] == '|' && slashes % 2 == 0) ++pipes;
    }
    if (columns == 0) columns = pipes;
    EXPECT_EQ(pipes, columns) << line;
  }
}

TEST(Markdown, TimesStayReadable) {
  EXPECT_THAT(render_markdown(sample_incident()), HasSubstr("17:02:10 (23:02:10Z)"));
  EXPECT_THAT(render_markdown(sample_incident()), HasSubstr("statement_timeout"));
}

}  // namespace
}  // namespace culprit
