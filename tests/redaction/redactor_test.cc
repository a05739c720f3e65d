#include "redaction/redactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "redaction/rules.h"

namespace culprit {
namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
  }
  return out;
}

struct Case {
  std::string input, expected;
};

std::vector<Case> cases() {
  std::ifstream in(std::string(CULPRIT_SOURCE_DIR) + "/tests/redaction/cases/redaction.tsv");
  std::vector<Case> out;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string::npos) continue;
    out.push_back({unescaped(line.substr(0, tab)), unescaped(line.substr(tab + 1))});
  }
  return out;
}

TEST(Redaction, Table) {
  const auto all = cases();
  ASSERT_GT(all.size(), 50U);
  for (const auto& c : all) EXPECT_EQ(Redactor().redact(c.input), c.expected) << c.input;
}

TEST(Redaction, OfRedactedTextChangesNothing) {
  for (const auto& c : cases()) {
    Redactor redactor;
    const std::string once = redactor.redact(c.input);
    EXPECT_EQ(redactor.redact(once), once);
  }
}

TEST(Redaction, EveryRuleCompiles) {
  for (const auto& rule : redaction_rules()) EXPECT_TRUE(rule.expression != nullptr) << rule.rule.pattern;
}

TEST(Redaction, PseudonymsStayTheSameAcrossTexts) {
  Redactor redactor;
  EXPECT_EQ(redactor.redact("from 10.1.2.3"), "from ip-1");
  EXPECT_EQ(redactor.redact("from 10.1.2.4"), "from ip-2");
  EXPECT_EQ(redactor.redact("again 10.1.2.3"), "again ip-1");
  EXPECT_EQ(redactor.note(), "2 IP addresses");
}

TEST(Redaction, ASecretSeenOnceIsHiddenWithoutItsContextToo) {
  Redactor redactor;
  redactor.redact("password=hunter2-hunter2");
  EXPECT_EQ(redactor.redact("tried hunter2-hunter2 again"), "tried password-1 again");
}

TEST(Redaction, ForAnalysisKeepsStatementsAndJsonReadable) {
  Redactor redactor(RedactFor::kAnalysis);
  EXPECT_EQ(redactor.redact("STATEMENT:  SELECT * FROM t WHERE id IN (11, 12, 13) AND n = 'Ann' LIMIT 25"),
            "STATEMENT:  SELECT * FROM t WHERE id IN (0, 0, 0) AND n = '?' LIMIT 0");
  EXPECT_EQ(redactor.redact(R"({"phone":15551234567,"tel": "15551234567"})"),
            R"({"phone":"phone-1","tel": "phone-1"})");
  EXPECT_EQ(redactor.redact(R"({"msg":"{\"phone\":15551234567}"})"), R"({"msg":"{\"phone\":phone-1}"})");
}

TEST(Redaction, OfConfigurationKeepsCommandsThatFollowWordsOfSql) {
  const std::string commands =
      "- text: \"Run EXPLAIN (ANALYZE) of it, then SELECT 1.\"\n"
      "  aws: \"aws logs filter-log-events --filter-pattern 'ERROR' --max-items 50\"\n";
  Redactor redactor(RedactFor::kConfiguration);
  EXPECT_EQ(redactor.redact(commands), commands);
  EXPECT_EQ(redactor.redact("contact: ann@example.com"), "contact: email-1");
}

TEST(Redaction, TakesHostileBytes) {
  Redactor redactor;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  redactor.redact(bytes);
  redactor.redact(std::string(100'000, '\''));
  redactor.redact("SELECT " + std::string(100'000, '('));
  EXPECT_EQ(redactor.redact("\xFF ann@example.com \xFE"), "\xFF email-1 \xFE");
}

}  // namespace
}  // namespace culprit
