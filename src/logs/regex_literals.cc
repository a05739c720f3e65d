#include "logs/regex_literals.h"

#include <algorithm>
#include <bitset>
#include <limits>
#include <optional>

namespace culprit {

namespace {

constexpr std::size_t kExactMax = 16;         // strings kept apart while an expression is joined
constexpr std::size_t kNeedleBytesMax = 128;  // longer runs are cut: still necessary
constexpr std::size_t kClassMax = 4;          // bigger classes are "any character"
constexpr std::size_t kCopiesMax = 4;         // of a repeated part
constexpr int kDepthMax = 100;
constexpr int kUnbounded = std::numeric_limits<int>::max();

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

using Strings = std::vector<Needle>;  // alternatives; they may be empty (an anchor matches "")

// What is known of one part of an expression.
struct Part {
  // Set when the part matches nothing but these strings; nothing else is set then.
  std::optional<Strings> exact;
  // Otherwise: it begins and ends with one of these, and holds what is needed.
  Strings head = {Needle{}};
  Strings tail = {Needle{}};
  NecessaryLiterals needs;
};

Part any_text() { return {}; }
Part text(std::string bytes, bool ignore_case = false) {
  Part part;
  part.exact = Strings{{std::move(bytes), ignore_case}};
  return part;
}

void unite(Strings& set, const Strings& more) {
  set.insert(set.end(), more.begin(), more.end());
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

void need(NecessaryLiterals& needs, const Strings& any_of) {
  const bool empty =
      std::any_of(any_of.begin(), any_of.end(), [](const Needle& n) { return n.text.empty(); });
  if (!empty) needs.add(NecessaryLiterals{{any_of}});
}

// The needs of a part that is joined with nothing.
NecessaryLiterals settled(const Part& part) {
  NecessaryLiterals out;
  if (part.exact) {
    need(out, *part.exact);
    return out;
  }
  need(out, part.head);
  out.add(part.needs);
  need(out, part.tail);
  return out;
}

// Every string of one set before every string of another; nullopt when these are too many or too long.
std::optional<Strings> joined(const Strings& first, const Strings& second) {
  if (first.size() * second.size() > kExactMax) return std::nullopt;
  Strings out;
  for (const auto& a : first)
    for (const auto& b : second) {
      if (a.text.size() + b.text.size() > kNeedleBytesMax) return std::nullopt;
      unite(out, {{a.text + b.text, a.ignore_case || b.ignore_case}});
    }
  return out;
}

// Parts one after the other.
class Sequence {
 public:
  void add(const Part& part) {
    append(part.exact ? *part.exact : part.head);
    if (part.exact) return;
    settle();
    out_.needs.add(part.needs);
    run_ = part.tail;
  }

  Part finish() {
    if (whole_) {
      out_.exact = std::move(run_);
    } else {
      out_.tail = std::move(run_);
    }
    return std::move(out_);
  }

 private:
  void append(const Strings& strings) {
    if (auto longer = joined(run_, strings)) {
      run_ = std::move(*longer);
      return;
    }
    settle();
    run_ = strings;
  }

  void settle() {
    if (whole_)
      out_.head = run_;
    else
      need(out_.needs, run_);
    whole_ = false;
  }

  Strings run_ = {Needle{}};  // what stands last
  bool whole_ = true;         // nothing but the run so far
  Part out_;
};

Part either_part(const Part& a, const Part& b) {
  Part out;
  if (a.exact && b.exact) {
    auto both = *a.exact;
    unite(both, *b.exact);
    if (both.size() <= kExactMax) {
      out.exact = std::move(both);
      return out;
    }
  }
  out.needs = either(settled(a), settled(b));
  return out;
}

Part repeated(const Part& part, int least, int most) {
  if (least == 0) {
    Part maybe;
    if (most != 1 || !part.exact || part.exact->size() >= kExactMax) return maybe;
    maybe.exact = *part.exact;
    unite(*maybe.exact, {Needle{}});
    return maybe;
  }
  Sequence copies;
  const auto count = std::min(static_cast<std::size_t>(least), kCopiesMax);
  for (std::size_t i = 0; i < count; ++i) copies.add(part);
  Part out = copies.finish();
  if ((most == least && static_cast<std::size_t>(least) == count) || !out.exact) return out;
  out.head = out.tail = *out.exact;
  out.exact.reset();
  return out;
}

class RegexReader {
 public:
  explicit RegexReader(std::string_view pattern) : pattern_(pattern) {}

  NecessaryLiterals read() {
    const Part all = alternatives(0);
    if (failed_ || at_ != pattern_.size()) return {};
    return settled(all);
  }

 private:
  bool more() const { return at_ < pattern_.size(); }
  char peek() const { return pattern_[at_]; }
  bool eat(std::string_view expected) {
    if (!pattern_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  Part give_up() {
    failed_ = true;
    at_ = pattern_.size();
    return any_text();
  }

  Part alternatives(int depth) {
    if (depth > kDepthMax) return give_up();
    Part all = sequence(depth);
    while (eat("|")) all = either_part(all, sequence(depth));
    return all;
  }

  Part sequence(int depth) {
    Sequence out;
    while (more() && peek() != '|' && peek() != ')') {
      if (eat("\\Q")) {
        quoted(out);
        continue;
      }
      Part part = atom(depth);
      while (more() && repeat(part)) {
      }
      out.add(part);
    }
    return out.finish();
  }

  // \Q…\E; a repetition behind it belongs to its last character.
  void quoted(Sequence& out) {
    const auto end = std::min(pattern_.find("\\E", at_), pattern_.size());
    const auto inside = pattern_.substr(at_, end - at_);
    at_ = std::min(end + 2, pattern_.size());
    for (std::size_t i = 0; i < inside.size(); ++i) {
      Part part = literal(inside[i]);
      if (i + 1 == inside.size())
        while (more() && repeat(part)) {
        }
      out.add(part);
    }
  }

  // Applies a repetition that follows; false when none does.
  bool repeat(Part& part) {
    if (eat("*")) {
      part = any_text();
    } else if (eat("+")) {
      part = repeated(part, 1, kUnbounded);
    } else if (eat("?")) {
      part = repeated(part, 0, 1);
    } else {
      const auto bounds = counted();
      if (!bounds) return false;
      part = repeated(part, bounds->first, bounds->second);
    }
    eat("?");  // the lazy form finds the same texts
    return true;
  }

  std::optional<int> number() {
    int value = 0;
    const auto begin = at_;
    while (more() && is_digit(peek()) && at_ - begin < 6) value = value * 10 + (pattern_[at_++] - '0');
    return at_ > begin ? std::optional(value) : std::nullopt;
  }

  // {n}, {n,} or {n,m}; anything else that begins with a brace is text.
  std::optional<std::pair<int, int>> counted() {
    const auto begin = at_;
    if (eat("{")) {
      if (const auto least = number()) {
        if (eat("}")) return std::pair(*least, *least);
        if (eat(",")) {
          if (eat("}")) return std::pair(*least, kUnbounded);
          const auto most = number();
          if (most && eat("}")) return std::pair(*least, *most);
        }
      }
    }
    at_ = begin;
    return std::nullopt;
  }

  Part literal(char c) const {
    if (!ignore_case_) return text(std::string(1, c));
    if (!is_ascii(c)) return any_text();  // its other case is another byte
    return text(std::string(1, c), is_letter(c));
  }

  Part atom(int depth) {
    const char c = pattern_[at_++];
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return char_class();
      case '.':
        return any_text();
      case '^':
      case '$':
        return text("");
      case '\\':
        return escape();
      default:
        return literal(c);
    }
  }

  Part group(int depth) {
    const bool saved = ignore_case_;
    if (eat("?")) {
      if (eat("P<") || eat("<")) {
        const auto end = pattern_.find('>', at_);
        if (end == std::string_view::npos) return give_up();
        at_ = end + 1;
      } else if (const auto flags = read_flags()) {
        if (*flags == ')') return text("");  // holds to the end of the group around it
      } else {
        return give_up();
      }
    }
    Part inside = alternatives(depth + 1);
    if (!eat(")")) return give_up();
    ignore_case_ = saved;
    return inside;
  }

  // "i-s:" or "i)"; gives the closing character.
  std::optional<char> read_flags() {
    bool on = true;
    while (more()) {
      const char c = pattern_[at_++];
      if (c == ':' || c == ')') return c;
      if (c == '-') {
        on = false;
      } else if (c == 'i') {
        ignore_case_ = on;
      } else if (c != 'm' && c != 's' && c != 'U') {
        break;
      }
    }
    return std::nullopt;
  }

  // The character of an escape that stands for one; nullopt otherwise (at_ is then unchanged).
  std::optional<char> escaped_char() {
    const char c = peek();
    const auto one = [&](char value) {
      ++at_;
      return std::optional(value);
    };
    switch (c) {
      case 'n':
        return one('\n');
      case 't':
        return one('\t');
      case 'r':
        return one('\r');
      case 'f':
        return one('\f');
      case 'v':
        return one('\v');
      case 'a':
        return one('\a');
      case 'x':
        return hex_char();
      default:
        break;
    }
    if (is_letter(c) || is_digit(c) || c == '_') return std::nullopt;
    return one(c);
  }

  std::optional<char> hex_char() {
    const auto begin = at_++;
    const bool braces = eat("{");
    int value = 0, digits = 0;
    while (more() && hex_digit(peek()) >= 0 && digits < (braces ? 4 : 2)) {
      value = value * 16 + hex_digit(pattern_[at_++]);
      ++digits;
    }
    if (digits > 0 && value <= 0xff && (!braces || eat("}"))) return static_cast<char>(value);
    at_ = begin;
    return std::nullopt;
  }

  Part escape() {
    if (!more()) return give_up();
    if (const auto c = escaped_char()) return literal(*c);
    switch (pattern_[at_++]) {
      case 'd':
      case 'D':
      case 's':
      case 'S':
      case 'w':
      case 'W':
      case 'C':
        return any_text();
      case 'b':
      case 'B':
      case 'A':
      case 'z':
        return text("");
      default:
        return give_up();
    }
  }

  // One member of a class: its character, or nullopt for a set (\d, [:alpha:]) or what is not understood.
  std::optional<char> class_member() {
    if (eat("[:")) {
      const auto end = pattern_.find(":]", at_);
      if (end == std::string_view::npos) {
        give_up();
      } else {
        at_ = end + 2;
      }
      return std::nullopt;
    }
    const char c = pattern_[at_++];
    if (c != '\\') return c;
    if (!more()) {
      give_up();
      return std::nullopt;
    }
    if (const auto escaped = escaped_char()) return escaped;
    const char name = pattern_[at_++];
    if (std::string_view("dDsSwW").find(name) == std::string_view::npos) give_up();
    return std::nullopt;
  }

  Part char_class() {
    bool known = !eat("^");
    std::bitset<256> members;
    for (bool first = true; !failed_; first = false) {
      if (!more()) return give_up();
      if (peek() == ']' && !first) break;
      const auto from = class_member();
      auto to = from;
      if (at_ + 1 < pattern_.size() && peek() == '-' && pattern_[at_ + 1] != ']') {
        ++at_;
        to = class_member();
      }
      known = known && from && to;
      if (!known) continue;
      for (int c = static_cast<unsigned char>(*from); c <= static_cast<unsigned char>(*to); ++c)
        members.set(static_cast<std::size_t>(c));
    }
    if (failed_) return any_text();
    ++at_;
    return known ? of_members(members) : any_text();
  }

  Part of_members(const std::bitset<256>& members) const {
    Strings exact;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!members[i]) continue;
      const auto c = static_cast<char>(i);
      if (ignore_case_ && !is_ascii(c)) return any_text();
      const bool both = is_letter(c) && (ignore_case_ || members[i ^ 0x20]);
      const auto shown = both ? static_cast<char>(i | 0x20) : c;
      unite(exact, {Needle{std::string(1, shown), both}});
      if (exact.size() > kClassMax) return any_text();
    }
    Part out;
    if (!exact.empty()) out.exact = std::move(exact);
    return out;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool ignore_case_ = false;
  bool failed_ = false;
};

}  // namespace

NecessaryLiterals regex_literals(std::string_view pattern) { return RegexReader(pattern).read(); }

}  // namespace culprit
