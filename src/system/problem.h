// What is wrong in a system file, and where.
#pragma once

#include <string>

namespace culprit {

struct SystemProblem {
  std::string file;
  int line = 0;    // 1-based; 0 = the file as a whole
  int column = 0;  // 1-based
  std::string what;
  std::string hint;  // what to do, or empty

  // "file:line:column", or the file alone.
  std::string where() const;
};

}  // namespace culprit
