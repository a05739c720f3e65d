#include "conduct/system_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"

namespace culprit {
namespace {

using testing::HasSubstr;

const AddedItems kAlarm{"alarms", {"id: new\nname: New"}};
const AddedItems kIssue{"known_issues", {"id: learned\ntitle: \"x\""}};

// What `patch -p0` makes of it.
std::string patched(const std::string& before, const std::string& diff) {
  const auto folder = *TemporaryDirectory::create();
  EXPECT_TRUE(write_file_atomically(folder.path() / "d.diff", diff));
  if (!before.empty()) {
    EXPECT_TRUE(write_file_atomically(folder.path() / "shop.yaml", before));
  }
  const auto command = "cd " + folder.path().string() + " && patch -s -p0 < d.diff";
  EXPECT_EQ(std::system(command.c_str()), 0) << diff;
  return read_file(folder.path() / "shop.yaml").value_or("");
}

TEST(SystemPatch, AppendsToAListAndLeavesTheRestAlone) {
  const std::string before =
      "system: shop\nalarms:\n  - {id: a, name: A}\n\n# about issues\nknown_issues:\n- id: one\n  title: t\n";
  const auto made = patch_system(before, "shop.yaml", {kAlarm, kIssue});
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->text,
            "system: shop\nalarms:\n  - {id: a, name: A}\n  - id: new\n    name: New\n\n# about "
            "issues\nknown_issues:\n"
            "- id: one\n  title: t\n- id: learned\n  title: \"x\"\n");
  EXPECT_EQ(patched(before, made->diff), made->text);
}

TEST(SystemPatch, AListThatIsNotThereComesAtTheEnd) {
  for (const std::string before :
       {"system: shop\n", "system: shop", "system: shop\n\n", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5"}) {
    const auto made = patch_system(before, "shop.yaml", {kAlarm, kIssue});
    ASSERT_TRUE(made);
    EXPECT_THAT(made->text, HasSubstr("\nalarms:\n  - id: new\n    name: New\n"));
    EXPECT_THAT(made->text, HasSubstr("known_issues:\n  - id: learned\n"));
    EXPECT_EQ(patched(before, made->diff), made->text) << before;
  }
}

TEST(SystemPatch, ANewListStandsBehindALastListThatGrows) {
  const std::string before = "system: shop\nknown_issues:\n  - id: one\n    title: t";
  const auto made = patch_system(before, "shop.yaml", {kAlarm, kIssue});
  ASSERT_TRUE(made);
  EXPECT_EQ(
      made->text,
      "system: shop\nknown_issues:\n  - id: one\n    title: t\n  - id: learned\n    title: \"x\"\n\nalarms:\n"
      "  - id: new\n    name: New\n");
  EXPECT_EQ(patched(before, made->diff), made->text);
}

TEST(SystemPatch, EditsThatLieFarApartAreHunksOfTheirOwn) {
  std::string before = "alarms:\n  - {id: a, name: A}\n";
  for (int i = 0; i < 30; ++i) before += "k" + std::to_string(i) + ": 1\n";
  before += "known_issues: []  # none yet\nzone: UTC\n";
  const auto made = patch_system(before, "shop.yaml", {kIssue, kAlarm});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->diff, HasSubstr("-known_issues: []  # none yet\n+known_issues:\n+  - id: learned"));
  EXPECT_EQ(patched(before, made->diff), made->text);
}

TEST(SystemPatch, AFileThatIsNotThereYetIsMade) {
  const auto made = patch_system("", "shop.yaml", {kAlarm});
  ASSERT_TRUE(made);
  EXPECT_THAT(made->diff, HasSubstr("--- /dev/null\n+++ shop.yaml\n@@ -0,0 +1,3 @@\n"));
  EXPECT_EQ(patched("", made->diff), made->text);
}

TEST(SystemPatch, AListOnOneLineIsLeftToItsOwner) {
  const auto made = patch_system("alarms: [{id: a}]\n", "shop.yaml", {kAlarm});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().where, "shop.yaml:1");
}

TEST(SystemPatch, QuotedTextHoldsAnything) {
  EXPECT_EQ(yaml_quoted("a \"b\" \\ c\n"), "\"a \\\"b\\\" \\\\ c\\x0a\"");
}

}  // namespace
}  // namespace culprit
