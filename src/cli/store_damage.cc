#include "cli/store_damage.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "cli/store_options.h"

namespace culprit {

namespace {

constexpr std::size_t kPathBytesMax = 1000;

// Relative to the store when it lies inside.
std::string inside(const std::filesystem::path& store, const std::filesystem::path& file) {
  const auto relative = file.lexically_relative(store);
  const bool within = !relative.empty() && *relative.begin() != "..";
  return shown_path(within ? relative : file);
}

}  // namespace

std::string shown_path(const std::filesystem::path& path) {
  return printable_text(path.string(), kPathBytesMax);
}

void print_damage(const std::filesystem::path& store, const std::vector<StoreDamage>& damage) {
  for (const auto& d : damage) {
    fmt::print("DAMAGED {}: {}", inside(store, d.file), printable(d.what));
    if (d.events_at_risk > 0) fmt::print(" (of {} events)", grouped(d.events_at_risk));
    fmt::print("\n");
  }
}

boost::json::array damage_json(const std::filesystem::path& store, const std::vector<StoreDamage>& damage) {
  boost::json::array out;
  for (const auto& d : damage)
    out.push_back(boost::json::object{
        {"file", inside(store, d.file)}, {"what", printable(d.what)}, {"events_at_risk", d.events_at_risk}});
  return out;
}

}  // namespace culprit
