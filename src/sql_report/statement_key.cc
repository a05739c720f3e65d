#include "sql_report/statement_key.h"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace culprit {

namespace {

enum Class : std::uint8_t { kStop = 1, kDigit = 2, kName = 4, kBlank = 8 };

constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> out{};
  for (int c = 0; c < 256; ++c) {
    std::uint8_t bits = 0;
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    if (digit) bits |= kDigit | kStop;
    if (digit || letter || c == '$') bits |= kName;
    if (c == '\'' || c == '"' || c == '$' || c == '-' || c == '/' || c == '(' || c == '[') bits |= kStop;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == 0) bits |= kBlank;
    out[static_cast<std::size_t>(c)] = bits;
  }
  return out;
}();

bool in(char c, std::uint8_t bits) { return (kClasses[static_cast<unsigned char>(c)] & bits) != 0; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Multiply and fold, as wyhash does it (Wang Yi, https://github.com/wangyi-fudan/wyhash).
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15U;
constexpr std::uint64_t kPrime = 0xd6e8feb86659fd93U;

std::uint64_t load(const char* p, std::size_t size) {
  std::uint64_t out = 0;
  std::memcpy(&out, p, size);
  return out;
}

// Where the next byte stands that may begin something else than plain text.
const char* find_stop(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
    const __m128i shifted = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(9)), shifted);
    const __m128i quotes = _mm_or_si128(_mm_or_si128(is('\''), is('"')), _mm_or_si128(is('$'), is('-')));
    const __m128i others = _mm_or_si128(_mm_or_si128(is('/'), is('(')), _mm_or_si128(is('['), digit));
    const int mask = _mm_movemask_epi8(_mm_or_si128(quotes, others));
    if (mask != 0) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && !in(*p, kStop)) ++p;
  return p;
}

const char* find_byte(const char* p, const char* end, char wanted) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(wanted)));
    if (mask != 0) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && *p != wanted) ++p;
  return p;
}

#if defined(__SSE2__)
// Of sixteen bits; the instruction for it is not on every machine that this may run on.
unsigned bits_of(unsigned x) {
  x -= (x >> 1) & 0x5555U;
  x = (x & 0x3333U) + ((x >> 2) & 0x3333U);
  x = (x + (x >> 4)) & 0x0F0FU;
  return (x + (x >> 8)) & 0x1FU;
}
#endif

// Goes through "17, 4, 23, …" while it is written with digits, commas, and a space behind a comma at most;
// gives where the first element stands that was not passed over whole, and counts the commas before it. There
// is a byte before `p`.
const char* skip_plain_numbers(const char* p, const char* end, std::uint64_t& commas) {
#if defined(__SSE2__)
  unsigned digit_before = 1, comma_before = 0;  // of the byte before p: as if it were a digit
  if (p[-1] == ',') digit_before = 0, comma_before = 1;
  if (p[-1] == ' ' || p[-1] == '(') digit_before = 0;
  const char* passed = p;  // behind the last comma
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i shifted = _mm_sub_epi8(v, _mm_set1_epi8('0'));
    const auto mask = [](__m128i m) { return static_cast<unsigned>(_mm_movemask_epi8(m)); };
    const unsigned digits = mask(_mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(9)), shifted));
    const unsigned comma = mask(_mm_cmpeq_epi8(v, _mm_set1_epi8(',')));
    const unsigned space = mask(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    const unsigned bad = ~(digits | comma | space) | (comma & ~((digits << 1) | digit_before)) |
                         (space & ~((comma << 1) | comma_before));
    const unsigned sound = (bad & 0xFFFF) == 0 ? comma : comma & ((1u << __builtin_ctz(bad)) - 1);
    if (sound != 0) {
      commas += bits_of(sound);
      passed = p + (32 - __builtin_clz(sound));
    }
    if ((bad & 0xFFFF) != 0) break;
    digit_before = digits >> 15;
    comma_before = comma >> 15;
    p += 16;
  }
  return passed;
