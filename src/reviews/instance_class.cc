#include "reviews/instance_class.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace culprit {

namespace {

struct Size {
  std::string_view name;
  double scale;  // times a `large`
};
// `large` has two vCPUs; every further size is a multiple of it.
constexpr std::array<Size, 10> kSizes{{{"large", 1},
                                       {"xlarge", 2},
                                       {"2xlarge", 4},
                                       {"4xlarge", 8},
                                       {"8xlarge", 16},
                                       {"12xlarge", 24},
                                       {"16xlarge", 32},
                                       {"24xlarge", 48},
                                       {"32xlarge", 64},
                                       {"48xlarge", 96}}};

struct Burstable {
  std::string_view name;
  double vcpus, memory_gib;
};
constexpr std::array<Burstable, 6> kBurstable{{{"micro", 2, 1},
                                               {"small", 2, 2},
                                               {"medium", 2, 4},
                                               {"large", 2, 8},
                                               {"xlarge", 4, 16},
                                               {"2xlarge", 8, 32}}};

// "db.r6g.large" -> "r6g", "large"
std::optional<std::pair<std::string_view, std::string_view>> parts_of(std::string_view name) {
  if (!name.starts_with("db.")) return std::nullopt;
  name.remove_prefix(3);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || name.find('.', dot + 1) != std::string_view::npos) return std::nullopt;
  return std::pair{name.substr(0, dot), name.substr(dot + 1)};
}

bool is_burstable(std::string_view family) { return family == "t2" || family == "t3" || family == "t4g"; }

// GiB of a `large`; 0 for another kind of family.
double memory_of_large(std::string_view family) {
  if (family.size() < 2 || family[1] < '5' || family[1] > '8') return 0;  // older ones have odd sizes
  if (family[0] == 'm') return 8;
  if (family[0] == 'r') return 16;
  return 0;
}

}  // namespace

std::optional<InstanceClass> instance_class(std::string_view name) {
  const auto parts = parts_of(name);
  if (!parts) return std::nullopt;
  const auto [family, size] = *parts;
  if (is_burstable(family)) {
    const auto* found = std::ranges::find(kBurstable, size, &Burstable::name);
    if (found == kBurstable.end()) return std::nullopt;
    const bool one_core = family == "t2" && found->memory_gib < 4;
    return InstanceClass{std::string(name), one_core ? 1 : found->vcpus, found->memory_gib};
  }
  const double large = memory_of_large(family);
  const auto* found = std::ranges::find(kSizes, size, &Size::name);
  if (large == 0 || found == kSizes.end()) return std::nullopt;
  return InstanceClass{std::string(name), 2 * found->scale, large * found->scale};
}

std::optional<InstanceClass> next_larger(const InstanceClass& now) {
  const auto parts = parts_of(now.name);
  if (!parts) return std::nullopt;
  const auto [family, size] = *parts;
  std::string_view next;
  if (is_burstable(family)) {
    const auto* found = std::ranges::find(kBurstable, size, &Burstable::name);
    if (found == kBurstable.end() || found + 1 == kBurstable.end()) return std::nullopt;
    next = (found + 1)->name;
  } else {
    const auto* found = std::ranges::find(kSizes, size, &Size::name);
    // No family is said to have more than 16xlarge: not all do.
    if (found == kSizes.end() || found->name == "16xlarge" || found + 1 == kSizes.end()) return std::nullopt;
    next = (found + 1)->name;
  }
  return instance_class("db." + std::string(family) + "." + std::string(next));
}

double default_max_connections(const InstanceClass& instance) {
  return std::min(std::floor(instance.memory_gib * 1024 * 1024 * 1024 / 9531392), 5000.0);
}

}  // namespace culprit
