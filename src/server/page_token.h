// Tokens with which a client asks for the next page. Opaque to it, and refused when they belong to another
// question.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culprit::server {

// What the question was, in few digits.
std::string question_digest(std::initializer_list<std::string_view> parts);

std::string make_token(std::string_view question, std::initializer_list<std::int64_t> numbers);

// As many numbers as there should be; nullopt for anything that make_token() did not make for that question.
std::optional<std::vector<std::int64_t>> read_token(std::string_view token, std::string_view question,
                                                    std::size_t numbers);

}  // namespace culprit::server
