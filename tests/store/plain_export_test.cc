#include "store/plain_export.h"

#include <gmock/gmock.h>

#include "capsule_builder.h"
#include "store/valid_utf8.h"

namespace culprit {
namespace {

using testing::event;
using testing::temporary_directory;
using testing::write_store;

std::string bytes_of(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  EXPECT_TRUE(bytes) << bytes.error().message();
  return bytes.value_or("");
}

TEST(PlainExport, WritesALineAnEventWithItsTime) {
  const auto dir = temporary_directory();
  write_store(dir.path() / "s",
              {event("/aws/ecs/web", "ecs/web/1", 1'755'817'200'000, "hello"),
               event("/aws/ecs/web", "ecs/web/2", 1'755'817'200'123, "other\n"),
               event("/aws/ecs/web", "ecs/web/1", 1'755'817'201'000, std::string("a\n\tb\0\xff", 6))});
  ASSERT_OK(export_plain(dir.path() / "s", dir.path() / "out"));
  EXPECT_EQ(bytes_of(dir.path() / "out/logs/aws_ecs_web/ecs_web_1.log"),
            std::string("2025-08-21T23:00:00Z hello\n2025-08-21T23:00:01Z a\n\tb\0\xff\n", 55));
  EXPECT_EQ(bytes_of(dir.path() / "out/logs/aws_ecs_web/ecs_web_2.log"), "2025-08-21T23:00:00.123Z other\n");
  EXPECT_EQ(bytes_of(dir.path() / "out/logs/index.csv"),
            "file,group,stream,events\n"
            "aws_ecs_web/ecs_web_1.log,/aws/ecs/web,ecs/web/1,2\n"
            "aws_ecs_web/ecs_web_2.log,/aws/ecs/web,ecs/web/2,1\n");
}

TEST(PlainExport, KeepsHostileNamesInsideAndApart) {
  const auto dir = temporary_directory();
  const std::vector<std::string> names = {
      "..",  "../../evil",         "/etc/passwd",          "",        "a/b",       "a_b",
      "a b", std::string("\0", 1), std::string(5000, 'n'), ".hidden", "index.csv", "é"};
  std::vector<LogEvent> events;
  for (const auto& group : names)
    for (const auto& stream : names) events.push_back(event(group, stream, 0, "x"));
  write_store(dir.path() / "s", events);
  ASSERT_OK(export_plain(dir.path() / "s", dir.path() / "out"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
    files += entry.path().extension() == ".log" ? 1 : 0;
  EXPECT_EQ(files, names.size() * names.size());
  for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
    EXPECT_THAT(entry.path().filename().string(), ::testing::AnyOf("s", "out"));
}

TEST(PlainExport, WritesManyStreamsInBoundedMemoryWithoutLosingALine) {
  const auto dir = temporary_directory();
  std::vector<LogEvent> events;
  for (int i = 0; i < 30'000; ++i)
    events.push_back(event("g", fmt::format("s{}", i % 50), i, std::string(700, 'x')));
  write_store(dir.path() / "s", events);
  ASSERT_OK(export_plain(dir.path() / "s", dir.path() / "out"));
  for (int s = 0; s < 50; ++s) {
    const auto text = bytes_of(dir.path() / fmt::format("out/logs/g/s{}.log", s));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 600) << s;
  }
}

TEST(PlainExport, WritesStatesAsTheAwsCommandAnswers) {
  const auto dir = temporary_directory();
  {
    auto writer = create_store(dir.path() / "s");
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->put_state(
        {"ecs:service", "web", from_epoch_ms(1'755'817'200'000), {{"serviceName", "web"}}}));
    ASSERT_OK((*writer)->put_state(
        {"ecs:service", "ai", from_epoch_ms(1'755'817'200'000), {{"serviceName", "ai"}}}));
    ASSERT_OK((*writer)->put_state(
        {"ecs:service", "ai", from_epoch_ms(1'755'817'260'000), {{"serviceName", "ai"}}}));
    ASSERT_OK((*writer)->put_state({"my:own", "x", from_epoch_ms(0), 7}));
    ASSERT_OK((*writer)->put_journal({from_epoch_ms(0), "a", "bad \xff", "ok", 1, Duration{2}, 3}));
    ASSERT_OK((*writer)->commit());
  }
  ASSERT_OK(export_plain(dir.path() / "s", dir.path() / "out"));
  EXPECT_EQ(bytes_of(dir.path() / "out/aws/ecs_service-20250821T230000Z.json"),
            "{\"services\":[{\"serviceName\":\"ai\"},{\"serviceName\":\"web\"}]}\n");
  EXPECT_EQ(bytes_of(dir.path() / "out/aws/ecs_service-20250821T230100Z.json"),
            "{\"services\":[{\"serviceName\":\"ai\"}]}\n");
  EXPECT_EQ(bytes_of(dir.path() / "out/aws/my_own-19700101T000000Z.json"), "{\"states\":[7]}\n");
  EXPECT_EQ(bytes_of(dir.path() / "out/gaps.json"), "[]\n");
  EXPECT_EQ(bytes_of(dir.path() / "out/journal.jsonl"),
            "{\"time\":\"1970-01-01T00:00:00Z\",\"action\":\"a\",\"request\":\"bad "
            "\xef\xbf\xbd\",\"outcome\":\"ok\","
            "\"answer_bytes\":1,\"duration_ms\":2,\"attempts\":3}\n");
}

TEST(ValidUtf8, ReplacesWhatIsNotWellFormed) {
  const std::string replacement = "\xef\xbf\xbd";
  for (const std::string good : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xef\xbf\xbd", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(valid_utf8(good), good);
  for (const std::string bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc2", "\xe1\x80", "\xf1\x80\x80", "\xff"}) {
    std::string expected;
    for (std::size_t i = 0; i < bad.size(); ++i) expected += replacement;
    EXPECT_EQ(valid_utf8(bad), expected);
    EXPECT_EQ(valid_utf8("a" + bad + "b"), "a" + expected + "b");
  }
}

}  // namespace
}  // namespace culprit
