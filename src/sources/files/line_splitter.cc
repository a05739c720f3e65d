#include "sources/files/line_splitter.h"

#include <algorithm>

namespace culprit {

void LineSplitter::give(std::string_view line, const Visit& visit) {
  if (line.size() > kLineBytesMax) {
    line = line.substr(0, kLineBytesMax);
    cut_ = true;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  visit(line, ++number_, cut_);
  cut_ = false;
  any_ = false;
}

void LineSplitter::feed(std::string_view block, const Visit& visit) {
  while (!block.empty()) {
    const auto end = block.find('\n');
    const auto piece = block.substr(0, end);
    if (end != block.npos && !any_) {
      give(piece, visit);
    } else {
      const auto room = kLineBytesMax - std::min(kLineBytesMax, pending_.size());
      pending_.append(piece.substr(0, room));
      cut_ = cut_ || piece.size() > room;
      any_ = true;
      if (end != block.npos) {
        give(pending_, visit);
        pending_.clear();
      }
    }
    if (end == block.npos) return;
    block.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const Visit& visit) {
  if (any_) give(pending_, visit);
  pending_.clear();
}

}  // namespace culprit
