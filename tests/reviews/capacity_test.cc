#include "reviews/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reviews/instance_class.h"
#include "system/load_system.h"

namespace culprit {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSystem = R"(system: shop
components:
  - {id: db, kind: rds-instance, name: shop-db}
  - {id: web, kind: ecs-service, cluster: shop, name: shop-web}
metrics:
  - {id: db.connections, title: Connections, metric: DatabaseConnections, unit: count, high: {above: 80}}
  - {id: db.cpu, title: CPU, metric: CPUUtilization, unit: percent, high: {above: 70}}
  - {id: db.freeable_memory, title: Memory, metric: FreeableMemory, unit: bytes, high: {below: 134217728}}
  - {id: db.free_storage, title: Storage, metric: FreeStorageSpace, unit: bytes, high: {below: 2147483648}}
  - {id: db.queue, title: Queue, metric: DiskQueueDepth, unit: count}
  - {id: web.cpu, title: Web CPU, metric: CPUUtilization, unit: percent, high: {above: 70}}
)";

Trend growing(double level, double per_day) {
  Trend out;
  out.level = level;
  out.per_day = per_day;
  out.low = per_day * 0.8;
  out.high = per_day * 1.25;
  if (per_day < 0) std::swap(out.low, out.high);
  return out;
}

class CapacityTest : public testing::Test {
 protected:
  std::optional<Capacity> of(std::string_view metric, const Trend& trend, std::optional<double> high) {
    return capacity_of(*system_.metric(metric), system_, sizes_, trend, high);
  }
  System system_ = *parse_system(kSystem, "shop.yaml");
  Sizes sizes_{{{"db", {"db.r6g.large", 100}}}, {{"web", {2}}}};
};

TEST(InstanceClass, KnowsTheUsualFamilies) {
  struct Case {
    std::string_view name;
    double vcpus, memory_gib;
  };
  for (const Case& c : {Case{"db.t3.micro", 2, 1}, Case{"db.t4g.medium", 2, 4}, Case{"db.t2.small", 1, 2},
                        Case{"db.m5.large", 2, 8}, Case{"db.m6gd.2xlarge", 8, 32},
                        Case{"db.r6g.xlarge", 4, 32}, Case{"db.r5.12xlarge", 48, 384}}) {
    const auto found = instance_class(c.name);
    ASSERT_TRUE(found) << c.name;
    EXPECT_EQ(found->vcpus, c.vcpus) << c.name;
    EXPECT_EQ(found->memory_gib, c.memory_gib) << c.name;
  }
  for (const std::string_view name : {"", "db", "db.", "db.r6g", "db.x2g.large", "db.m4.large", "db.r6g.huge",
                                      "r6g.large", "db.r6g.large.x"})
    EXPECT_FALSE(instance_class(name)) << name;
}

TEST(InstanceClass, TheNextOneHasMoreMemory) {
  EXPECT_EQ(next_larger(*instance_class("db.t3.medium"))->name, "db.t3.large");
  EXPECT_EQ(next_larger(*instance_class("db.r6g.8xlarge"))->name, "db.r6g.12xlarge");
  EXPECT_FALSE(next_larger(*instance_class("db.t3.2xlarge")));
  EXPECT_FALSE(next_larger(*instance_class("db.r6g.16xlarge")));
}

TEST(InstanceClass, MaxConnectionsFollowMemoryUpTo5000) {
  EXPECT_EQ(default_max_connections(*instance_class("db.t3.micro")), 112);
  EXPECT_EQ(default_max_connections(*instance_class("db.r6g.16xlarge")), 5000);
}

TEST_F(CapacityTest, ConnectionsEndAtTheDefaultOfTheInstanceClass) {
  const auto c = of("db.connections", growing(60, 1), 80);
  ASSERT_TRUE(c && c->end && c->resize);
  EXPECT_EQ(*c->end, 1802);
  EXPECT_THAT(c->end_is, HasSubstr("db.r6g.large"));
  EXPECT_NEAR(*c->reach_end.days, 1742, 1e-9);
  EXPECT_EQ(c->resize->what, "db.r6g.large → db.r6g.xlarge");
  EXPECT_EQ(c->resize->level, 60);  // as many as before
  EXPECT_EQ(*c->resize->end, 3604);
}

TEST_F(CapacityTest, TwiceTheCoresHalveCpuAndItsGrowth) {
  const auto c = of("db.cpu", growing(60, 1), 70);
  ASSERT_TRUE(c && c->resize);
  EXPECT_EQ(c->resize->level, 30);
  EXPECT_NEAR(*c->resize->reach_high.days, 80, 1e-9);  // (70 - 30) / 0.5
  EXPECT_NEAR(*c->reach_end.days, 40, 1e-9);
}

TEST_F(CapacityTest, ALargerBurstableClassOfTheSameCoresDoesNothingForCpu) {
  sizes_.instances["db"].instance_class = "db.t3.medium";
  EXPECT_FALSE(of("db.cpu", growing(60, 1), 70)->resize);
  EXPECT_TRUE(of("db.connections", growing(60, 1), 80)->resize);
}

TEST_F(CapacityTest, FreeMemoryAndStorageGainWhatIsAdded) {
  constexpr double kGib = 1024.0 * 1024 * 1024;
  const auto memory = of("db.freeable_memory", growing(4 * kGib, -0.1 * kGib), 134217728);
  ASSERT_TRUE(memory && memory->resize);
  EXPECT_EQ(*memory->end, 0);
  EXPECT_NEAR(*memory->reach_end.days, 40, 1e-9);
  EXPECT_NEAR(*memory->resize->reach_end.days, 200, 1e-9);  // 16 GiB more
  const auto storage = of("db.free_storage", growing(20 * kGib, -1 * kGib), 2 * kGib);
  EXPECT_EQ(storage->resize->what, "100 → 150 GiB");
  EXPECT_NEAR(*storage->resize->reach_end.days, 70, 1e-9);
}

TEST_F(CapacityTest, TasksShareTheLoad) {
  const auto c = of("web.cpu", growing(50, 0.5), 70);
  ASSERT_TRUE(c && c->resize);
  EXPECT_EQ(c->resize->what, "2 → 4 tasks");
  EXPECT_EQ(c->resize->level, 25);
}

TEST_F(CapacityTest, WithoutSizesItSaysSoAndGuessesNoMaxConnections) {
  sizes_ = {};
  const auto c = of("db.connections", growing(60, 1), 80);
  EXPECT_FALSE(c->end);
  EXPECT_THAT(c->end_is, HasSubstr("not known"));
  EXPECT_THAT(of("db.cpu", growing(60, 1), 70)->resize->assumes, HasSubstr("not known"));
}

TEST_F(CapacityTest, WhatIsNoResourceHasNone) { EXPECT_FALSE(of("db.queue", growing(1, 1), {})); }

}  // namespace
}  // namespace culprit
