// gzip of bodies in memory.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit::server {

std::string gzip(std::string_view bytes);

// kInput for what is no gzip, or would grow beyond `bytes_max`.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

}  // namespace culprit::server
