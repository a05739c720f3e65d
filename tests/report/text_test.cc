#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/printable.h"
#include "hostile.h"
#include "report/outline.h"
#include "report/report.h"
#include "report/sparkline.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

std::string first_screen(const std::string& text) {
  std::string out;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < std::min<std::size_t>(24, lines.size()); ++i) out += lines[i] + "\n";
  return out;
}

TEST(Text, FirstScreenSaysWhatMattersAtNight) {
  const std::string screen = first_screen(render_text(sample_incident(), {80, false, true}));
  EXPECT_THAT(screen, HasSubstr("🚨 Incident · P1"));
  EXPECT_THAT(screen, HasSubstr("Onset      17:02:10 (23:02:10Z)"));
  EXPECT_THAT(screen, HasSubstr("Cause      Statement time-outs in PostgreSQL — 93 % confident"));
  EXPECT_THAT(screen, HasSubstr("Do now     1. Recreate index"));
  EXPECT_THAT(screen, HasSubstr("Severity   P1"));
}

TEST(Text, FirstScreenHoldsEvenWhenEverySentenceIsLong) {
  const std::string screen =
      first_screen(render_text(poisoned(std::string(3000, 'x') + " end"), {80, false, true}));
  for (const char* label : {"Incident", "Window", "Onset", "Severity", "Cause", "Do now", "3. Forbid"})
    EXPECT_THAT(screen, HasSubstr(label));
}

TEST(Text, QuietWindowSaysSoFirst) {
  EXPECT_TRUE(render_text(sample_quiet(), {80, false, true}).starts_with("✅ No incident found"));
}

TEST(Text, NoLineIsWiderThanTheTerminalExceptCommands) {
  for (const int width : {60, 80, 100, 120, 200})
    for (const auto& line : lines_of(render_text(sample_incident(), {width, false, true}))) {
      if (line.starts_with("    aws ") || line.starts_with("    culprit ")) continue;
      EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
    }
}

TEST(Text, CommandsStayOnOneLine) {
  const std::string out = render_text(sample_incident(), {60, false, true, true});
  EXPECT_THAT(out, HasSubstr("--filter-pattern '\"DROP INDEX\"'\n"));
  EXPECT_THAT(out, HasSubstr("\n    aws logs filter-log-events "));
  EXPECT_THAT(out, Not(HasSubstr("│ aws"))) << "a bar would be copied with it";
}

TEST(Text, EvidenceIsKeptBackUnlessAskedForAndTheLastLinesSayHowToSeeIt) {
  Findings f = sample_incident();
  f.capsule = "my out/incident.culprit";
  const std::string brief = render_text(f, {100, false, true});
  const std::string whole = render_text(f, {100, false, true, true});
  EXPECT_LT(brief.size(), whole.size());
  EXPECT_TRUE(whole.starts_with(brief.substr(0, brief.find("── Evidence"))));
  EXPECT_TRUE(
      brief.ends_with("    culprit report 'my out/incident.culprit' --evidence\n"
                      "    culprit explain 'my out/incident.culprit' E1\n"))
      << brief.substr(brief.size() - 300);
}

TEST(Text, WhatIsKnownByTheMinuteShowsNoSeconds) {
  Findings f = sample_incident();
  f.timeline.front().exact = false;
  const std::string out = render_text(f, {120, false, true});
  EXPECT_THAT(out, HasSubstr("  16:41     22:41Z     Web application"));
  EXPECT_THAT(out, HasSubstr("  17:02:03  23:02:03Z  Database"));
}

TEST(Text, ControlCharactersOfLogsNeverReachTheTerminal) {
  const std::string out = render_text(poisoned("\x1b]0;owned\x07\x1b[2J\r\x9b"), {80, false, true, true});
  EXPECT_THAT(out, HasSubstr("\\x1b"));
  for (const char c : out)
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
}

TEST(Text, ColourOnlyWhenAsked) {
  EXPECT_THAT(render_text(sample_incident(), {80, false, true}), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(render_text(sample_incident(), {80, true, true}), HasSubstr("\x1b[1;31m"));
}

TEST(Text, AsciiIsAscii) {
  for (const char c : render_text(poisoned("é日🚨"), {80, false, false, true}))
    EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(Text, MetricsTableHasTheRunbooksColumns) {
  EXPECT_THAT(render_text(sample_incident(), {120, false, true}),
              testing::ContainsRegex("Metric +Normal range +Incident value +Status +Baseline +Peak time"));
}

TEST(Sparkline, MissingPeriodsAreBlankNotLow) {
  const Time t0 = from_epoch_ms(0);
  const auto minute = [&](int m) { return t0 + std::chrono::minutes(m); };
  const std::vector<Datapoint> points{{minute(0), 0}, {minute(1), 8}, {minute(3), 4}};
  const Window span{minute(0), minute(4)};
  EXPECT_EQ(sparkline(points, std::chrono::minutes(1), span, 4, true), "▁█ ▅");
  EXPECT_EQ(sparkline(points, std::chrono::minutes(1), span, 4, false), "_#.=");
}

TEST(Sparkline, NothingIsNothing) { EXPECT_EQ(sparkline({}, std::chrono::minutes(1), {}, 10, true), ""); }

Evidence signal_evidence(std::string title, std::string component) {
  Evidence e;
  e.kind = EvidenceKind::kLog;
  e.title = std::move(title);
  e.component = std::move(component);
  return e;
}

TEST(Text, EvidenceOfASignalIsCalledByItsTitleAndName) {
  Findings f;
  f.components.resize(1);
  f.components[0].id = "db";
  f.components[0].title = "Database";
  f.metrics.resize(1);
  f.metrics[0].id = "db.cpu";
  f.metrics[0].component = "db";
  f.metrics[0].title = "RDS CPU";
  EXPECT_EQ(evidence_title(f, signal_evidence("db.cpu", "db")), "RDS CPU (db.cpu)");
  EXPECT_EQ(evidence_title(f, signal_evidence("db.slow_statement_p95_ms", "db")),
            "Slow statement p95, Database (db.slow_statement_p95_ms)");
  EXPECT_EQ(evidence_title(f, signal_evidence("DROP INDEX a.b", "db")), "DROP INDEX a.b");
}

TEST(Text, ManyMinutesOfOneValueAreOneSentence) {
  Findings f;
  f.window = {parse_iso8601("2025-08-21T23:00:00Z").value(), parse_iso8601("2025-08-21T23:10:00Z").value()};
  Evidence e = signal_evidence("db.refusals", "db");
  for (int i = 0; i < 10; ++i) e.points.push_back({f.window.start + std::chrono::minutes(i), 0});
  f.evidence.add(e);
  EXPECT_THAT(render_text(f, {100, false, true, true}), HasSubstr("Value: 0 in each of 10 datapoints"));
}

TEST(Text, AReasonOfTheSeverityIsNotAlsoASentenceOfTheSummary) {
  Findings f = sample_incident();
  f.summary = {"It began.", "P1 because: " + f.severity_reasons.at(0).text() + "."};
  EXPECT_THAT(summary_sentences(f), testing::ElementsAre("It began."));
}

}  // namespace
}  // namespace culprit
