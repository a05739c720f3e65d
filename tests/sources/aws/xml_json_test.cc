#include "sources/aws/xml_json.h"

#include <gtest/gtest.h>

namespace culprit::aws {
namespace {

boost::json::object convert(std::string_view inner) {
  auto json = xml_to_json(
      "<XResponse xmlns='http://rds.amazonaws.com/doc/2014-10-31/'><XResult>" + std::string(inner) +
      "</XResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></XResponse>");
  EXPECT_TRUE(json) << json.error().message();
  return json.value_or(boost::json::object{});
}

TEST(XmlToJson, WritesWhatTheAwsCliWrites) {
  const auto json = convert(
      "<DBInstances><DBInstance><DBInstanceIdentifier>a&amp;b</DBInstanceIdentifier><Endpoint><Port>5432</"
      "Port></Endpoint>"
      "<MultiAZ>true</MultiAZ><EnabledCloudwatchLogsExports><member>postgresql</member></"
      "EnabledCloudwatchLogsExports>"
      "<VpcSecurityGroups><VpcSecurityGroupMembership><Status>active</Status></VpcSecurityGroupMembership></"
      "VpcSecurityGroups>"
      "<ReadReplicaDBInstanceIdentifiers/><EngineVersion>14.10</EngineVersion>"
      "<InstanceCreateTime>2024-01-02T03:04:05.678Z</InstanceCreateTime></DBInstance></"
      "DBInstances><Marker>m</Marker>");
  const auto expected = boost::json::parse(
      R"({"DBInstances":[{"DBInstanceIdentifier":"a&b","Endpoint":{"Port":5432},"MultiAZ":true,
    "EnabledCloudwatchLogsExports":["postgresql"],"VpcSecurityGroups":[{"Status":"active"}],"ReadReplicaDBInstanceIdentifiers":[],
    "EngineVersion":"14.10","InstanceCreateTime":"2024-01-02T03:04:05.678000+00:00"}],"Marker":"m"})");
  EXPECT_EQ(boost::json::value(json), expected);
}

TEST(XmlToJson, AnEmptyListIsAnEmptyArray) {
  EXPECT_EQ(convert("<Events/>").at("Events").as_array().size(), 0u);
}

TEST(XmlToJson, NumbersThatAreNoneStayText) {
  const auto json =
      convert("<AllocatedStorage>12x</AllocatedStorage><Threshold>nan</Threshold><MultiAZ>maybe</MultiAZ>");
  EXPECT_EQ(json.at("AllocatedStorage"), "12x");
  EXPECT_EQ(json.at("Threshold"), "nan");
  EXPECT_EQ(json.at("MultiAZ"), "maybe");
}

TEST(XmlToJson, RefusesTruncatedAndForeignXml) {
  EXPECT_FALSE(xml_to_json("<XResponse><XResult><A>1"));
  EXPECT_FALSE(xml_to_json("<html><body>proxy</body></html>"));
  EXPECT_FALSE(xml_to_json("{}"));
  EXPECT_FALSE(xml_to_json(""));
}

TEST(XmlToJson, DeepNestingIsBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  std::string closing;
  for (int i = 0; i < 100'000; ++i) closing += "</a>";
  EXPECT_TRUE(xml_to_json("<XResponse><XResult>" + deep + closing + "</XResult></XResponse>"));
}

TEST(XmlToJson, EntitiesOfADtdAreNotExpanded) {
  const auto json =
      xml_to_json("<!DOCTYPE x [<!ENTITY e 'boom'>]><XResponse><XResult><A>&e;</A></XResult></XResponse>");
  if (json) {  // refusing it is as good
    EXPECT_EQ(json->at("A"), "&e;");
  }
}

TEST(XmlError, ReadsCodeAndMessage) {
  const auto error = parse_xml_error(
      "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>slow</Message></Error></"
      "ErrorResponse>");
  EXPECT_EQ(error.code, "Throttling");
  EXPECT_EQ(error.message, "slow");
  EXPECT_EQ(parse_xml_error("not xml").code, "");
}

TEST(CliTime, WritesMicrosecondsOnlyWhenThereAreAny) {
  EXPECT_EQ(cli_time("2025-08-21T23:00:00Z"), "2025-08-21T23:00:00+00:00");
  EXPECT_EQ(cli_time(1755817200.25), "2025-08-21T23:00:00.250000+00:00");
  EXPECT_EQ(cli_time("yesterday"), "yesterday");
}

}  // namespace
}  // namespace culprit::aws
