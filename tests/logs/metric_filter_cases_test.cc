// What metric filters count and publish, from collected cases: the pattern's matches and the values it
// extracts.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "logs/filter_pattern.h"

namespace culprit {
namespace {

const std::string kCases = CULPRIT_SHARED_DIR "/cases/metric_filters.json";

std::string text_at(const boost::json::value& value, std::string_view key) {
  return std::string(value.at(key).as_string());
}

// The sum that the filter publishes for the events: of its constant, or of the field that it names.
double published(const FilterPattern& pattern, const std::string& metric_value,
                 const boost::json::array& events) {
  double sum = 0;
  for (const auto& event : events) {
    const auto message = text_at(event, "message");
    if (!metric_value.starts_with('$')) {
      sum += pattern.matches(message) ? std::stod(metric_value) : 0;
    } else if (const auto value = pattern.value(message, metric_value)) {
      sum += std::stod(*value);
    }
  }
  return sum;
}

TEST(MetricFilterCases, PublishWhatTheServiceDoes) {
  std::ifstream file(kCases);
  if (!file) GTEST_SKIP() << "no cases at " << kCases;
  std::stringstream text;
  text << file.rdbuf();
  int tested = 0;
  const auto document = boost::json::parse(text.str());
  for (const auto& c : document.at("cases").as_array()) {
    SCOPED_TRACE(text_at(c, "id"));
    const auto& filter = c.at("filter");
    const auto pattern = FilterPattern::parse(text_at(filter, "filterPattern"));
    ASSERT_TRUE(pattern) << pattern.error().message();
    const auto& transformation = filter.at("metricTransformations").at(0);
    double expected = 0;
    for (const auto& minute : c.at("expected").as_array()) expected += minute.at("Sum").to_number<double>();
    const auto& events = c.at("events").as_array();
    EXPECT_DOUBLE_EQ(published(*pattern, text_at(transformation, "metricValue"), events), expected);
    ++tested;
    const auto* dimensions = transformation.as_object().if_contains("dimensions");
    if (dimensions == nullptr) continue;
    for (const auto& [name, selector] : dimensions->as_object())
      EXPECT_EQ(pattern->value(text_at(events.at(0), "message"), std::string(selector.as_string())),
                std::string(c.at("expected").at(0).at("dimensions").at(name).as_string()));
  }
  EXPECT_GE(tested, 12);
}

}  // namespace
}  // namespace culprit
