#include "logs/literal_set.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <vector>

namespace culprit {

namespace {

constexpr std::size_t kLiteralsMax = 60'000;  // their buckets are counted in 16 bits
constexpr std::size_t kLiteralBytesMax = 16UL << 20;
constexpr std::size_t kKeys = 65'536;
constexpr std::size_t kKeyedBytes = 3;

constexpr std::array<std::uint8_t, 256> kLower = [] {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(i >= 'A' && i <= 'Z' ? i - 'A' + 'a' : i);
  return out;
}();

std::uint8_t lower(char c) { return kLower[static_cast<std::uint8_t>(c)]; }

// A key of three characters made small, the last in the low byte.
std::uint32_t key_of(std::uint32_t three) { return (three & 0xffffff) * 2'654'435'761U >> 16; }

// A literal of a key. Its last character turns away most places that the key lets through by chance.
struct Candidate {
  std::uint32_t literal = 0;
  std::uint32_t size = 0;
  std::uint8_t last = 0;  // made small
};

bool stands_at(const char* text, const Literal& literal) {
  const auto& wanted = literal.text;
  if (!literal.ignore_case) return std::memcmp(text, wanted.data(), wanted.size()) == 0;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (lower(text[i]) != lower(wanted[i])) return false;
  return true;
}

// Which literals were told in one call.
class Told {
 public:
  explicit Told(std::size_t literals) {
    if (literals > few_.size() * 64) many_.resize((literals + 63) / 64);
    words_ = many_.empty() ? few_.data() : many_.data();
  }
  // False the first time.
  bool mark(std::uint32_t literal) {
    auto& word = words_[literal / 64];
    const auto bit = std::uint64_t{1} << (literal % 64);
    const bool before = (word & bit) != 0;
    word |= bit;
    return before;
  }

 private:
  std::array<std::uint64_t, 16> few_{};
  std::vector<std::uint64_t> many_;
  std::uint64_t* words_;
};

}  // namespace

// Every place of the text is asked whether its three characters, letters made small, begin a literal; where
// they may, the literals of that key are compared. Shorter literals have a pass of their own.
struct LiteralSet::Compiled {
  std::vector<Literal> literals;
  std::array<std::uint64_t, kKeys / 64> begins{};  // per key
  std::vector<std::uint16_t> bucket_of;            // per key, in `buckets`
  std::vector<std::vector<Candidate>> buckets;
  std::array<std::vector<Candidate>, 256> brief;  // literals of one or two bytes, by their first made small
  bool has_brief = false;

  Candidate candidate(std::uint32_t literal) const {
    const auto& text = literals[literal].text;
    return {literal, static_cast<std::uint32_t>(text.size()), lower(text.back())};
  }

  void add(std::uint32_t literal) {
    const auto& text = literals[literal].text;
    if (text.size() < kKeyedBytes) {
      brief[lower(text[0])].push_back(candidate(literal));
      has_brief = true;
      return;
    }
    const auto key =
        key_of(std::uint32_t{lower(text[0])} << 16 | std::uint32_t{lower(text[1])} << 8 | lower(text[2]));
    auto& word = begins[key / 64];
    const auto bit = std::uint64_t{1} << (key % 64);
    if ((word & bit) == 0) {
      word |= bit;
      bucket_of[key] = static_cast<std::uint16_t>(buckets.size());
      buckets.emplace_back();
    }
    buckets[bucket_of[key]].push_back(candidate(literal));
  }

  void tell(const std::vector<Candidate>& candidates, std::string_view text, std::size_t at, Told& told,
            Found found, void* state) const {
    for (const auto& candidate : candidates) {
      const auto end = at + candidate.size;
      if (end > text.size() || lower(text[end - 1]) != candidate.last) continue;
      const auto& literal = literals[candidate.literal];
      if (!stands_at(text.data() + at, literal)) continue;
      if (literal.once && told.mark(candidate.literal)) continue;
      found(state, candidate.literal, end);
    }
  }
};

Result<LiteralSet> LiteralSet::make(std::span<const Literal> literals) {
  if (literals.size() > kLiteralsMax)
    return fail(ErrorCode::kInput, fmt::format("{} texts to look for at once; at most {} are taken",
                                               literals.size(), kLiteralsMax));
  auto compiled = std::make_shared<Compiled>();
  compiled->literals.assign(literals.begin(), literals.end());
  compiled->bucket_of.resize(kKeys);
  for (std::uint32_t i = 0; i < literals.size(); ++i) {
    const auto& text = literals[i].text;
    if (text.empty()) return fail(ErrorCode::kInput, "an empty literal would match everything");
    if (text.size() > kLiteralBytesMax)
      return fail(ErrorCode::kInput, fmt::format("a text of {} bytes to look for; at most {} are taken",
                                                 text.size(), kLiteralBytesMax));
    compiled->add(i);
  }
  LiteralSet out;
  out.compiled_ = std::move(compiled);
  return out;
}

void LiteralSet::find(std::string_view text, Found found, void* state) const {
  const Compiled& set = *compiled_;
  if (set.literals.empty() || text.empty()) return;
  Told told(set.literals.size());
  if (set.has_brief)
    for (std::size_t at = 0; at < text.size(); ++at)
      if (const auto& candidates = set.brief[lower(text[at])]; !candidates.empty())
        set.tell(candidates, text, at, told, found, state);
  if (set.buckets.empty() || text.size() < kKeyedBytes) return;
  std::uint32_t three = std::uint32_t{lower(text[0])} << 8 | lower(text[1]);
  for (std::size_t end = 2; end < text.size(); ++end) {
    three = three << 8 | lower(text[end]);
    const auto key = key_of(three);
    if ((set.begins[key / 64] >> (key % 64) & 1) != 0)
      set.tell(set.buckets[set.bucket_of[key]], text, end - 2, told, found, state);
  }
}

}  // namespace culprit
