#include "report/redact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile.h"
#include "report/report.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Redaction, LeavesTheSampleReadable) {
  Findings f = sample_incident();
  redact(f);
  EXPECT_TRUE(f.redacted);
  EXPECT_THAT(f.redaction_note, HasSubstr("IP addresses"));
  const std::string out = render_text(f, {120, false, true, true});
  for (const char* kept :
       {"a8d7a57f-ceba-4992-b866-5cb322ab1211", "a0e1c72b9d5f3846", "chatscomm-db-prod", "14 s", "17:02:24",
        "48211", "(43210)", "+506 4000 0001", "support-leads@chatscomm.example", "2025-08-21 23:02:24 UTC",
        "1755817200000", "PG::QueryCanceled"})
    EXPECT_THAT(out, HasSubstr(kept)) << kept;
  EXPECT_THAT(out, Not(HasSubstr("10.0.1.5")));
  EXPECT_THAT(out, Not(HasSubstr("(101, 102")));
}

// Planted in every text of the findings, by every teller: nothing survives.
TEST(Redaction, NoPlantedSecretSurvivesInAnyTeller) {
  const std::vector<std::pair<std::string, std::string>> planted{
      {" ann.lee@example.com", "ann.lee"},
      {" from 203.0.113.77 ", "203.0.113.77"},
      {" 2001:db8::dead:beef ", "dead:beef"},
      {" Authorization: Bearer Zx9Qw8Er7Ty6", "Zx9Qw8Er7Ty6"},
      {" AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7"},
      {" eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP", "eyJzdWIi"},
      {" postgres://app:Pa55word!x@db/app", "Pa55word"},
      {" password=Tr0ub4dor&3", "Tr0ub4dor"},
      {" {\"api_key\": \"q1w2e3r4t5\"}", "q1w2e3r4t5"},
      {" Cookie: _session=abc987zyx", "abc987zyx"},
      {" +506 8888-1234", "8888-1234"},
      {" {\"name\"=>\"Wilhelmina Quux\"}", "Wilhelmina"},
      {" STATEMENT:  SELECT 1 FROM t WHERE n = 'Rumpelstiltskin' AND id = 987654321", "Rumpelstiltskin"},
      {" SELECT 1 FROM t WHERE id = 987654321", "987654321"},
      {" arn:aws:iam::210987654321:role/x", "210987654321"}};
  for (const auto& [text, secret] : planted) {
    Findings f = poisoned(text);
    ASSERT_THAT(render_json(f), HasSubstr(secret));
    redact(f);
    EXPECT_THAT(render_json(f), Not(HasSubstr(secret)));
    EXPECT_THAT(render_markdown(f), Not(HasSubstr(secret)));
    EXPECT_THAT(render_html(f), Not(HasSubstr(secret)));
    EXPECT_THAT(render_text(f, {400, false, true, true}), Not(HasSubstr(secret)));
  }
}

TEST(Redaction, SameFindingsGiveTheSamePseudonyms) {
  Findings a = sample_incident();
  Findings b = sample_incident();
  redact(a);
  redact(b);
  EXPECT_EQ(render_json(a), render_json(b));
}

}  // namespace
}  // namespace culprit
