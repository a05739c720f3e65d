#include "logs/filter_pattern.h"

#include <gtest/gtest.h>

#include "logs/message_pattern.h"

namespace culprit {
namespace {

FilterPattern parse(std::string_view text) {
  auto pattern = FilterPattern::parse(text);
  if (pattern) return *pattern;
  ADD_FAILURE() << text << ": " << pattern.error().message();
  return *FilterPattern::parse("");
}

bool matches(std::string_view pattern, std::string_view message) { return parse(pattern).matches(message); }

Error refusal(std::string_view text) {
  auto pattern = FilterPattern::parse(text);
  EXPECT_FALSE(pattern) << "accepted: " << text;
  return pattern ? Error{} : pattern.error();
}

std::vector<std::string> literals(const NecessaryLiterals& necessary) {
  std::vector<std::string> out;
  for (const auto& group : necessary.all_of) {
    std::string text;
    for (const auto& needle : group)
      text += (text.empty() ? "" : "|") + needle.text + (needle.ignore_case ? "/i" : "");
    out.push_back(text);
  }
  return out;
}
using Texts = std::vector<std::string>;

TEST(FilterPatternTerms, AreKeptAsAPlanForTheEngine) {
  const auto pattern = parse("ERROR \"timed out\" ?a -b %x[0-9]+y%");
  ASSERT_NE(pattern.terms(), nullptr);
  const auto& plan = *pattern.terms();
  ASSERT_EQ(plan.required.size(), 3U);
  EXPECT_EQ(plan.required[0].literal.text, "ERROR");
  EXPECT_EQ(plan.required[1].literal.text, "timed out");
  ASSERT_TRUE(plan.required[2].regex);
  EXPECT_EQ(plan.required[2].regex->pattern(), "x[0-9]+y");
  EXPECT_TRUE(plan.optional.empty()) << "ignored beside plain terms";
  ASSERT_EQ(plan.excluded.size(), 1U);
  EXPECT_EQ(literals(pattern.necessary()), (Texts{"ERROR", "timed out", "x", "y"}));
  EXPECT_EQ(literals(parse("?a ?\"b c\" -d").necessary()), (Texts{"a|b c"}));
}

TEST(FilterPatternTerms, OptionalAndExcludedTermsGoTogether) {
  EXPECT_TRUE(matches("?ERROR ?WARN -health", "WARN disk"));
  EXPECT_FALSE(matches("?ERROR ?WARN -health", "WARN health check"));
  EXPECT_FALSE(matches("?ERROR ?WARN -health", "INFO disk"));
  EXPECT_FALSE(matches("\"ERROR\" - \"Exiting\"", "Exiting with ERRORCODE"))
      << "as the guide of 2018 writes it";
}

TEST(FilterPatternTerms, EscapesInPhrases) {
  EXPECT_TRUE(matches(R"("\"level\":\"error\"")", R"({"level":"error"})"));
  EXPECT_TRUE(matches(R"("a\\b")", R"(a\b)"));
  EXPECT_TRUE(matches(R"("a\db")", R"(a\db)"));
  EXPECT_TRUE(matches("\"ERROR\"\"disk\"", "disk ERROR"));
}

TEST(FilterPatternTerms, ABlankPhraseLooksForNothing) {
  EXPECT_TRUE(matches("\" \" -x", "abc"));
  EXPECT_FALSE(matches("\" \" -x", "axb"));
  EXPECT_TRUE(matches("?\" \" ?zzz", "abc"));
  EXPECT_TRUE(matches(" \t\n", ""));
}

TEST(FilterPatternTerms, RefusalsSayWhatToWrite) {
  EXPECT_EQ(refusal("IN (").what, "Invalid filter pattern: Invalid character(s) in term '('");
  EXPECT_NE(refusal("IN (").hint.find("write \"IN (\""), std::string::npos) << refusal("IN (").hint;
  EXPECT_NE(refusal("IN (").hint.find("%IN \\x28%"), std::string::npos) << refusal("IN (").hint;
  EXPECT_NE(refusal("duration.*ms").hint.find("%duration.*ms%"), std::string::npos);
  EXPECT_NE(refusal("ERROR -10.0.0.1").hint.find("\"10.0.0.1\""), std::string::npos);
  EXPECT_NE(refusal("%a(b)%").hint.find("\\x28"), std::string::npos);
  EXPECT_NE(refusal("\xe2\x80\x9c"
                    "ERROR\xe2\x80\x9d")
                .what.find("'?'"),
            std::string::npos);
  for (const auto* text : {"foo-bar", "a -", "?", "-", "?-a", "-?a", "\"open", "%open", "%%", "%a\\%", "a\\",
                           "%\\D%", "%x\\x9f%", "%a{5000}%", "$x", "(a)"})
    EXPECT_FALSE(refusal(text).hint.empty() && refusal(text).what.empty()) << text;
}

TEST(FilterPatternTerms, TheHintsOfRefusalsAreAccepted) {
  EXPECT_TRUE(matches("\"IN (\"", "WHERE id IN (1)"));
  EXPECT_TRUE(matches("%IN \\x28%", "WHERE id IN (1)"));
  EXPECT_TRUE(matches("%a\\x28b\\x29%", "a(b)"));
}

TEST(FilterPatternRegex, TakesCharactersNotBytes) {
  EXPECT_TRUE(matches("%^.at$%",
                      "\xc3\xa9"
                      "at"));
  EXPECT_FALSE(matches("%^..at$%",
                       "\xc3\xa9"
                       "at"));
  EXPECT_TRUE(matches("%^[^a]at$%",
                      "\xc3\xa9"
                      "at"));
  EXPECT_TRUE(matches("%^.at$%",
                      "\xff"
                      "at"))
      << "no UTF-8: a byte is a character";
  EXPECT_TRUE(matches("%a.b%", "a\nb"));
  EXPECT_TRUE(matches("%a\\_b%", "a_b"));
}

TEST(FilterPatternJson, SelectsAsTheServiceDoes) {
  EXPECT_TRUE(matches("{ $.a.b[1].c = 5 }", R"({"a":{"b":[0,{"c":5}]}})"));
  EXPECT_TRUE(matches("{ $['a'].b = 1 }", R"({"a":{"b":1}})"));
  EXPECT_TRUE(matches("{ $[0].b = 1 }", R"([{"b":1}])"));
  EXPECT_TRUE(matches("{ $.a = 2 }", R"({"a":1,"a":2})")) << "the last of equal names";
  EXPECT_TRUE(matches("{ $.a = 1 }", "  {\"a\":1}\r\n"));
}

TEST(FilterPatternJson, AMissingOrNullValueIsNeitherEqualNorUnequal) {
  EXPECT_FALSE(matches("{ $.a != 5 }", R"({"b":5})"));
  EXPECT_FALSE(matches("{ $.a != 5 }", R"({"a":null})"));
  EXPECT_FALSE(matches("{ $.a = * }", R"({"a":{}})"));
  EXPECT_TRUE(matches("{ $.a NOT EXISTS }", R"({"b":5})"));
  EXPECT_TRUE(matches("{ $.a = true }", R"({"a":true})"));
}

TEST(FilterPatternJson, ComparesTextAndNumbers) {
  EXPECT_TRUE(matches("{ $.a = \"404\" }", R"({"a":404})"));
  EXPECT_TRUE(matches("{ $.a = 404 }", R"({"a":"404"})"));
  EXPECT_TRUE(matches("{ $.a = 404 }", R"({"a":4.04e2})"));
  EXPECT_FALSE(matches("{ $.a > 1 }", R"({"a":"5"})"));
  EXPECT_TRUE(matches("{ $.a >= -1.5 }", R"({"a":-1.5})"));
  EXPECT_FALSE(matches("{ $.a = 9007199254740993 }", R"({"a":9007199254740992})")) << "ids are no doubles";
  EXPECT_TRUE(matches("{ $.a != 9007199254740993 }", R"({"a":9007199254740992})"));
  EXPECT_FALSE(matches("{ $.a < 1 }", R"({"a":1e999})"));
}

TEST(FilterPatternJson, EscapesOfTheMessageAreUndone) {
  EXPECT_TRUE(matches("{ $.name = \"a/b\" }", R"({"n\u0061me":"a\/b"})"));
  EXPECT_TRUE(matches("{ $.name = \"caf\xc3\xa9\" }", R"({"name":"caf\u00e9"})"));
  EXPECT_TRUE(matches(R"({ $.name = "say \"hi\"" })", R"({"name":"say \"hi\""})"));
  EXPECT_TRUE(matches("{ $.name = %a.b% }", R"({"name":"a\nb"})"));
}

TEST(FilterPatternJson, OnlyAWholeDocumentCounts) {
  for (const auto* broken :
       {R"({"a":1)", R"({"a":1} x)", R"({"a":1,})", R"(x {"a":1})", R"({'a':1})", R"({"a":01})",
        "{\"a\":1,\"b\":\"\n\"}", R"({"a":1,"b":"\q"})", R"({"a":1 "b":2})", R"({"a":1]})", "1", ""})
    EXPECT_FALSE(matches("{ $.a = 1 }", broken)) << broken;
  EXPECT_TRUE(matches("{ $.a = 1 }", "{\"b\":\"\xff\xfe\",\"a\":1}"))
      << "invalid UTF-8 is no reason to refuse";
  EXPECT_FALSE(matches("{ $.x NOT EXISTS }", "no JSON"));
  const std::string deep = "{\"a\":1,\"b\":" + std::string(900, '[') + std::string(900, ']') + "}";
  EXPECT_TRUE(matches("{ $.a = 1 }", deep));
  const std::string deeper = "{\"a\":1,\"b\":" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_FALSE(matches("{ $.a = 1 }", deeper));
}

TEST(FilterPatternJson, Refusals) {
  for (const auto* text :
       {"{}", "{ $ = 1 }", "{ $.a }", "{ $.a = }", "{ $.a = \"x }", "{ $.a = 1 && }", "{ ($.a = 1 }",
        "{ $.a == 1 }", "{ $.a > x }", "{ $.a > \"5\" }", "{ $.a is null }", "{ $.a[x] = 1 }",
        "{ $.a = 1 } }", "{ a = 1 }", "{ $.a = 1 & $.b = 2 }", "{ $.a[99999999999999999999] = 1 }"})
    EXPECT_NE(refusal(text).what.find("Invalid filter pattern"), std::string::npos) << text;
  EXPECT_EQ(refusal("{ $.\"a\" = 1 }").what, "Invalid filter pattern: Invalid character(s) in term '$.\"'");
  const std::string nested = "{ " + std::string(400, '(') + "$.a = 1" + std::string(400, ')') + " }";
  EXPECT_NE(refusal(nested).what.find("parentheses"), std::string::npos);
}

TEST(FilterPatternFields, CutAsTheServiceDoes) {
  EXPECT_TRUE(matches("[a, b=\"x y\", c]", "1 [x y] 2"));
  EXPECT_TRUE(matches("[a, b=\"x y\", c]", "1\t\"x y\"  2 3 4"));
  EXPECT_TRUE(matches("[a, b]", "[never closed"));
  EXPECT_TRUE(matches("[a=\"[x]y\", b]", "[x]y z")) << "a group ends before white space";
  EXPECT_FALSE(matches("[a, b]", "one"));
  EXPECT_TRUE(matches("[a=x, b=\"y z\"]", "x y z \r\n"));
  EXPECT_TRUE(matches("[a, , c=3]", "1 2 3"));
  EXPECT_FALSE(matches("[a]", "  "));
  EXPECT_TRUE(matches("[]", ""));
}

TEST(FilterPatternFields, SeveralEllipsesFindAPlace) {
  EXPECT_TRUE(matches("[..., level=ERROR, ...]", "a b ERROR c"));
  EXPECT_TRUE(matches("[..., level=ERROR, ...]", "ERROR"));
  EXPECT_FALSE(matches("[..., level=ERROR, ...]", "a b ERRORS c"));
  EXPECT_TRUE(matches("[x, ..., a=1, b=2, ..., y]", "0 1 1 2 9"));
  EXPECT_FALSE(matches("[x, ..., a=1, b=2, ..., y]", "0 1 1 2"));
  EXPECT_TRUE(matches("[..., a=1, ..., b=2]", "1 2"));
  EXPECT_FALSE(matches("[..., a=1, ..., b=2]", "2 1"));
}

TEST(FilterPatternFields, ExtractNamesAndPlaces) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const auto pattern = parse("[..., request=*.html*, status_code=4*,]");
  EXPECT_EQ(
      pattern.extract("127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534"),
      (Pairs{{"$1", "127.0.0.1"},
             {"$2", "-"},
             {"$3", "frank"},
             {"$4", "10/Oct/2000:13:25:15 -0700"},
             {"$request", "GET /index.html HTTP/1.0"},
             {"$status_code", "404"},
             {"$7", "1534"}}));
  EXPECT_TRUE(pattern.extract("no match").empty());
}

TEST(FilterPatternFields, Refusals) {
  EXPECT_NE(refusal("[ip, status_code = 4* && bytes > 1000]").what.find("Invalid filter pattern"),
            std::string::npos);
  for (const auto* text : {"[a", "[a b]", "[a=]", "[a=1 ||]", "[a=\"x]", "[a > x]", "[a=1,] x]", "[(a=1)]"})
    EXPECT_NE(refusal(text).what.find("Invalid filter pattern"), std::string::npos) << text;
}

TEST(FilterPattern, ValuesForMetricFilters) {
  EXPECT_EQ(parse("{ $.latency = * }").value(R"({"latency": 50, "t": "GET"})", "$.latency"), "50");
  EXPECT_EQ(parse("{ $.latency = * }").value(R"({"latency": 50, "t": "GET"})", "$.t"), "GET");
  EXPECT_EQ(parse("{ $.latency = * }").value(R"({"latency": 50})", "$.t"), std::nullopt);
  EXPECT_EQ(parse("{ $.latency = * }").value("text", "$.latency"), std::nullopt);
  EXPECT_EQ(parse("[a, size]").value("x 12", "$size"), "12");
  EXPECT_EQ(parse("ERROR").value("ERROR", "$size"), std::nullopt);
}

TEST(FilterPattern, NecessaryLiteralsOfStructuredPatterns) {
  EXPECT_EQ(literals(parse("{ $.level = ERROR && $.path = \"*/api/v1\" }").necessary()),
            (Texts{"level|\\u", "ERROR|\\u", "path|\\u", "api|\\u"}));
  EXPECT_EQ(literals(parse("{ $.a = xyz || $.b = 5 }").necessary()), (Texts{"\\u|b|xyz"}));
  EXPECT_EQ(literals(parse("{ $.a NOT EXISTS }").necessary()), Texts{});
  EXPECT_EQ(literals(parse("[a=*Z, b!=x, c=\"*y*\", d=%WARN|ERROR%, ...]").necessary()),
            (Texts{"Z", "y", "ERROR|WARN"}));
}

TEST(FilterPattern, LengthCountsCharacters) {
  EXPECT_TRUE(FilterPattern::parse("\"" + std::string(1022, 'x') + "\""));
  std::string accents = "\"";
  for (int i = 0; i < 1022; ++i) accents += "\xc3\xa9";
  EXPECT_TRUE(FilterPattern::parse(accents + "\""));
  EXPECT_FALSE(FilterPattern::parse("\"" + std::string(1023, 'x') + "\""));
}

TEST(MessagePattern, EachWayOfWriting) {
  const auto literal = MessagePattern::literal("Time out", true);
  ASSERT_TRUE(literal);
  EXPECT_TRUE(literal->matches("a TIME OUT b"));
  EXPECT_FALSE(literal->matches("a TIME-OUT b"));
  ASSERT_NE(literal->terms(), nullptr);
  EXPECT_TRUE(literal->terms()->required.front().literal.ignore_case);
  const auto exact = MessagePattern::literal("Time");
  EXPECT_FALSE(exact->matches("time"));
  EXPECT_TRUE(MessagePattern::literal("")->matches(""));
  const auto regex = MessagePattern::regex("(?i)time(d)? *out");
  ASSERT_TRUE(regex) << regex.error().message();
  EXPECT_TRUE(regex->matches("TimedOut"));
  EXPECT_EQ(literals(regex->necessary()), (Texts{"time/i|timed/i", "out/i"}));
  EXPECT_FALSE(MessagePattern::regex("a(b"));
  const auto filter = MessagePattern::filter("{ $.a = 1 }");
  EXPECT_TRUE(filter->matches(R"({"a":1})"));
  EXPECT_EQ(filter->terms(), nullptr);
  EXPECT_NE(filter->as_filter(), nullptr);
  EXPECT_FALSE(MessagePattern::filter("IN ("));
}

}  // namespace
}  // namespace culprit
