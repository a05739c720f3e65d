#include "system/system.h"

#include <algorithm>

namespace culprit {

const Component* System::component(std::string_view id) const {
  auto it = std::ranges::find(components, id, &Component::id);
  return it == components.end() ? nullptr : &*it;
}

const SystemMetric* System::metric(std::string_view id) const {
  auto it = std::ranges::find(metrics, id, &SystemMetric::id);
  return it == metrics.end() ? nullptr : &*it;
}

const Channel* System::channel(std::string_view id) const {
  auto it = std::ranges::find(channels, id, &Channel::id);
  return it == channels.end() ? nullptr : &*it;
}

}  // namespace culprit
