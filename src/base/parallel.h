// Independent pieces of work on all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace culprit {

// Calls work(i) for each i below `count`, the first ones first, on as many threads as there are cores (or
// pieces), and returns when all are done. The calling thread works too. `work` must not throw.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace culprit
