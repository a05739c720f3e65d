// Functions of IP addresses.
#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>

#include "insights/functions.h"

namespace culprit::insights {

namespace {

using Arguments = std::span<const Value>;

struct Address {
  std::array<unsigned char, 16> bytes{};
  int size_bytes = 0;  // 4 or 16
};

std::optional<Address> address_in(std::string_view text) {
  if (text.empty() || text.size() > 45) return std::nullopt;
  const std::string owned(text);
  Address out;
  for (const auto& [family, size] : {std::pair{AF_INET, 4}, std::pair{AF_INET6, 16}})
    if (inet_pton(family, owned.c_str(), out.bytes.data()) == 1) {
      out.size_bytes = size;
      return out;
    }
  return std::nullopt;
}

std::optional<Address> address_of(const Value& value) { return address_in(text_of(value)); }

struct Subnet {
  Address address;
  int bits = 0;
};

std::optional<Subnet> subnet_in(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = address_in(text.substr(0, slash));
  if (!address) return std::nullopt;
  Subnet out{*address, address->size_bytes * 8};
  if (slash == std::string_view::npos) return out;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.bits);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  if (!whole || out.bits < 0 || out.bits > address->size_bytes * 8) return std::nullopt;
  return out;
}

bool inside(const Address& address, const Subnet& subnet) {
  if (address.size_bytes != subnet.address.size_bytes) return false;
  const auto whole = static_cast<std::size_t>(subnet.bits / 8);
  if (std::memcmp(address.bytes.data(), subnet.address.bytes.data(), whole) != 0) return false;
  const int rest = subnet.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xFF << (8 - rest));
  return ((address.bytes[whole] ^ subnet.address.bytes[whole]) & mask) == 0;
}

// Size 0: of either family.
template <int kSizeBytes>
Value is_valid(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0])) return {};
  const auto address = address_of(arguments[0]);
  return address && (kSizeBytes == 0 || address->size_bytes == kSizeBytes);
}

template <int kSizeBytes>
Value in_subnet(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0]) || is_missing(arguments[1])) return {};
  const auto address = address_of(arguments[0]);
  const auto subnet = subnet_in(text_of(arguments[1]));
  return address && subnet && (kSizeBytes == 0 || address->size_bytes == kSizeBytes) &&
         inside(*address, *subnet);
}

bool in_any(const Address& address, std::span<const std::string_view> subnets) {
  for (const auto& text : subnets)
    if (const auto subnet = subnet_in(text); subnet && inside(address, *subnet)) return true;
  return false;
}

// RFC 1918 and 4193
constexpr std::string_view kPrivate[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
// RFC 6890: what no host in the internet has.
constexpr std::string_view kReserved[] = {
    "0.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",    "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",  "::/128",
    "::1/128",       "100::/64",        "2001:db8::/32",  "fe80::/10",      "ff00::/8"};

Value is_private(Arguments arguments, const Moments&) {
  const auto address = address_of(arguments[0]);
  return is_missing(arguments[0]) ? Value() : Value(address && in_any(*address, kPrivate));
}
Value is_reserved(Arguments arguments, const Moments&) {
  const auto address = address_of(arguments[0]);
  return is_missing(arguments[0]) ? Value() : Value(address && in_any(*address, kReserved));
}
Value is_public(Arguments arguments, const Moments&) {
  const auto address = address_of(arguments[0]);
  if (is_missing(arguments[0])) return {};
  return address && !in_any(*address, kPrivate) && !in_any(*address, kReserved);
}

Value to_number(Arguments arguments, const Moments&) {
  const auto address = address_of(arguments[0]);
  if (!address || address->size_bytes != 4) return {};
  double out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out * 256 + address->bytes[i];
  return out;
}

constexpr Function kFunctions[] = {
    {"ipv4tonumber", 1, 1, to_number},      {"isipinsubnet", 2, 2, in_subnet<0>},
    {"isipv4insubnet", 2, 2, in_subnet<4>}, {"isipv6insubnet", 2, 2, in_subnet<16>},
    {"isprivateip", 1, 1, is_private},      {"ispublicip", 1, 1, is_public},
    {"isreservedip", 1, 1, is_reserved},    {"isvalidip", 1, 1, is_valid<0>},
    {"isvalidipv4", 1, 1, is_valid<4>},     {"isvalidipv6", 1, 1, is_valid<16>},
};

}  // namespace

std::span<const Function> address_functions() { return kFunctions; }

}  // namespace culprit::insights
