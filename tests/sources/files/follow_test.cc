// A live tail over a folder that is written, rotated and truncated between its rounds; time is given.
#include "sources/files/follow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace culprit {

namespace {

using testing::ElementsAre;

class Follow : public testing::Test {
 protected:
  void start(const std::filesystem::path& input) {
    FollowOptions options;
    options.file.group = "g";
    follower_ = std::make_unique<Follower>(std::vector{input}, system_, options, store_, *progress_);
  }
  // Enough rounds for what was written to be read, without the time to settle.
  void read() {
    for (int i = 0; i < 3; ++i) round(std::chrono::milliseconds(501 / 3 + 1));
    round(std::chrono::milliseconds(0));
  }
  void round(std::chrono::milliseconds later) {
    now_ += later;
    ASSERT_TRUE(follower_->round(now_));
  }
  void settle() {
    round(std::chrono::milliseconds(501));
    round(std::chrono::milliseconds(501));
  }
  void append(const std::string& name, std::string_view text) {
    std::ofstream(logs_.path() / name, std::ios::binary | std::ios::app) << text;
  }
  std::vector<std::string> messages() const { return store_.messages("g"); }

  Folder logs_;
  System system_ = four_components();
  RememberingStore store_;
  std::unique_ptr<Progress> progress_ = make_silent_progress();
  std::unique_ptr<Follower> follower_;
  Follower::Clock::time_point now_{};
};

TEST_F(Follow, AnEventWaitsForItsLinesUntilTheFileIsQuiet) {
  append("a.log", "2025-08-21T23:00:00Z ERROR one\n");
  start(logs_.path());
  read();
  append("a.log", "\tat there\n");
  settle();
  EXPECT_THAT(messages(), ElementsAre("2025-08-21T23:00:00Z ERROR one\n\tat there"));
}

TEST_F(Follow, HalfALineIsNoLine) {
  append("a.log", "2025-08-21T23:00:00Z one\n2025-08-21T23:00:01Z tw");
  start(logs_.path());
  read();
  settle();
  EXPECT_THAT(messages(), ElementsAre("2025-08-21T23:00:00Z one"));
  append("a.log", "o\n");
  settle();
  settle();
  EXPECT_THAT(messages(), ElementsAre("2025-08-21T23:00:00Z one", "2025-08-21T23:00:01Z two"));
}

TEST_F(Follow, WhatIsWrittenAfterARenameIsStillRead) {
  append("a.log", "2025-08-21T23:00:00Z one\n");
  start(logs_.path() / "a.log");
  read();
  std::filesystem::rename(logs_.path() / "a.log", logs_.path() / "elsewhere");
  append("elsewhere", "2025-08-21T23:00:01Z two\n");
  append("a.log", "2025-08-21T23:00:02Z three\n");
  settle();
  settle();
  EXPECT_THAT(messages(),
              testing::UnorderedElementsAre("2025-08-21T23:00:00Z one", "2025-08-21T23:00:01Z two",
                                            "2025-08-21T23:00:02Z three"));
}

TEST_F(Follow, ATruncatedFileIsReadFromItsStartAndItsCopyFromWhereItWasLeft) {
  append("a.log", "2025-08-21T23:00:00Z one\n");
  start(logs_.path());
  read();
  append("a.log", "2025-08-21T23:00:01Z unread\n");
  std::filesystem::copy_file(logs_.path() / "a.log", logs_.path() / "a.log.1");
  std::filesystem::resize_file(logs_.path() / "a.log", 0);
  append("a.log", "2025-08-21T23:00:02Z\n");  // shorter than what was read
  settle();
  settle();
  settle();
  EXPECT_THAT(messages(),
              testing::UnorderedElementsAre("2025-08-21T23:00:00Z one", "2025-08-21T23:00:01Z unread",
                                            "2025-08-21T23:00:02Z"));
}

TEST_F(Follow, AFileRewrittenToTheSameLengthOrMoreIsAnotherOne) {
  append("a.log", "2025-08-21T23:00:00Z one\n");
  start(logs_.path());
  read();
  std::filesystem::resize_file(logs_.path() / "a.log", 0);
  append("a.log", "2025-08-21T23:00:05Z ONE\n2025-08-21T23:00:06Z TWO\n");
  settle();
  settle();
  EXPECT_THAT(messages(), ElementsAre("2025-08-21T23:00:00Z one", "2025-08-21T23:00:05Z ONE",
                                      "2025-08-21T23:00:06Z TWO"));
}

TEST_F(Follow, AFullDiskEndsIt) {
  store_.fail_at = 2;
  append("a.log", "2025-08-21T23:00:00Z one\n2025-08-21T23:00:01Z two\n2025-08-21T23:00:02Z three\n");
  start(logs_.path());
  ASSERT_TRUE(follower_->round(now_));
  const auto done = follower_->round(now_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kStorage);
}

FollowState state_at(EventNumber next, std::uint64_t offset) {
  return {next, {{{"/var/log/a.log", "a.log", "a.log", 0}, {7, 8}, offset, "mark"}}};
}

TEST(FollowPositions, TheNewestStateWhoseEventsAreAllThere) {
  const auto note = follow_note(state_at(20, 200), state_at(10, 100));
  EXPECT_EQ(read_follow_note(note, 20)->files, state_at(20, 200).files);
  EXPECT_EQ(read_follow_note(note, 21)->next, 20U);
  EXPECT_EQ(read_follow_note(note, 19)->files, state_at(10, 100).files);
  EXPECT_FALSE(read_follow_note(note, 9));
}

TEST(FollowPositions, WhatIsNoNoteIsNone) {
  for (const auto* text : {"", "[]", "{", "{}", R"({"files":[1],"next":0})", R"({"files":{},"next":-1})"})
    EXPECT_FALSE(read_follow_note(text, 100)) << text;
}

}  // namespace

}  // namespace culprit
