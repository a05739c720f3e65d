// Digits in text, many bytes at once: where the next one stands, how long a run is, what number it is.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace culprit::engine {

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

enum CharClass : std::uint8_t { kOther = 0, kDigit = 1, kHexLetter = 2, kLetter = 4 };
constexpr std::array<std::uint8_t, 256> make_char_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = c <= 'f' ? kHexLetter : kLetter;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = c <= 'F' ? kHexLetter : kLetter;
  return classes;
}
inline constexpr auto kCharClasses = make_char_classes();
inline std::uint8_t char_class(char c) { return kCharClasses[static_cast<unsigned char>(c)]; }
inline bool is_word(char c) { return char_class(c) != kOther; }

// The first digit in [p, end), or end.
inline const char* next_digit(const char* p, const char* end) {
#if defined(__SSE2__)
  const __m128i zero = _mm_set1_epi8('0');
  const __m128i nine = _mm_set1_epi8(9);
  while (end - p >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i from_zero = _mm_sub_epi8(bytes, zero);
    const auto mask =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(from_zero, nine), from_zero)));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  while (p < end && !is_digit(*p)) ++p;
  return p;
}

// The end of the run of digits at p.
inline const char* digits_end(const char* p, const char* end) {
  while (p < end && is_digit(*p)) ++p;
  return p;
}

// Up to 18 digits.
inline std::uint64_t digits_value(const char* p, const char* end) {
  std::uint64_t value = 0;
  while (p < end) value = value * 10 + static_cast<std::uint64_t>(*p++ - '0');
  return value;
}

// Up to 8 digits at the start of 8 readable bytes: how many, and their number. (Eight digits by three
// multiplications: D. Lemire's and others' well-known trick.)
inline unsigned short_number(const char* p, std::uint32_t& value) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, p, 8);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  const std::uint64_t from_zero = bytes ^ 0x3030303030303030U;
  // A byte is a digit when its high nibble is now 0 and adding 6 keeps it so.
  const std::uint64_t bad = ((from_zero + 0x0606060606060606U) | from_zero) & 0xf0f0f0f0f0f0f0f0U;
  const unsigned count = bad == 0 ? 8U : static_cast<unsigned>(std::countr_zero(bad)) / 8;
  if (count == 0) return 0;
  std::uint64_t v = from_zero << (8 * (8 - count));
  v = (v * 10 + (v >> 8)) & 0x00ff00ff00ff00ffU;
  v = (v * 100 + (v >> 16)) & 0x0000ffff0000ffffU;
  v = v * 10000 + (v >> 32);
  value = static_cast<std::uint32_t>(v);
  return count;
}

constexpr std::array<std::uint64_t, 20> make_powers_of_ten() {
  std::array<std::uint64_t, 20> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
inline constexpr auto kPowersOfTen = make_powers_of_ten();

// The number of the digits at p, which then stands behind them; of more than 19 digits, any number.
inline std::uint64_t leading_number(const char*& p, const char* end) {
  if (end - p >= 8) {
    std::uint32_t value = 0;
    const unsigned digits = short_number(p, value);
    if (digits < 8) {
      p += digits;
      return digits == 0 ? 0 : value;
    }
  }
  const char* const begin = p;
  p = digits_end(p, end);
  return digits_value(begin, p);
}

inline constexpr char kDigitPairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

// Digits of the value, right-aligned before `end`; returns where they begin.
inline char* digits_before(std::uint64_t value, char* end) {
  while (value >= 100) {
    end -= 2;
    std::memcpy(end, kDigitPairs + 2 * (value % 100), 2);
    value /= 100;
  }
  if (value >= 10) {
    end -= 2;
    std::memcpy(end, kDigitPairs + 2 * value, 2);
  } else {
    *--end = static_cast<char>('0' + value);
  }
  return end;
}

}  // namespace culprit::engine
