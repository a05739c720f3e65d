#include "logs/template_values.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

using std::chrono::minutes;

const Time kStart = from_epoch_ms(1'755'817'200'000);

TEST(TemplateValuesOfPlaces, CountWhatStandsWhere) {
  TemplateValues values("job <*> on queue <*>");
  EXPECT_TRUE(values.add("job A on queue low", kStart, 2));
  EXPECT_TRUE(values.add("job B on queue low", kStart + minutes(1)));
  EXPECT_FALSE(values.add("job B in queue low", kStart));
  ASSERT_EQ(values.places(), 2U);
  const auto jobs = values.place(0);
  ASSERT_EQ(jobs.values.size(), 2U);
  EXPECT_EQ(jobs.values[0].text, "A");
  EXPECT_EQ(jobs.values[0].activity.count, 2U);
  EXPECT_EQ(jobs.values[1].activity.first, kStart + minutes(1));
  EXPECT_EQ(values.place(1).values.size(), 1U);
  EXPECT_EQ(values.activity().count, 3U);
}

TEST(TemplateValuesOfPlaces, BeyondTheLimitTheyAreOthers) {
  TemplateValues values("id <*>");
  for (std::size_t i = 0; i < kValuesPerPlace + 50; ++i) values.add("id " + std::to_string(i), kStart);
  const auto place = values.place(0);
  EXPECT_EQ(place.values.size(), kValuesPerPlace);
  EXPECT_EQ(place.others.count, 50U);
}

TEST(TemplateValuesOfPlaces, LongValuesAreCut) {
  TemplateValues values("<*>");
  values.add(std::string(5000, 'x'), kStart);
  EXPECT_EQ(values.place(0).values[0].text.size(), kValueBytes);
}

}  // namespace
}  // namespace culprit
