// "Seen before" in every teller, and incidents side by side.
#include <gmock/gmock.h>

#include "report/comparison_tellers.h"
#include "report/wording.h"
#include "sample_findings.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

Findings remembered(const std::string& hostile = {}) {
  Findings f = sample_incident();
  LikeCase c;
  c.id = "2025-03-01T0900Z-shop" + hostile;
  c.system = "shop" + hostile;
  c.cause = "an index was dropped" + hostile;
  c.hypothesis = "statement-timeouts" + hostile;
  c.severity = "P1";
  c.onset = *parse_iso8601("2025-03-01T09:00:00Z");
  c.window = {*c.onset, *c.onset + std::chrono::minutes(10)};
  c.likeness = 0.914;
  c.same_order = 0.75;
  c.agree = {{"db.cpu" + hostile, "RDS CPU" + hostile, 14.2, 12}, {"web.errors", "errors", 5e5, 40}};
  c.differ = {{"web.requests", "requests", -5, 0.3}};
  f.seen_before = SeenBefore{3, std::string(64, 'a'), {"old.json" + hostile}, {c}, 0.914};
  return f;
}

std::vector<std::pair<std::string, std::string>> told(const Findings& f) {
  return {{"text", render_text(f, {120, false, true})},
          {"md", render_markdown(f)},
          {"html", render_html(f)},
          {"json", render_json(f)}};
}

TEST(SeenBefore, EveryTellerSaysTheCauseTheLikenessAndWhatAgreesAndDiffers) {
  for (const auto& [form, text] : told(remembered())) {
    for (const char* part : {"2025-03-01", "an index was dropped", "0.91", "RDS CPU", "web.requests",
                             "old.json", "aaaaaaaaaaaa"})
      EXPECT_THAT(text, HasSubstr(part)) << form;
    if (form == "json") continue;
    for (const char* part : {"up 14.2", "up over 1,000", "down 5", "as usual", "75 % of the pairs"})
      EXPECT_THAT(text, HasSubstr(part)) << form;
  }
}

TEST(SeenBefore, WithoutAMemoryNobodySpeaksOfIt) {
  for (const auto& [form, text] : told(sample_incident())) {
    EXPECT_THAT(text, Not(HasSubstr("Seen before"))) << form;
    EXPECT_THAT(text, Not(HasSubstr("seen_before"))) << form;
  }
}

TEST(SeenBefore, AMemoryWithNothingLikeItSaysHowNearTheNearestCame) {
  Findings f = remembered();
  f.seen_before->alike.clear();
  f.seen_before->nearest = 0.41;
  const auto text = render_markdown(f);
  EXPECT_THAT(text, HasSubstr("None is alike; the nearest has a likeness of 0.41."));
  EXPECT_THAT(text, HasSubstr("3 remembered incidents"));
}

TEST(SeenBefore, ACaseFromElsewhereCannotBecomeMarkupOrControlTheTerminal) {
  const auto f = remembered("\x1b[2J<script>alert(1)</script>\xFF|*b*\n# x");
  for (const auto& [form, text] : told(f)) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b[2J"))) << form;
    EXPECT_THAT(text, Not(HasSubstr("\xFF"))) << form;
    if (form == "html") EXPECT_THAT(text, Not(HasSubstr("<script>alert"))) << form;
  }
}

TEST(Wording, AMoveIsSaidInTimesItsUsualVariation) {
  EXPECT_EQ(wording::moved(14.23), "up 14.2");
  EXPECT_EQ(wording::moved(-3.2), "down 3.2");
  EXPECT_EQ(wording::moved(1.9), "as usual");
  EXPECT_EQ(wording::moved(-1e6), "down over 1,000");
}

TEST(Comparison, TellersShowCausesSignalsAndOrder) {
  Findings a = sample_incident(), b = sample_quiet();
  a.signature.signals = {{"db.cpu", 14, 60}, {"db.timeouts", 200, 0}};
  b.signature.signals = {{"db.cpu", 0.2, std::nullopt}};
  const auto c = compare_incidents({a, b}, {"monday.culprit", "tue|sday`s.culprit"});
  for (const auto& text : {render_comparison_text(c, {100, false, true}), render_comparison_markdown(c)}) {
    for (const char* part : {"monday.culprit", "P1", "statement-timeouts in 1, none named in 2", "up 14",
                             "as usual", "not measured", "not the same shape"})
      EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(render_comparison_markdown(c), HasSubstr("tue\\|sday\\`s.culprit"));
}

}  // namespace
}  // namespace culprit
