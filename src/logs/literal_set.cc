#include "logs/literal_set.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <vector>

namespace culprit {

namespace {

// A literal that begins with a zero byte, which Vectorscan's functions for literals take for an empty one.
// Its functions for expressions are no way out: in 5.4.9 the expression \x7d alone, caseless and told once,
// is not found in "}}". Such literals are rare and looked for one by one.
struct ZeroLed {
  Literal literal;
  std::uint32_t index = 0;
};

// Vectorscan 5.4.9 overlooks matches of small sets of short literals on x86: of {"R", "RR"} it finds none in
// 80 times 'x' followed by "RR". It turns such sets into an automaton whose acceleration is at fault
// (https://github.com/VectorCamp/vectorscan/issues/317). A long literal in the set makes it choose its
// literal matchers, which are right; single literals have a matcher of their own.
constexpr std::string_view kGuard = "\x01\x02\x7f<>\x03\x04\x05\x06zq\x07";
constexpr unsigned kGuardId = 0xffffffff;

bool same(const char* text, const Literal& literal) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(literal.text.begin(), literal.text.end(), text,
                    [&](char a, char b) { return literal.ignore_case ? lower(a) == lower(b) : a == b; });
}

void find_zero_led(const ZeroLed& wanted, std::string_view text, LiteralSet::Found found, void* state) {
  const auto size = wanted.literal.text.size();
  for (auto at = text.find('\0'); at != std::string_view::npos && at + size <= text.size();
       at = text.find('\0', at + 1)) {
    if (!same(text.data() + at, wanted.literal)) continue;
    found(state, wanted.index, at + size);
    if (wanted.literal.once) return;
  }
}

}  // namespace

struct LiteralSet::Compiled {
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { hs_free_database(database); }
  hs_database_t* database = nullptr;  // null when there are no literals for it
  std::vector<ZeroLed> zero_led;
};

struct LiteralSet::Scratch {
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { hs_free_scratch(scratch); }
  hs_scratch_t* scratch = nullptr;
};

LiteralSet::LiteralSet() : scratch_(std::make_unique<Scratch>()) {}
LiteralSet::LiteralSet(LiteralSet&&) noexcept = default;
LiteralSet& LiteralSet::operator=(LiteralSet&&) noexcept = default;
LiteralSet::~LiteralSet() = default;

LiteralSet::LiteralSet(const LiteralSet& other)
    : compiled_(other.compiled_), scratch_(std::make_unique<Scratch>()) {
  if (other.scratch_->scratch != nullptr &&
      hs_clone_scratch(other.scratch_->scratch, &scratch_->scratch) != HS_SUCCESS)
    throw std::bad_alloc();
}

LiteralSet& LiteralSet::operator=(const LiteralSet& other) {
  if (this != &other) *this = LiteralSet(other);
  return *this;
}

Result<LiteralSet> LiteralSet::make(std::span<const Literal> literals) {
  LiteralSet out;
  auto compiled = std::make_shared<Compiled>();
  std::vector<const char*> texts;
  std::vector<unsigned> flags, ids;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    const auto& text = literals[i].text;
    if (text.empty()) return fail(ErrorCode::kInput, "an empty literal would match everything");
    if (text.front() == '\0') {
      compiled->zero_led.push_back({literals[i], static_cast<std::uint32_t>(i)});
      continue;
    }
    texts.push_back(text.data());
    sizes.push_back(text.size());
    flags.push_back((literals[i].ignore_case ? HS_FLAG_CASELESS : 0U) |
                    (literals[i].once ? HS_FLAG_SINGLEMATCH : 0U));
    ids.push_back(static_cast<unsigned>(i));
  }
  if (texts.size() > 1) {
    texts.push_back(kGuard.data());
    sizes.push_back(kGuard.size());
    flags.push_back(HS_FLAG_SINGLEMATCH);
    ids.push_back(kGuardId);
  }
  if (!texts.empty()) {
    hs_compile_error_t* error = nullptr;
    const auto status = hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                                             static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                                             &compiled->database, &error);
    if (status != HS_SUCCESS) {
      const std::string why =
          error != nullptr && error->message != nullptr ? error->message : "unknown reason";
      const int which = error != nullptr ? error->expression : -1;
      hs_free_compile_error(error);
      return fail(ErrorCode::kInput, fmt::format("literal cannot be searched for: {}", why),
                  which >= 0 ? std::string(texts[static_cast<std::size_t>(which)],
                                           sizes[static_cast<std::size_t>(which)])
                             : std::string());
    }
    if (hs_alloc_scratch(compiled->database, &out.scratch_->scratch) != HS_SUCCESS)
      return fail(ErrorCode::kInternal, "no memory for the pattern search");
  }
  out.compiled_ = std::move(compiled);
  return out;
}

void LiteralSet::find(std::string_view text, Found found, void* state) const {
  for (const auto& wanted : compiled_->zero_led) find_zero_led(wanted, text, found, state);
  if (compiled_->database == nullptr || text.empty()) return;
  struct Call {
    Found found;
    void* state;
  };
  // Vectorscan counts in 32 bits; events are far smaller.
  const auto size = static_cast<unsigned>(std::min<std::size_t>(text.size(), 0x7fffffff));
  Call call{found, state};
  hs_scan(
      compiled_->database, text.data(), size, 0, scratch_->scratch,
      [](unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
        auto& c = *static_cast<Call*>(context);
        if (id != kGuardId) c.found(c.state, id, static_cast<std::size_t>(to));
        return 0;
      },
      &call);
}

}  // namespace culprit
