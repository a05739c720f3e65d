#include "server/widget_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/time.h"

namespace culprit::server {

namespace {

constexpr Colour kWhite{255, 255, 255}, kText{60, 60, 60}, kFaint{222, 222, 222}, kAxis{150, 150, 150};
constexpr Colour kColours[] = {{31, 119, 180},  {255, 127, 14}, {44, 160, 44},   {214, 39, 40},
                               {148, 103, 189}, {140, 86, 75},  {227, 119, 194}, {127, 127, 127},
                               {188, 189, 34},  {23, 190, 207}};
constexpr int kRowHeight = 12;
constexpr double kDrawnMax = 1e150;
constexpr std::size_t kLegendRowsMax = 8;

struct Frame {
  int left = 0, top = 0, right = 0, bottom = 0;
  Window window;

  double x(Time time) const {
    const auto length = static_cast<double>((window.end - window.start).count());
    const auto since = static_cast<double>((time - window.start).count());
    return left + (right - left) * std::clamp(since / length, 0.0, 1.0);
  }
};

struct Scale {
  double low = 0, high = 1, step = 0.2;

  double y(double value, const Frame& frame) const {
    return frame.bottom - (frame.bottom - frame.top) * (value - low) / (high - low);
  }
};

// 1, 2 or 5 times a power of ten: about `parts` steps.
double round_step(double range, int parts) {
  const double raw = range / parts;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw) return factor * power;
  return 10 * power;
}

Scale scale_of(double low, double high, const ChartAxis& axis, int height) {
  if (axis.min) low = *axis.min;
  if (axis.max) high = *axis.max;
  low = std::clamp(low, -kDrawnMax, kDrawnMax);
  high = std::clamp(high, -kDrawnMax, kDrawnMax);
  if (!(high > low)) high = low + std::max(1.0, std::abs(low));
  Scale scale{low, high, round_step(high - low, std::max(2, height / 50))};
  if (!axis.min) scale.low = std::floor(low / scale.step) * scale.step;
  if (!axis.max) scale.high = std::ceil(high / scale.step) * scale.step;
  return scale;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  for (const auto& [limit, mark] :
       {std::pair{1e12, "T"}, std::pair{1e9, "G"}, std::pair{1e6, "M"}, std::pair{1e4, "k"}})
    if (size >= limit) return fmt::format("{:.4g}{}", value / (limit == 1e4 ? 1e3 : limit), mark);
  return fmt::format("{:.4g}", value);
}

std::string cut_to(const std::string& text, int pixels) {
  const auto letters = static_cast<std::size_t>(std::max(0, pixels / 6));
  if (text.size() <= letters) return text;
  return letters < 3 ? std::string() : text.substr(0, letters - 2) + "..";
}

// Lines upon each other: each value is the sum up to there.
std::vector<ChartLine> stacked(std::vector<ChartLine> lines) {
  std::map<Time, double> sums;
  for (auto& line : lines)
    for (auto& point : line.points) point.value = sums[point.time] += point.value;
  return lines;
}

class ChartDrawing {
 public:
  explicit ChartDrawing(const WidgetChart& chart)
      : chart_(chart), canvas_(chart.width, chart.height, kWhite), lines_(chart.lines) {
    if (chart.stacked) lines_ = stacked(std::move(lines_));
  }

  std::string png() {
    if (!chart_.title.empty()) canvas_.text(8, 6, cut_to(chart_.title, chart_.width - 16), kText);
    if (chart_.numbers)
      draw_numbers();
    else
      draw_graph();
    return canvas_.png();
  }

 private:
  std::pair<double, double> range(bool right) const {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto& line : lines_)
      if (line.right_axis == right)
        for (const auto& point : line.points)
          if (std::isfinite(point.value)) {
            low = std::min(low, point.value);
            high = std::max(high, point.value);
          }
    if (!right)
      for (const auto& mark : chart_.marks) {
        low = std::min(low, mark.value);
        high = std::max(high, mark.value);
      }
    if (!(low <= high)) return {0, 1};
    return {std::min(low, 0.0), high};
  }

  void draw_graph() {
    const bool right_used = std::ranges::any_of(lines_, &ChartLine::right_axis);
    const int room = std::max(0, (chart_.height - 90) / kRowHeight);
    const int rows = chart_.legend
                         ? std::min({static_cast<int>(lines_.size()), static_cast<int>(kLegendRowsMax), room})
                         : 0;
    frame_ = {52, chart_.title.empty() ? 12 : 22, chart_.width - (right_used ? 52 : 14),
              chart_.height - 22 - rows * kRowHeight, chart_.window};
    if (frame_.right <= frame_.left + 10 || frame_.bottom <= frame_.top + 10) return;
    const auto [low, high] = range(false);
    left_ = scale_of(low, high, chart_.left, frame_.bottom - frame_.top);
    draw_axis(left_, false);
    if (right_used) {
      const auto [right_low, right_high] = range(true);
      right_ = scale_of(right_low, right_high, chart_.right, frame_.bottom - frame_.top);
      draw_axis(right_, true);
    }
    draw_times();
    for (const auto& line : lines_) draw_line(line);
    for (const auto& mark : chart_.marks) draw_mark(mark);
    for (int i = 0; i < rows; ++i) {
      const auto& line = lines_[static_cast<std::size_t>(i)];
      const int y = chart_.height - 4 - (rows - i) * kRowHeight;
      canvas_.rectangle(frame_.left, y, frame_.left + 8, y + 7, line.colour);
      canvas_.text(frame_.left + 13, y, cut_to(line.label, chart_.width - frame_.left - 20), kText);
    }
  }

