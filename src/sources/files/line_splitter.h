// Lines of a stream of blocks, with bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace culprit {

// A line longer than kLineBytesMax is given cut, with `cut` set; CR before the new line is removed.
class LineSplitter {
 public:
  static constexpr std::size_t kLineBytesMax = 64 * 1024;
  using Visit = std::function<void(std::string_view line, std::uint64_t number, bool cut)>;

  void feed(std::string_view block, const Visit& visit);
  void finish(const Visit& visit);

 private:
  void give(std::string_view line, const Visit& visit);
  std::string pending_;
  bool cut_ = false;
  bool any_ = false;  // something stands on the line that is being read
  std::uint64_t number_ = 0;
};

}  // namespace culprit
