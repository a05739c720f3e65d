// The last values of a stream, contiguous.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

// Keeps the last `capacity` values. Writes each twice, so that the tail is one span without copying.
class Tail {
 public:
  explicit Tail(std::size_t capacity) : capacity_(capacity), values_(2 * capacity) {}

  void push(double value) {
    values_[next_] = values_[next_ + capacity_] = value;
    next_ = (next_ + 1) % capacity_;
    if (size_ < capacity_) ++size_;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  double back() const { return values_[next_ + capacity_ - 1]; }

  // The last `n` values (all there are, when fewer), oldest first. Valid until the next push.
  std::span<const double> last(std::size_t n) const {
    const std::size_t count = n < size_ ? n : size_;
    return {values_.data() + next_ + capacity_ - count, count};
  }
  std::span<const double> all() const { return last(size_); }

 private:
  std::size_t capacity_;
  std::vector<double> values_;
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

}  // namespace culprit
