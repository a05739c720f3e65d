// Sizes of RDS instance classes.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct InstanceClass {
  std::string name;  // "db.r6g.large"
  double vcpus = 0;
  double memory_gib = 0;
};

// nullopt for a family or size that is not in the list (t2 to t4g, m5 to m8, r5 to r8).
std::optional<InstanceClass> instance_class(std::string_view name);

// The next size of the same family that has more memory; nullopt when there is none.
std::optional<InstanceClass> next_larger(const InstanceClass& now);

// RDS for PostgreSQL: LEAST({DBInstanceClassMemory/9531392}, 5000), unless the parameter group says
// otherwise. DBInstanceClassMemory is what is left after the agents of RDS and the operating system, so that
// real values are up to a tenth below this one.
double default_max_connections(const InstanceClass& instance);

}  // namespace culprit
