// The command line: parses, calls down, prints.
#pragma once

namespace culprit {

// Returns the process exit code (docs/exit-codes.md).
int run(int argc, char** argv);

}  // namespace culprit
