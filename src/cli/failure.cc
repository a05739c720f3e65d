#include "cli/failure.h"

#include <cstdio>

#include <fmt/format.h>

namespace culprit {

int print_failure(const Error& error) {
  fmt::print(stderr, "culprit: {}\n", error.message());
  return exit_code(error.code);
}

}  // namespace culprit
