#include "notify/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"

namespace culprit {

namespace {

constexpr std::size_t kBytesMax = 64 << 10;

Result<std::string> checked(std::string value, const std::string& reference) {
  if (value.empty()) return fail(ErrorCode::kCredentials, "is empty", reference);
  const bool odd =
      std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (odd || value.size() > kBytesMax)
    return fail(ErrorCode::kCredentials,
                "holds something that is no key or address (control characters, or too long)", reference);
  return value;
}

}  // namespace

std::optional<std::string> getenv_of_process(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

bool is_secret_reference(std::string_view text) {
  return text.starts_with("env:") || text.starts_with("file:");
}

Result<std::string> resolve_secret(const std::string& reference, const Getenv& getenv) {
  if (reference.starts_with("env:")) {
    auto value = getenv(reference.substr(4));
    if (!value)
      return fail(ErrorCode::kCredentials,
                  fmt::format("the environment variable {} is not set", reference.substr(4)), reference,
                  "Set it for this process; a systemd unit reads it from its EnvironmentFile.");
    return checked(std::move(*value), reference);
  }
  if (!reference.starts_with("file:")) return reference;
  auto text = read_file(reference.substr(5));
  if (!text) return fail(ErrorCode::kCredentials, text.error().what, reference, text.error().hint);
  text->erase(std::min(text->find_first_of("\r\n"), text->size()));
  return checked(std::move(*text), reference);
}

}  // namespace culprit
