// Expected outputs kept as files; CULPRIT_UPDATE_GOLDEN=1 writes them anew, to be read in review.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace culprit {

inline std::string golden_path(const std::string& name) {
  return std::string(CULPRIT_SOURCE_DIR) + "/tests/golden/report/" + name;
}

inline std::string read_golden(const std::string& name) {
  std::ifstream in(golden_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void expect_golden(const std::string& name, const std::string& actual) {
  if (std::getenv("CULPRIT_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(golden_path(name)).parent_path());
    std::ofstream(golden_path(name), std::ios::binary) << actual;
    return;
  }
  const std::string expected = read_golden(name);
  if (expected == actual) return;
  std::size_t at = 0;
  while (at < expected.size() && at < actual.size() && expected[at] == actual[at]) ++at;
  const std::size_t from = at > 80 ? at - 80 : 0;
  ADD_FAILURE() << name << " differs at byte " << at << "\nexpected: …" << expected.substr(from, 200)
                << "\nactual:   …" << actual.substr(from, 200)
                << "\nIf the change is meant: CULPRIT_UPDATE_GOLDEN=1 build/release/tests/report_tests";
}

}  // namespace culprit
