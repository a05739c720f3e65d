// tests/system/cases: each NAME.yaml with, beside it, in NAME.expected, what `culprit system check` says of
// it (and in the first line what the schema can say: tests/stories/system_schema_test.py holds it to that).
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "system/load_system.h"

namespace culprit {
namespace {

std::filesystem::path cases() { return std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/system/cases"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(cases()))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

std::string text_of(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) ADD_FAILURE() << text.error().message();
  return text ? *text : std::string();
}

class SystemFileCase : public testing::TestWithParam<std::string> {};

TEST_P(SystemFileCase, SaysWhatIsExpected) {
  const std::string name = GetParam();
  const std::string expected = text_of(cases() / (name + ".expected"));
  std::string said;
  for (const auto& problem : check_system(text_of(cases() / (name + ".yaml")), name + ".yaml"))
    said += problem.where() + ": " + problem.what + "\n" +
            (problem.hint.empty() ? "" : "  " + problem.hint + "\n");
  EXPECT_EQ(said, expected.substr(expected.find('\n') + 1));
  EXPECT_EQ(name.starts_with("good_"), said.empty());
}

INSTANTIATE_TEST_SUITE_P(All, SystemFileCase, testing::ValuesIn(case_names()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace culprit