#else
  (void)end;
  (void)commas;
  return p;
#endif
}

// The end of a number as the tokenizer sees it: "12", "1.5", "1e-5", "0x1f", and what hangs on it.
const char* skip_number(const char* p, const char* end) {
  ++p;
  while (p < end && (in(*p, kName) || *p == '.' ||
                     ((*p == '-' || *p == '+') && lower(p[-1]) == 'e' && p + 1 < end && in(p[1], kDigit))))
    ++p;
  return p;
}

// Behind the closing quote; null when it never closes.
const char* skip_string(const char* p, const char* end) {
  for (++p;; p += 2) {
    p = find_byte(p, end, '\'');
    if (p >= end) return nullptr;
    if (p + 1 >= end || p[1] != '\'') return p + 1;
  }
}

class KeyReader {
 public:
  explicit KeyReader(std::string_view sql)
      : begin_(sql.data()), end_(sql.data() + sql.size()), p_(begin_), run_(begin_) {}

  StatementKey read() {
    out_.keyed = true;
    out_.lists_known = true;
    while (out_.keyed) {
      p_ = find_stop(p_, end_);
      if (p_ >= end_) break;
      stop();
    }
    close_run(0);
    out_.hash = hash_;
    return out_;
  }

 private:
  enum Mark : std::uint64_t { kLiteral = 0x11, kList = 0x22, kComment = 0x33, kFraction = 0x44 };

  void stop() {
    switch (*p_) {
      case '\'':
        string();
        break;
      case '"':
        p_ = find_byte(p_ + 1, end_, '"');
        if (p_ >= end_) out_.keyed = false;
        ++p_;
        break;
      case '$':
        parameter();
        break;
      case '-':
      case '/':
        comment();
        break;
      case '(':
        parenthesis();
        break;
      case '[':
        out_.lists_known = false;  // perhaps ARRAY[…]
        ++p_;
        break;
      default:
        number();
    }
  }

  void number() {
    if (p_ > run_ && in(p_[-1], kName)) {  // inside of a name: "t0_r1"
      while (p_ < end_ && in(*p_, kName)) ++p_;
      return;
    }
    const bool after_point = p_ > run_ && p_[-1] == '.';  // ".5": the point is part of it
    mark(after_point ? kFraction : kLiteral, skip_number(p_, end_));
  }

  void string() {
    // E'', B'', U&'' have rules of their own; after a name nothing else is likely.
    if (p_ > run_ && (in(p_[-1], kName) || p_[-1] == '&')) {
      out_.keyed = false;
      return;
    }
    const char* const after = skip_string(p_, end_);
    if (after == nullptr) {
      out_.keyed = false;
      return;
    }
    mark(kLiteral, after);
  }

  void parameter() {
    const bool in_name = p_ > run_ && in(p_[-1], kName);
    if (in_name || p_ + 1 >= end_ || !in(p_[1], kDigit)) {
      out_.keyed = in_name && out_.keyed;  // "$$ … $$", "$tag$ … $tag$"
      ++p_;
      return;
    }
    const char* q = p_ + 1;
    while (q < end_ && in(*q, kDigit)) ++q;
    mark(kLiteral, q);
  }

  void comment() {
    const char next = p_ + 1 < end_ ? p_[1] : '\0';
    if (*p_ == '-' && next == '-') {
      mark(kComment, find_byte(p_, end_, '\n'));
    } else if (*p_ == '/' && next == '*') {
      const std::string_view rest(p_ + 2, static_cast<std::size_t>(end_ - p_ - 2));
      const auto close = rest.find("*/");
      if (close == std::string_view::npos || rest.substr(0, close).find("/*") != std::string_view::npos) {
        out_.keyed = false;
        return;
      }
      mark(kComment, p_ + 2 + close + 2);
    } else {
      ++p_;
    }
  }