  void draw_axis(const Scale& scale, bool right) {
    for (int i = 0;; ++i) {
      const double value = scale.low + i * scale.step;
      if (value > scale.high + scale.step / 1000 || i > 100) break;
      const int y = static_cast<int>(std::lround(scale.y(value, frame_)));
      const std::string text = short_number(std::abs(value) < scale.step / 1000 ? 0 : value);
      if (right) {
        canvas_.text(frame_.right + 4, y - 3, text, kText);
      } else {
        canvas_.rectangle(frame_.left, y, frame_.right, y + 1, kFaint);
        canvas_.text(frame_.left - 5 - PngCanvas::text_width(text), y - 3, text, kText);
      }
    }
    const std::string& label = right ? chart_.right.label : chart_.left.label;
    if (!label.empty())
      canvas_.text(right ? frame_.right - PngCanvas::text_width(label) : frame_.left + 3, frame_.top + 2,
                   label, kAxis);
  }

  void draw_times() {
    using std::chrono::minutes;
    static constexpr int kMinutes[] = {1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200};
    const Duration length = chart_.window.end - chart_.window.start;
    const int parts = std::max(2, (frame_.right - frame_.left) / 70);
    Duration step = minutes{kMinutes[std::size(kMinutes) - 1]};
    for (const int each : kMinutes)
      if (Duration{minutes{each}} * parts >= length) {
        step = minutes{each};
        break;
      }
    const auto rest = chart_.window.start.time_since_epoch() % step;
    int drawn = 0;
    for (Time at = chart_.window.start + (rest == Duration{0} ? Duration{0} : step - rest);
         at < chart_.window.end && drawn < 100; at += step, ++drawn) {
      const int x = static_cast<int>(std::lround(frame_.x(at)));
      canvas_.rectangle(x, frame_.top, x + 1, frame_.bottom, kFaint);
      const std::string iso = format_utc(at);  // 2025-08-21T23:05:00Z
      const std::string text = step >= std::chrono::days{1} ? iso.substr(5, 5) : iso.substr(11, 5);
      canvas_.text(x - PngCanvas::text_width(text) / 2, frame_.bottom + 6, text, kText);
    }
    canvas_.rectangle(frame_.left, frame_.bottom, frame_.right, frame_.bottom + 1, kAxis);
    canvas_.rectangle(frame_.left, frame_.top, frame_.left + 1, frame_.bottom, kAxis);
  }

  void draw_line(const ChartLine& line) {
    const Scale& scale = line.right_axis ? right_ : left_;
    const Duration gap = Duration{chart_.period} * 3 / 2;
    const Datapoint* before = nullptr;
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      const auto& point = line.points[i];
      if (!std::isfinite(point.value)) continue;
      const double y = std::clamp(scale.y(point.value, frame_), static_cast<double>(frame_.top),
                                  static_cast<double>(frame_.bottom));
      const bool joined = before != nullptr && point.time - before->time <= gap;
      const bool alone =
          !joined && (i + 1 == line.points.size() || line.points[i + 1].time - point.time > gap);
      if (joined) {
        const double y_before = std::clamp(scale.y(before->value, frame_), static_cast<double>(frame_.top),
                                           static_cast<double>(frame_.bottom));
        canvas_.line(frame_.x(before->time), y_before, frame_.x(point.time), y, line.colour, 1.5);
      } else if (alone) {
        canvas_.dot(frame_.x(point.time), y, 2, line.colour);
      }
      before = &point;
    }
  }

  void draw_mark(const ChartMark& mark) {
    const double y = left_.y(mark.value, frame_);
    if (y < frame_.top || y > frame_.bottom) return;
    for (int x = frame_.left; x < frame_.right; x += 8)
      canvas_.rectangle(x, static_cast<int>(y), std::min(x + 5, frame_.right), static_cast<int>(y) + 1,
                        mark.colour);
    if (!mark.label.empty()) canvas_.text(frame_.left + 4, static_cast<int>(y) - 9, mark.label, mark.colour);
  }

  void draw_numbers() {
    const int count = std::max(1, static_cast<int>(lines_.size()));
    const int columns = std::max(1, std::min(count, chart_.width / 130));
    const int rows = (count + columns - 1) / columns;
    const int top = chart_.title.empty() ? 8 : 24;
    for (int i = 0; i < static_cast<int>(lines_.size()); ++i) {
      const auto& line = lines_[static_cast<std::size_t>(i)];
      const int x = 10 + i % columns * (chart_.width / columns);
      const int y = top + i / columns * ((chart_.height - top) / rows);
      const std::string text = line.points.empty() ? "--" : short_number(line.points.back().value);
      canvas_.text(x, y, text, line.colour, 3);
      canvas_.text(x, y + 3 * PngCanvas::kTextHeight + 5, cut_to(line.label, chart_.width / columns - 14),
                   kText);
    }
  }

  const WidgetChart& chart_;
  PngCanvas canvas_;
  std::vector<ChartLine> lines_;
  Frame frame_;
  Scale left_, right_;
};

}  // namespace

std::string draw_png(const WidgetChart& chart) { return ChartDrawing(chart).png(); }

Colour line_colour(std::size_t n) { return kColours[n % std::size(kColours)]; }

std::optional<Colour> parse_colour(std::string_view text) {
  if (!text.starts_with('#') || (text.size() != 7 && text.size() != 4)) return std::nullopt;
  std::string digits(text.substr(1));
  if (digits.size() == 3) digits = {digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]};
  if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return std::nullopt;
  const auto part = [&](std::size_t at) {
    return static_cast<std::uint8_t>(std::stoi(digits.substr(at, 2), nullptr, 16));
  };
  return Colour{part(0), part(2), part(4)};
}

}  // namespace culprit::server
