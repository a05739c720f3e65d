// The layouts of published data sets, on small folders with names of our own.
#include <gmock/gmock.h>

#include <fstream>

#include "base/file.h"
#include "causes/aligned_table.h"
#include "sources/tables/nezha_table.h"
#include "sources/tables/petshop_table.h"

namespace culprit {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Folder {
 public:
  Folder() : temporary_(*TemporaryDirectory::create()) {}
  const std::filesystem::path& path() const { return temporary_.path(); }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path() / name).parent_path());
    std::ofstream(path() / name, std::ios::binary) << text;
  }

 private:
  TemporaryDirectory temporary_;
};

const ComponentSignal* find(const MetricTable& table, std::string_view component, std::string_view metric) {
  for (const auto& s : table.signals)
    if (s.component == component && s.metric == metric) return &s;
  return nullptr;
}

void write_issue(const Folder& folder) {
  folder.write("low/graph.csv", ",web,db\nweb,0.0,1.0\ndb,0.0,0.0\n");
  folder.write(
      "low/noissue/metrics.csv",
      "microservice,web,db\nmetric,latency,availability\nstatistic,Average,Average\nunix_timestamp,,\n"
      "1690000000,0.1,100.0\n1690000300,0.2,\n");
  folder.write("low/train/issue_1/metrics.csv",
               "microservice,web\nmetric,latency\nstatistic,Average\nunix_timestamp,\n"
               "1680000000,0.3\n1680000300,0.4\n1680000600,0.5\n");
  folder.write("low/train/issue_1/target.json",
               R"({"target": {"node": "web", "metric": "latency"}, "root_cause": {"node": "db"}})");
}

TEST(PetshopTable, AnIssueIsItsRowsWithTheBaselineAndTheGraphOfAll) {
  const Folder folder;
  write_issue(folder);
  const auto imported = import_petshop(folder.path() / "low/train/issue_1", {}, {});
  ASSERT_TRUE(imported) << imported.error().what;
  EXPECT_EQ(imported->target, "web");
  EXPECT_EQ(imported->symptom, CauseVoice::kWaiting);
  EXPECT_EQ(imported->window->start, from_epoch_ms(1680000000000));
  EXPECT_EQ(imported->window->end, from_epoch_ms(1680000900000));
  EXPECT_THAT(imported->table.calls, testing::ElementsAre(Call{"web", "db"}));
  const auto aligned = align_table(imported->table);
  ASSERT_TRUE(aligned);
  EXPECT_EQ(aligned->times.size(), 5U);
  EXPECT_NE(aligned->stretch.front(), aligned->stretch.back());
}

TEST(PetshopTable, AMissingBaselineIsSaidByItsPath) {
  const Folder folder;
  write_issue(folder);
  std::filesystem::remove(folder.path() / "low/noissue/metrics.csv");
  const auto imported = import_petshop(folder.path() / "low/train/issue_1/", {}, {});
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(imported.error().where, HasSubstr("noissue/metrics.csv"));
}

TEST(PetshopTable, HeadingsThatLackAreRefused) {
  MetricTable table;
  EXPECT_FALSE(add_headed_table("microservice,web\n", table));
  EXPECT_FALSE(add_headed_table("", table));
}

void write_day(const Folder& folder) {
  const std::string heading =
      "Time,TimeStamp,PodName,CpuUsage(m),PodClientLatencyP90(s),PodServerLatencyP90(s),PodWorkload(Ops)\n";
  folder.write("day/metric/web-5f6-abc_metric.csv",
               heading + "2022-08-22 03:51:19.79 +0000 UTC m=+0.3,1661140279,web-5f6-abc,5,0.2,1.1,9\n");
  folder.write("day/metric/db-7c8-def_metric.csv",
               heading + "2022-08-22 03:51:19.79 +0000 UTC m=+0.3,1861140279,db-7c8-def,7,,0.1,20\n");
  folder.write("day/metric/dependency.csv", "Source,Target,Weight\nweb,db,1\nweb,10.0.0.1,1\n");
  folder.write("day/metric/source_50.csv",
               "time,timestamp,web_db\n2022-08-22 03:51:20 +0000 UTC,1661140280,0.004\n");
  folder.write("day/metric/front_service.csv",
               "Time,TimeStamp,ServiceName,SuccessRate(%),LatencyP50(s)\n2022-08-22 03:51:19 +0000 "
               "UTC,1661140279,F,100,0.2\n");
}

TEST(NezhaTable, PodsTheirCallsAndTheFrontDoorBecomeOneTable) {
  const Folder folder;
  write_day(folder);
  const auto imported = import_nezha(folder.path() / "day");
  ASSERT_TRUE(imported) << imported.error().what;
  const auto& table = imported->table;
  EXPECT_TRUE(table.graph_given);
  EXPECT_THAT(table.calls, testing::ElementsAre(Call{"web-5f6-abc", "db-7c8-def"}));
  EXPECT_EQ(find(table, "db-7c8-def", "CpuUsage(m)")->meaning.kind, SignalKind::kResource);
  EXPECT_EQ(find(table, "db-7c8-def", "PodWorkload(Ops)")->meaning.kind, SignalKind::kTraffic);
  EXPECT_EQ(find(table, "web-5f6-abc", "PodClientLatencyP90(s)")->meaning.kind, SignalKind::kOther);
  const auto* call = find(table, "db-7c8-def", "latency seen by caller");
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->caller, "web");
  EXPECT_EQ(find(table, "web-5f6-abc", "front door SuccessRate(%)")->meaning.kind, SignalKind::kFailureShare);
}

TEST(NezhaTable, TheWrittenTimeIsBelievedWhenTheNumberDiffers) {
  const Folder folder;
  write_day(folder);
  const auto imported = import_nezha(folder.path() / "day/metric");
  ASSERT_TRUE(imported);
  EXPECT_EQ(find(imported->table, "db-7c8-def", "CpuUsage(m)")->points.at(0).time,
            from_epoch_ms(1661140279790));
  EXPECT_THAT(imported->table.notes, Contains(HasSubstr("two times that are over an hour apart")));
}

TEST(NezhaTable, AFolderWithoutPodsIsRefused) {
  const Folder folder;
  EXPECT_FALSE(import_nezha(folder.path()));
}

}  // namespace
}  // namespace culprit
