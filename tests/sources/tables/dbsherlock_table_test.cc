// The layout of a published data set of database troubles, on small texts with names of our own.
#include "sources/tables/dbsherlock_table.h"

#include <gmock/gmock.h>

#include <cmath>

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(DbsherlockTable, ARunIsOneSignalAColumnWithoutTheRowsNumber) {
  const auto run = read_dbsherlock_run("Epoch,reads,\"cpu (core #1)\"\n1,5,0.5\n2,,1e3\n3,nine\n");
  ASSERT_TRUE(run) << run.error().what;
  ASSERT_EQ(run->size(), 2U);
  EXPECT_EQ((*run)[1].name, "cpu (core #1)");
  EXPECT_EQ((*run)[0].values[0], 5);
  EXPECT_TRUE(std::isnan((*run)[0].values[1]));
  EXPECT_TRUE(std::isnan((*run)[0].values[2]));
  EXPECT_EQ((*run)[1].values[1], 1000);
  EXPECT_TRUE(std::isnan((*run)[1].values[2])) << "a short row has no value there";
}

TEST(DbsherlockTable, WithoutAHeadingItIsRefused) {
  EXPECT_FALSE(read_dbsherlock_run(""));
  EXPECT_FALSE(read_dbsherlock_run("lonely\n1\n"));
}

TEST(DbsherlockTable, TooManyColumnsAreRefused) {
  std::string heading = "Epoch";
  for (int i = 0; i < 20'000; ++i) heading += ",x";
  const auto run = read_dbsherlock_run(heading + "\n");
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().what, HasSubstr("more than"));
}

TEST(DbsherlockTable, RegionsAreRangesOfRowsAndOneCauseOrSeveral) {
  const auto regions = read_dbsherlock_regions(R"({"files": {
    "a_00.csv": {"cause": "slow disk", "abnormal": [[3, 5]], "normal": [[0, 2], [6, 9]]},
    "b_00.csv": {"causes": ["slow disk", "backup"], "abnormal": [[1, 2]]},
    "c_00.csv": {"cause": ["one", "two"]},
    "d_00.csv": {"abnormal": [[5, 3], [-1, 2], [1.5, 2], ["a", 2], [1], 7, [2, 1000000000]]},
    "e_00.csv": 3}})");
  ASSERT_TRUE(regions) << regions.error().what;
  EXPECT_THAT(regions->at("a_00.csv").causes, ElementsAre("slow disk"));
  EXPECT_THAT(regions->at("a_00.csv").abnormal, ElementsAre(RowRange{3, 5}));
  EXPECT_THAT(regions->at("a_00.csv").normal, ElementsAre(RowRange{0, 2}, RowRange{6, 9}));
  EXPECT_THAT(regions->at("b_00.csv").causes, ElementsAre("slow disk", "backup"));
  EXPECT_THAT(regions->at("c_00.csv").causes, ElementsAre("one", "two"));
  EXPECT_TRUE(regions->at("d_00.csv").abnormal.empty());
  EXPECT_FALSE(regions->contains("e_00.csv"));
  EXPECT_FALSE(read_dbsherlock_regions("[]"));
  EXPECT_FALSE(read_dbsherlock_regions(R"({"files": 3})"));
}

}  // namespace
}  // namespace culprit
