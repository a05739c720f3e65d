#include "logs/json_line.h"

#include <gtest/gtest.h>

#include "logs/json_fields.h"

namespace culprit {
namespace {

TEST(JsonLine, ReadsAnAiBackendsLine) {
  const auto line = parse_json_line(
      R"({"timestamp":"2025-08-21T23:00:00.5Z","level":"error","message":"request failed","method":"POST","path":"/v1/answer?x=1","status":504,"latency_ms":30021.5,"error":{"type":"httpx.ReadTimeout","message":"timed out"},"request_id":"r-17"})");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->level, "ERROR");
  EXPECT_EQ(line->message, "request failed");
  EXPECT_EQ(line->method, "POST");
  EXPECT_EQ(line->path, "/v1/answer");
  EXPECT_EQ(line->status, 504);
  EXPECT_EQ(line->duration_ms, 30021.5);
  EXPECT_EQ(line->error_class, "httpx.ReadTimeout");
  EXPECT_EQ(line->error_message, "timed out");
  EXPECT_EQ(line->request_id, "r-17");
  EXPECT_EQ(format_utc(*line->time), "2025-08-21T23:00:00.500Z");
}

TEST(JsonLine, DurationsAreMilliseconds) {
  const std::pair<std::string_view, double> cases[] = {
      {R"({"duration":12.5})", 12.5},
      {R"({"duration_ms":12.5})", 12.5},
      {R"({"durationMs":12.5})", 12.5},
      {R"({"elapsed":1.5})", 1500},
      {R"({"elapsed_s":1.5})", 1500},
      {R"({"elapsed_ms":1.5})", 1.5},
      {R"({"latency_ms":3})", 3},
      {R"({"response_time":250})", 250},
      {R"({"responseTime":250})", 250},
      {R"({"duration":"1.5s"})", 1500},
      {R"({"duration":"12.5ms"})", 12.5},
      {R"({"duration":"900 us"})", 0.9},
      {R"({"duration_seconds":0.25})", 250},
      {R"({"request_time":"0.250"})", 250},
      {R"({"process_time":0.5})", 500},
      {R"({"res":{"statusCode":200},"responseTime":7})", 7},
  };
  for (const auto& [text, ms] : cases) {
    const auto line = parse_json_line(text);
    ASSERT_TRUE(line) << text;
    ASSERT_TRUE(line->duration_ms) << text;
    EXPECT_DOUBLE_EQ(*line->duration_ms, ms) << text;
  }
  for (const std::string_view text : {R"({"duration":null})", R"({"duration":-1})", R"({"duration":"soon"})",
                                      R"({"durations":5})", R"({"duration":1e300})", R"({})"})
    EXPECT_FALSE(parse_json_line(text)->duration_ms) << text;
}

TEST(JsonLine, LevelsOfPinoAreWords) {
  EXPECT_EQ(parse_json_line(R"({"level":50})")->level, "ERROR");
  EXPECT_EQ(parse_json_line(R"({"level":30})")->level, "INFO");
  EXPECT_EQ(parse_json_line(R"({"severity":"warn"})")->level, "WARNING");
}

TEST(JsonLine, ErrorsInSeveralShapes) {
  EXPECT_EQ(parse_json_line(R"({"error":"OpenAI::TimeoutError: too slow"})")->error_class,
            "OpenAI::TimeoutError");
  EXPECT_EQ(parse_json_line(R"({"error":"OpenAI::TimeoutError: too slow"})")->error_message, "too slow");
  EXPECT_EQ(parse_json_line(R"({"error_class":"X","error":"what"})")->error_class, "X");
  EXPECT_EQ(parse_json_line(R"({"level":"error","msg":"psycopg.errors.QueryCanceled"})")->error_class, "");
  EXPECT_EQ(parse_json_line(R"({"level":"error","msg":"openai.APITimeoutError: x"})")->error_class,
            "openai.APITimeoutError");
  EXPECT_EQ(parse_json_line(R"({"error":null})")->error_class, "");
}

TEST(JsonLine, PathsOfWholeAddresses) {
  EXPECT_EQ(parse_json_line(R"({"url":"https://h.example/v1/a?k=1"})")->path, "/v1/a");
  EXPECT_EQ(parse_json_line(R"({"request":{"url":"/v1/b","method":"GET"}})")->path, "/v1/b");
  EXPECT_EQ(parse_json_line(R"({"endpoint":"/v1/c#x"})")->path, "/v1/c");
}

TEST(JsonLine, RefusesWhatIsNoObject) {
  for (const std::string_view text : {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1} tail",
                                      "null", "{a:1}", "{\"a\":\"open", "{\"a\":[1,{\"b\":2}"})
    EXPECT_FALSE(parse_json_line(text)) << text;
  EXPECT_TRUE(parse_json_line(" {\"a\":1} \n"));
}

TEST(JsonFields, TextIsUnescaped) {
  EXPECT_EQ(json_text(R"("a\n\"b\"\\ é 😀 \/")"), "a\n\"b\"\\ \xc3\xa9 \xf0\x9f\x98\x80 /");
  EXPECT_EQ(json_text(R"("\u00e9\uD83D\uDE00\ud800x\u12")"), "\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdxu12");
  EXPECT_EQ(json_text("\"trailing\\\""), "trailing");
  EXPECT_EQ(json_text("12.5"), "12.5");
  EXPECT_EQ(json_text("\"abcdef\"", 3), "abc");
}

TEST(JsonFields, DeepNestingCostsNoStack) {
  std::string deep =
      "{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + ",\"level\":\"info\"}";
  EXPECT_EQ(parse_json_line(deep)->level, "INFO");
}

}  // namespace
}  // namespace culprit
