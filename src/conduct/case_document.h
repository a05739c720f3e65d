// A remembered incident as a JSON document (docs/memory.md): names of signals, numbers, and the words in
// which people confirmed the cause.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "diagnosis/past_case.h"

namespace culprit {

inline constexpr std::size_t kCaseBytesMax = 1 << 20;

// The same case gives the same bytes.
std::string write_case(const PastCase& past);

// Sets the digest. kInput says what is missing or wrong; a newer form is kDamaged.
Result<PastCase> read_case(std::string_view text);

}  // namespace culprit