  void parenthesis() {
    if (behind_comment()) out_.lists_known = false;
    const bool list = word_before(p_, "in");
    const bool array = !list && (word_before(p_, "any") || word_before(p_, "all"));
    ++p_;
    if (array && (p_ >= end_ || *p_ != '$')) out_.lists_known = false;
    if (!list) return;
    std::uint64_t count = 0;
    if (const char* close = skip_list(p_, count)) {
      out_.list = std::max(out_.list, count);
      mark(kList, close);
      return;
    }
    const char* q = p_;
    while (q < end_ && in(*q, kBlank)) ++q;
    const auto begins = [&](std::string_view word) {
      return static_cast<std::size_t>(end_ - q) > word.size() && word_at(q, word) &&
             !in(q[word.size()], kName);
    };
    if (!begins("select") && !begins("with") && !begins("values")) out_.lists_known = false;
  }

  // Where the list's closing parenthesis stands when there is nothing but literals before it, else null.
  const char* skip_list(const char* p, std::uint64_t& count) const {
    std::uint64_t commas = 0;
    for (;;) {
      p = skip_plain_numbers(p, end_, commas);
      while (p < end_ && in(*p, kBlank)) ++p;
      if (p >= end_) return nullptr;
      if (*p == '\'') {
        p = skip_string(p, end_);
        if (p == nullptr) return nullptr;
      } else {
        const bool is_parameter = *p == '$';
        if (*p == '-' || is_parameter) ++p;
        if (p >= end_ || !in(*p, kDigit)) return nullptr;
        if (is_parameter)
          while (p < end_ && in(*p, kDigit)) ++p;
        else
          p = skip_number(p, end_);
      }
      while (p < end_ && in(*p, kBlank)) ++p;
      if (p >= end_) return nullptr;
      if (*p == ')') {
        count = commas + 1;
        return p;
      }
      if (*p != ',') return nullptr;
      ++commas;
      ++p;
      if (p >= end_) return nullptr;
    }
  }

  // A comment may part "IN" from its parenthesis.
  bool behind_comment() const {
    const char* q = p_;
    while (q > run_ && in(q[-1], kBlank)) --q;
    return q == run_ && last_mark_ == kComment;
  }

  static bool word_at(const char* p, std::string_view word) {
    return std::equal(word.begin(), word.end(), p, [](char a, char b) { return a == lower(b); });
  }

  // Whether the word stands before `at`, with blanks between at most.
  bool word_before(const char* at, std::string_view word) const {
    const char* q = at;
    while (q > begin_ && in(q[-1], kBlank)) --q;
    if (static_cast<std::size_t>(q - begin_) < word.size()) return false;
    q -= word.size();
    return word_at(q, word) && (q == begin_ || q == run_ || !in(q[-1], kName));
  }

  // Ends the plain text before p_, and goes on at `after`.
  void mark(Mark kind, const char* after) {
    close_run(kind);
    last_mark_ = kind;
    p_ = after;
    run_ = after;
  }

  void close_run(std::uint64_t kind) {
    const char* p = run_;
    const char* const end = std::min(p_, end_);
    const auto size = static_cast<std::size_t>(end - p);
    hash_ = mix(hash_ ^ (size << 8 | kind), kPrime);
    for (; end - p >= 8; p += 8) hash_ = mix(hash_ ^ load(p, 8), kPrime);
    if (p < end) hash_ = mix(hash_ ^ load(p, static_cast<std::size_t>(end - p)), kPrime);
  }

  const char* const begin_;
  const char* const end_;
  const char* p_;
  const char* run_;  // where the plain text began
  Mark last_mark_ = kLiteral;
  std::uint64_t hash_ = kSeed;
  StatementKey out_;
};

}  // namespace

StatementKey statement_key(std::string_view sql) { return KeyReader(sql).read(); }

}  // namespace culprit
