// Three forms of one request mean the same, and answers and faults have each form's shape.
#include "server/wire_form.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <map>

#include "server/cbor.h"
#include "server/gzip.h"
#include "server/query_form.h"
#include "wire_capture.h"

namespace culprit::server {
namespace {

// Numbers and moments as text, so that the query form can be compared.
boost::json::value as_text(const boost::json::value& value, std::string_view name) {
  if (const auto* list = value.if_array()) {
    boost::json::array out;
    for (const auto& item : *list) out.push_back(as_text(item, name));
    return out;
  }
  if (const auto* object = value.if_object()) {
    std::map<std::string, boost::json::value> sorted;
    for (const auto& [key, member] : *object) sorted.emplace(key, as_text(member, key));
    boost::json::object out;
    for (auto& [key, member] : sorted) out.emplace(key, std::move(member));
    return out;
  }
  if (name.ends_with("Time") || name.ends_with("Timestamp")) {
    if (const auto* text = value.if_string())
      if (const auto time = parse_iso8601(*text)) return boost::json::string(format_utc(*time));
    if (value.is_number())
      return boost::json::string(
          format_utc(from_epoch_ms(static_cast<std::int64_t>(value.to_number<double>() * 1000))));
  }
  if (value.is_bool()) return boost::json::string(value.get_bool() ? "true" : "false");
  if (value.is_number()) return boost::json::string(fmt::format("{}", value.to_number<double>()));
  if (const auto* text = value.if_string()) {
    double number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc{} && end == text->data() + text->size())
      return boost::json::string(fmt::format("{}", number));
  }
  return value;
}

std::string meaning_of(const std::string& capture) {
  const HttpCall call = read_capture(capture);
  std::string body = call.body;
  if (call.header("content-encoding") == "gzip") body = gunzip(body, 1 << 20).value_or("");
  const WireTarget target = target_of(call, body);
  return target.operation + boost::json::serialize(as_text(read_parameters(target, call, body), ""));
}

TEST(WireForm, QueryAndCborMeanTheSame) {
  if (capture_names().empty()) GTEST_SKIP() << "the shared cases are not here";
  for (const std::string name : {"describe-alarms", "get-metric-data", "get-metric-statistics",
                                 "put-metric-alarm", "put-metric-data", "put-metric-data-large-gzip"})
    EXPECT_EQ(meaning_of("boto3-forced-query__" + name), meaning_of("boto3-forced-cbor__" + name)) << name;
}

TEST(WireForm, EveryCapturedRequestIsUnderstood) {
  if (capture_names().empty()) GTEST_SKIP() << "the shared cases are not here";
  for (const auto& name : capture_names()) EXPECT_NO_THROW(EXPECT_FALSE(meaning_of(name).empty())) << name;
}

TEST(WireForm, AFaultHasTheShapeOfItsForm) {
  const ApiFault fault{"InvalidParameterValue", "The parameter <a> is wrong."};
  WireTarget target;
  target.service = aws::Service::kCloudWatch;
  target.form = WireForm::kQuery;
  EXPECT_EQ(
      write_fault(target, fault, "id").body,
      "<ErrorResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><Error><Type>Sender</Type>"
      "<Code>InvalidParameterValue</Code><Message>The parameter &lt;a&gt; is wrong.</Message></Error>"
      "<RequestId>id</RequestId></ErrorResponse>");
  target.form = WireForm::kJson;
  target.query_mode = true;
  const HttpReply json = write_fault(target, fault, "id");
  EXPECT_EQ(json.body,
            R"({"__type":"InvalidParameterValueException","message":"The parameter <a> is wrong."})");
  EXPECT_NE(std::ranges::find(json.headers, std::pair<std::string, std::string>(
                                                "x-amzn-query-error", "InvalidParameterValue;Sender")),
            json.headers.end());
  target.form = WireForm::kCbor;
  const HttpReply cbor = write_fault(target, fault, "id");
  EXPECT_EQ(cbor.content_type, "application/cbor");
  EXPECT_EQ(boost::json::serialize(read_cbor(cbor.body).value()), json.body);
}

TEST(WireForm, AnAnswerHasTimesAsEachFormWritesThem) {
  WireTarget target;
  target.service = aws::Service::kCloudWatch;
  target.operation = "GetMetricStatistics";
  const boost::json::object answer{
      {"Label", "CPU"},
      {"Datapoints", {{{"Timestamp", 1795500000.0}, {"Average", 1.5}, {"Unit", "Percent"}}}}};
  target.form = WireForm::kQuery;
  EXPECT_EQ(write_answer(target, answer, "id").body,
            "<GetMetricStatisticsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">"
            "<GetMetricStatisticsResult><Label>CPU</"
            "Label><Datapoints><member><Timestamp>2026-11-24T06:00:00Z</Timestamp>"
            "<Average>1.5</Average><Unit>Percent</Unit></member></Datapoints></GetMetricStatisticsResult>"
            "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetMetricStatisticsResponse>");
  target.form = WireForm::kCbor;
  const std::string bytes = write_answer(target, answer, "id").body;
  // Tag 1 and a whole number of seconds.
  EXPECT_NE(bytes.find(std::string("Timestamp\xC1\x1A\x6B\x05\x27\xE0", 15)), std::string::npos)
      << ::testing::PrintToString(bytes);
}

TEST(WireForm, NonFiniteNumbersAreTextInJson) {
  WireTarget target;
  target.form = WireForm::kJson;
  EXPECT_EQ(
      write_answer(target, {{"Values", {std::numeric_limits<double>::infinity(), std::nan("")}}}, "id").body,
      R"({"Values":["Infinity","NaN"]})");
}

TEST(QueryForm, ListsAreListsAndTextIsDecoded) {
  EXPECT_EQ(
      boost::json::serialize(parse_query_form("Action=X&Version=1&A.member.2=b&A.member.1=a+%2B&B.C=d&"
                                              "Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=v")
                                 .value()),
      R"({"A":["a +","b"],"B":{"C":"d"},"Filters":[{"Name":"n","Values":["v"]}]})");
}

TEST(QueryForm, NestingHasALimit) {
  std::string deep = "A";
  for (int i = 0; i < 100; ++i) deep += ".B";
  EXPECT_FALSE(parse_query_form(deep + "=1").has_value());
}

TEST(Cbor, WhatIsWrittenIsRead) {
  const boost::json::value value =
      boost::json::parse(R"({"a":[1,-1,300,-70000,5000000000,1.5,true,false,null,""],"b":{"c":"é"},"d":[]})");
  EXPECT_EQ(read_cbor(write_cbor(value, [](std::string_view) { return false; })).value(), value);
}

TEST(Cbor, IndefiniteLengthsAndTagsAreRead) {
  // {_ "a": [_ 1, 2], "b": (_ "x" "y"), "t": 1(1.5)}
  const std::string bytes(
      "\xBF\x61\x61\x9F\x01\x02\xFF\x61\x62\x7F\x61\x78\x61\x79\xFF\x61\x74\xC1\xFB\x3F\xF8\0\0\0\0\0\0\xFF",
      28);
  EXPECT_EQ(boost::json::serialize(read_cbor(bytes).value()), R"({"a":[1,2],"b":"xy","t":1.5E0})");
}

TEST(Cbor, HostileBytesAreRefused) {
  EXPECT_FALSE(read_cbor(std::string(100'000, '\x81')).has_value());            // nested without end
  EXPECT_FALSE(read_cbor("\x9B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF").has_value());  // a list that says it is huge
  EXPECT_FALSE(read_cbor("\x5B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF").has_value());  // a text that says so
  EXPECT_FALSE(read_cbor("").has_value());
  EXPECT_FALSE(read_cbor("\xFF").has_value());
  EXPECT_FALSE(read_cbor("\xA1\x01\x02").has_value());  // a name that is a number
  EXPECT_FALSE(read_cbor("\x01\x01").has_value());      // more than one value
}

TEST(Gzip, ABombStopsAtTheLimit) {
  const std::string bomb = gzip(std::string(50 << 20, '\0'));
  ASSERT_LT(bomb.size(), 400u << 10);
  EXPECT_FALSE(gunzip(bomb, 1 << 20).has_value());
  EXPECT_FALSE(gunzip(bomb.substr(0, bomb.size() / 2), 100 << 20).has_value());
  EXPECT_FALSE(gunzip("no gzip", 100).has_value());
  EXPECT_EQ(gunzip(gzip("text"), 100).value(), "text");
}

}  // namespace
}  // namespace culprit::server
