// References to secrets: "env:NAME" and "file:/path". What they stand for is never printed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit {

using Getenv = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> getenv_of_process(const std::string& name);

bool is_secret_reference(std::string_view text);

// The variable's value, or the first line of the file (at most 64 KiB). kCredentials when it is not there, is
// empty, or holds control characters. Text that is no reference stands for itself.
Result<std::string> resolve_secret(const std::string& reference, const Getenv& getenv);

}  // namespace culprit
