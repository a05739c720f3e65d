// How a command ends when it fails.
#pragma once

#include "base/error.h"

namespace culprit {

// "culprit: what failed" and the hint on stderr; returns the exit code of the error's class.
int print_failure(const Error& error);

}  // namespace culprit
