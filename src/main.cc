#include <malloc.h>

#include "cli/run.h"

int main(int argc, char** argv) {
  // Segment after segment needs the same memory: kept, instead of given back to the system and zeroed by it
  // each time, which costs a tenth of loading.
  constexpr int kKept = 256 << 20;
  constexpr int kMappedFrom = 32 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kMappedFrom);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  return culprit::run(argc, argv);
}
