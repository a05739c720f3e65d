#include "golden.h"

#include <gtest/gtest.h>

#include "report/report.h"
#include "sample_findings.h"

namespace culprit {
namespace {

struct Sample {
  const char* name;
  Findings (*make)();
};

class Golden : public testing::TestWithParam<Sample> {
 protected:
  std::string file(const std::string& suffix) const { return GetParam().name + suffix; }
  const Findings findings_ = GetParam().make();
};

TEST_P(Golden, TextAt80Columns) { expect_golden(file(".80.txt"), render_text(findings_, {80, false, true})); }
TEST_P(Golden, TextAt120Columns) {
  expect_golden(file(".120.txt"), render_text(findings_, {120, false, true, true}));
}
TEST_P(Golden, TextInAscii) {
  expect_golden(file(".ascii.txt"), render_text(findings_, {100, false, false}));
}
TEST_P(Golden, Markdown) { expect_golden(file(".md"), render_markdown(findings_)); }
TEST_P(Golden, Html) { expect_golden(file(".html"), render_html(findings_)); }
TEST_P(Golden, Json) { expect_golden(file(".json"), render_json(findings_)); }

TEST_P(Golden, SameFindingsGiveTheSameBytes) {
  const Findings again = GetParam().make();
  EXPECT_EQ(render_text(findings_, {}), render_text(again, {}));
  EXPECT_EQ(render_markdown(findings_), render_markdown(again));
  EXPECT_EQ(render_json(findings_), render_json(again));
  EXPECT_EQ(render_html(findings_), render_html(again));
}

std::string name_of(const testing::TestParamInfo<Sample>& sample) {
  std::string name = sample.param.name;
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Samples, Golden,
                         testing::Values(Sample{"incident", sample_incident}, Sample{"quiet", sample_quiet},
                                         Sample{"cannot-tell", sample_cannot_tell}),
                         name_of);

}  // namespace
}  // namespace culprit
