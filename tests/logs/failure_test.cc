#include "logs/failure.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "logs/error_level.h"

namespace culprit {
namespace {

std::string classified(std::string_view event) {
  std::string out;
  for (const auto failure : classify_failure(event)) {
    if (!out.empty()) out += ',';
    out += to_string(failure);
  }
  return out;
}

TEST(Failure, CasesFile) {
  std::ifstream file(CULPRIT_SOURCE_DIR "/tests/logs/cases/failures.tsv");
  ASSERT_TRUE(file.good());
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    EXPECT_EQ(classified(line.substr(tab + 1)), line.substr(0, tab)) << line.substr(tab + 1);
    ++cases;
  }
  EXPECT_GE(cases, 80U);
}

TEST(Failure, SeveralThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&wrong] {
      for (int i = 0; i < 2000; ++i)
        if (classified("Net::ReadTimeout with x") != "upstream_timeouts" ||
            !classified("all is well").empty())
          ++wrong;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Failure, AnyBytesAreTolerated) {
  std::string garbage;
  for (int i = 0; i < 100'000; ++i) garbage += static_cast<char>(i * 7919 >> 5);
  classify_failure(garbage);
  EXPECT_EQ(classified(garbage + " Net::ReadTimeout "), "upstream_timeouts");
}

}  // namespace
}  // namespace culprit
