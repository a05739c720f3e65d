#include "server/png_canvas.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>

namespace culprit::server {

namespace {

constexpr int kAdvance = 6;  // from letter to letter

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

void put_chunk(std::string& out, std::string_view kind, std::string_view data) {
  put_number(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = out.size();
  out.append(kind).append(data);
  const auto* checked = reinterpret_cast<const Bytef*>(out.data() + start);
  put_number(out, static_cast<std::uint32_t>(crc32(0, checked, static_cast<uInt>(out.size() - start))));
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
            bytes.size(), 6);
  out.resize(size);
  return out;
}

// Characters, not bytes: one '?' for each that is not ASCII.
template <class Visit>
void each_character(std::string_view text, const Visit& visit) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;
    visit(byte < 0x20 || byte > 0x7e ? '?' : c);
  }
}

}  // namespace

PngCanvas::PngCanvas(int width, int height, Colour background)
    : width_(width),
      height_(height),
      pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {
  rectangle(0, 0, width, height, background);
}

void PngCanvas::blend(int x, int y, Colour colour, double opacity) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_ || opacity <= 0) return;
  auto* pixel = &pixels_[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                          static_cast<std::size_t>(x)) *
                         3];
  const auto mix = [&](std::uint8_t& below, std::uint8_t above) {
    below = static_cast<std::uint8_t>(std::lround(below + (above - below) * std::min(opacity, 1.0)));
  };
  mix(pixel[0], colour.red);
  mix(pixel[1], colour.green);
  mix(pixel[2], colour.blue);
}

void PngCanvas::rectangle(int left, int top, int right, int bottom, Colour colour, double opacity) {
  for (int y = std::max(top, 0); y < std::min(bottom, height_); ++y)
    for (int x = std::max(left, 0); x < std::min(right, width_); ++x) blend(x, y, colour, opacity);
}

// Each pixel is covered by how near its middle lies to the line.
void PngCanvas::line(double x1, double y1, double x2, double y2, Colour colour, double thickness) {
  const double reach = thickness / 2 + 0.5;
  const double dx = x2 - x1, dy = y2 - y1, length2 = dx * dx + dy * dy;
  const int left = std::max(0, static_cast<int>(std::floor(std::min(x1, x2) - reach)));
  const int right = std::min(width_ - 1, static_cast<int>(std::ceil(std::max(x1, x2) + reach)));
  for (int x = left; x <= right; ++x) {
    // Only the rows that the line crosses near this column.
    double low = std::min(y1, y2), high = std::max(y1, y2);
    if (std::abs(dx) > 1e-9) {
      const auto at = [&](double column) { return y1 + dy * std::clamp((column - x1) / dx, 0.0, 1.0); };
      low = std::min(at(x - reach), at(x + reach));
      high = std::max(at(x - reach), at(x + reach));
    }
    const int top = std::max(0, static_cast<int>(std::floor(low - reach)));
    const int bottom = std::min(height_ - 1, static_cast<int>(std::ceil(high + reach)));
    for (int y = top; y <= bottom; ++y) {
      const double along = length2 > 0 ? std::clamp(((x - x1) * dx + (y - y1) * dy) / length2, 0.0, 1.0) : 0;
      blend(x, y, colour, reach - std::hypot(x - x1 - along * dx, y - y1 - along * dy));
    }
  }
}

void PngCanvas::dot(double x, double y, double radius, Colour colour) {
  line(x, y, x, y, colour, radius * 2);
}

void PngCanvas::text(int x, int y, std::string_view text, Colour colour, int scale) {
  each_character(text, [&](char c) {
    const std::uint8_t* rows = glyph_rows(c);
    for (int row = 0; row < kTextHeight; ++row)
      for (int column = 0; column < 5; ++column)
        if ((rows[row] >> (4 - column) & 1) != 0)
          rectangle(x + column * scale, y + row * scale, x + (column + 1) * scale, y + (row + 1) * scale,
                    colour);
    x += kAdvance * scale;
  });
}

int PngCanvas::text_width(std::string_view text, int scale) {
  int characters = 0;
  each_character(text, [&](char) { ++characters; });
  return characters == 0 ? 0 : (characters * kAdvance - 1) * scale;
}

std::string PngCanvas::png() const {
  const auto row_bytes = static_cast<std::size_t>(width_) * 3;
  std::string rows;
  rows.reserve((row_bytes + 1) * static_cast<std::size_t>(height_));
  for (int y = 0; y < height_; ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(pixels_.data()) + static_cast<std::size_t>(y) * row_bytes,
                row_bytes);
  }
  std::string header;
  put_number(header, static_cast<std::uint32_t>(width_));
  put_number(header, static_cast<std::uint32_t>(height_));
  header.append("\x08\x02\x00\x00\x00", 5);  // 8 bits a channel, RGB
  std::string out("\x89PNG\r\n\x1a\n", 8);
  put_chunk(out, "IHDR", header);
  put_chunk(out, "IDAT", deflated(rows));
  put_chunk(out, "IEND", "");
  return out;
}

}  // namespace culprit::server
