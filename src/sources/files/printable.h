// Names and first lines of files as they may be shown: any bytes in, clean UTF-8 out.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// Control characters and bytes that are not UTF-8 become \xNN; cut to `bytes_max` with "…".
std::string printable_text(std::string_view bytes, std::size_t bytes_max);

}  // namespace culprit
