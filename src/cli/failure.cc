#include "cli/failure.h"

#include <fmt/format.h>

#include <cstdio>

namespace culprit {

int print_failure(const Error& error) {
  fmt::print(stderr, "culprit: {}\n", error.message());
  return exit_code(error.code);
}

}  // namespace culprit
