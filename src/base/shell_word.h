// Words for a POSIX shell: what is shown as a command must be that command when it is pasted.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// As it is when no character of it means anything to a shell, else in single quotes.
std::string shell_word(std::string_view text);

// For inside single quotes that stand already.
std::string inside_single_quotes(std::string_view text);

}  // namespace culprit
