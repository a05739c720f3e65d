// The picture of a widget of metrics.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/png_canvas.h"
#include "telemetry/metric.h"
#include "telemetry/window.h"

namespace culprit::server {

struct ChartLine {
  std::string label;
  Colour colour;
  std::vector<Datapoint> points;  // ascending
  bool right_axis = false;
};

struct ChartMark {
  std::string label;
  Colour colour;
  double value = 0;
};

struct ChartAxis {
  std::optional<double> min, max;
  std::string label;
};

struct WidgetChart {
  int width = 600, height = 400;
  std::string title;
  Window window;
  std::chrono::seconds period{300};  // of the longest line; a gap of more breaks a line
  std::vector<ChartLine> lines;
  std::vector<ChartMark> marks;
  ChartAxis left, right;
  bool stacked = false;
  bool numbers = false;  // singleValue: the last value of each line
  bool legend = true;
};

std::string draw_png(const WidgetChart& chart);

// The colour of the n-th line of a widget that names none.
Colour line_colour(std::size_t n);
// "#1f77b4", "#abc".
std::optional<Colour> parse_colour(std::string_view text);

}  // namespace culprit::server
