// A picture to draw lines and small texts on, and to write as PNG (RFC 2083).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace culprit::server {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};

// Coordinates are pixels from the upper left corner; what lies outside is left out.
class PngCanvas {
 public:
  PngCanvas(int width, int height, Colour background);

  int width() const { return width_; }
  int height() const { return height_; }

  void rectangle(int left, int top, int right, int bottom, Colour colour, double opacity = 1);
  // Smoothed.
  void line(double x1, double y1, double x2, double y2, Colour colour, double thickness = 1);
  void dot(double x, double y, double radius, Colour colour);
  // ASCII, `scale` times as large as 5 × 7 pixels a letter; other characters are drawn as '?'. (x, y) is the
  // upper left corner.
  void text(int x, int y, std::string_view text, Colour colour, int scale = 1);
  static int text_width(std::string_view text, int scale = 1);
  static constexpr int kTextHeight = 7;

  std::string png() const;

 private:
  void blend(int x, int y, Colour colour, double opacity);

  int width_, height_;
  std::vector<std::uint8_t> pixels_;  // red, green, blue
};

// The seven rows of a letter of 5 pixels, the leftmost in bit 4.
const std::uint8_t* glyph_rows(char c);

}  // namespace culprit::server
