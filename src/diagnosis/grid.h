// Minutes of the analysed span: the axis on which all signals stand.
#pragma once

#include <cstddef>
#include <optional>

#include "telemetry/window.h"

namespace culprit {

class Grid {
 public:
  // Whole minutes that cover the span.
  explicit Grid(const Window& span)
      : start_(floor_minute(span.start)),
        size_(static_cast<std::size_t>(
            (floor_minute(span.end + std::chrono::minutes(1) - Duration(1)) - start_) /
            std::chrono::minutes(1))) {}

  std::size_t size() const { return size_; }
  Time time(std::size_t minute) const { return start_ + std::chrono::minutes(minute); }
  std::optional<std::size_t> index(Time t) const {
    if (t < start_) return std::nullopt;
    const auto i = static_cast<std::size_t>((t - start_) / std::chrono::minutes(1));
    if (i >= size_) return std::nullopt;
    return i;
  }

  // Minutes [first, last) that overlap the window.
  struct Range {
    std::size_t first = 0, last = 0;
    bool empty() const { return first >= last; }
  };
  Range range(const Window& window) const {
    if (window.end <= start_ || window.start >= time(size_) || window.end <= window.start) return {};
    const std::size_t first = window.start <= start_ ? 0 : *index(window.start);
    const auto last_index = index(window.end - Duration(1));
    return {first, last_index ? *last_index + 1 : size_};
  }

 private:
  Time start_;
  std::size_t size_;
};

}  // namespace culprit
