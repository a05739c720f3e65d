#include "logs/template_values.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "logs/template_match.h"

namespace culprit {
namespace {

std::size_t places_of(std::string_view text) {
  constexpr std::string_view kWildcard = "<*>";
  std::size_t places = 0;
  for (auto at = text.find(kWildcard); at != std::string_view::npos;
       at = text.find(kWildcard, at + kWildcard.size())) {
    ++places;
  }
  return places;
}

}  // namespace

TemplateValues::TemplateValues(std::string template_text, Duration bin)
    : text_(std::move(template_text)), all_(bin) {
  for (auto n = places_of(text_); n > 0; --n) places_.push_back({{}, TemplateHistogram(bin)});
}

bool TemplateValues::add(std::string_view message, Time time, std::uint64_t count) {
  const auto values = template_values(text_, message);
  if (!values) return false;
  all_.add(0, time, count);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    auto& place = places_[i];
    const auto value = (*values)[i].substr(0, kValueBytes);
    auto found = place.numbers.find(value);
    if (found == place.numbers.end() && place.numbers.size() < kValuesPerPlace) {
      found = place.numbers.emplace(value, static_cast<std::uint32_t>(place.numbers.size() + 1)).first;
    }
    place.histogram.add(found == place.numbers.end() ? 0 : found->second, time, count);
  }
  return true;
}

TemplateActivity TemplateValues::activity() const {
  const std::array<std::uint32_t, 1> one{0};
  return std::move(all_.by_group(one, 1)[0]);
}

TemplateValues::Place TemplateValues::place(std::size_t index) const {
  const auto& counts = places_[index];
  std::vector<std::uint32_t> each(counts.numbers.size() + 1);
  std::iota(each.begin(), each.end(), 0U);
  auto activities = counts.histogram.by_group(each, each.size());
  Place place;
  place.others = std::move(activities[0]);
  for (const auto& [text, number] : counts.numbers) {
    place.values.push_back({text, std::move(activities[number])});
  }
  std::sort(place.values.begin(), place.values.end(), [](const Value& a, const Value& b) {
    return a.activity.count != b.activity.count ? a.activity.count > b.activity.count : a.text < b.text;
  });
  return place;
}

}  // namespace culprit
