#include "engine/regex_program.h"

#include <memory>

namespace culprit::engine {

namespace {

using Kind = RegexProgram::Kind;

constexpr unsigned kDepthMax = 50;
constexpr unsigned kNoEnd = ~0U;
constexpr unsigned kRepeatsMax = 1000;

struct Node {
  enum class Kind : std::uint8_t { kBytes, kAssert, kSequence, kChoice, kRepeat };
  Kind kind = Kind::kSequence;
  ByteSet bytes;
  RegexProgram::Kind assert = RegexProgram::Kind::kBegin;
  std::vector<Node> parts;
  unsigned low = 1;
  unsigned high = 1;  // kRepeat; kNoEnd: any number
};

void set_range(ByteSet& bytes, unsigned char low, unsigned char high) {
  for (unsigned c = low; c <= high; ++c) bytes.set(c);
}

// \d \w \s and their opposites; false for another letter.
bool class_of(char letter, ByteSet& bytes) {
  ByteSet of;
  switch (letter | 32) {
    case 'd':
      set_range(of, '0', '9');
      break;
    case 'w':
      of = word_bytes();
      break;
    case 's':
      for (const unsigned char c : {' ', '\t', '\n', '\f', '\r'}) of.set(c);
      break;
    default:
      return false;
  }
  bytes |= letter < 'a' ? ~of : of;
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Node> parse() {
    if (text_.substr(0, 4) == "(?i)") {
      ignore_case_ = true;
      at_ = 4;
    }
    Node node = choice(0);
    if (!ok_ || more()) return std::nullopt;
    return node;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  bool next_is(char c) const { return more() && text_[at_] == c; }
  bool take_if(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  char take() { return more() ? text_[at_++] : (ok_ = false, '\0'); }

  void add(ByteSet& bytes, unsigned char c) const {
    bytes.set(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (ignore_case_ && letter) bytes.set(c ^ 32U);
  }

  Node choice(unsigned depth) {
    Node out;
    out.kind = Node::Kind::kChoice;
    if (depth > kDepthMax) ok_ = false;
    do out.parts.push_back(sequence(depth));
    while (ok_ && take_if('|'));
    return out.parts.size() == 1 ? std::move(out.parts[0]) : std::move(out);
  }
  Node sequence(unsigned depth) {
    Node out;
    while (ok_ && more() && text_[at_] != '|' && text_[at_] != ')') {
      Node part = atom(depth);
      if (ok_) out.parts.push_back(repeated(std::move(part)));
    }
    return out;
  }
  Node group(unsigned depth) {
    if (take_if('?') && !take_if(':')) ok_ = false;
    Node out = choice(depth + 1);
    if (!take_if(')')) ok_ = false;
    return out;
  }
  static Node of_assert(RegexProgram::Kind kind) {
    Node out;
    out.kind = Node::Kind::kAssert;
    out.assert = kind;
    return out;
  }
  static Node of_bytes(const ByteSet& bytes) {
    Node out;
    out.kind = Node::Kind::kBytes;
    out.bytes = bytes;
    return out;
  }
  Node atom(unsigned depth) {
    ByteSet bytes;
    const char c = take();
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        bracket(bytes);
        return of_bytes(bytes);
      case '.':
        return of_bytes(bytes.set());
      case '^':
        return of_assert(Kind::kBegin);
      case '$':
        return of_assert(Kind::kEnd);
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        ok_ = false;
        return {};
      default:
        if (static_cast<unsigned char>(c) >= 128) ok_ = false;
        add(bytes, static_cast<unsigned char>(c));
        return of_bytes(bytes);
    }
  }
  Node escape() {
    const char c = take();
    ByteSet bytes;
    if (c == 'b') return of_assert(Kind::kBoundary);
    if (c == 'B') return of_assert(Kind::kInside);
    if (c == 'A') return of_assert(Kind::kBegin);
    if (c == 'z') return of_assert(Kind::kEnd);
    if (!class_of(c, bytes)) escaped_byte(c, bytes);
    return of_bytes(bytes);
  }
  // Control characters and punctuation.
  unsigned char escaped_byte(char c, ByteSet& bytes) {
    unsigned char byte = static_cast<unsigned char>(c);
    if (c == 't')
      byte = '\t';
    else if (c == 'n')
      byte = '\n';
    else if (c == 'r')
      byte = '\r';
    else if (c == 'f')
      byte = '\f';
    else if (c <= ' ' || c > '~' || word_bytes()[byte])
      ok_ = false;
    if (ok_) bytes.set(byte);
    return byte;
  }
  void bracket(ByteSet& bytes) {
    const bool negated = take_if('^');
    for (bool first = true; ok_ && (first || !next_is(']')); first = false) range(bytes);
    take();  // the "]"
    if (negated) bytes.flip();
  }
  void range(ByteSet& bytes) {
    const char c = take();
    if (c == '\\') {
      const char letter = take();
      if (class_of(letter, bytes)) {
        if (next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') ok_ = false;
        return;
      }
      escaped_byte(letter, bytes);
      if (next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') ok_ = false;
      return;
    }
    // "[:alpha:]", bytes beyond ASCII and odd ranges are left to RE2.
    if (c == '[' || c == ']' || static_cast<unsigned char>(c) >= 128) ok_ = false;
    char high = c;
    if (next_is('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      ++at_;
      high = take();
      if (high == '\\' || high == '[' || static_cast<unsigned char>(high) >= 128 || high < c) ok_ = false;
    }
    for (int b = c; ok_ && b <= high; ++b) add(bytes, static_cast<unsigned char>(b));
  }
  unsigned number() {
    unsigned value = 0;
    const std::size_t begin = at_;
    while (more() && text_[at_] >= '0' && text_[at_] <= '9' && value <= kRepeatsMax)
      value = value * 10 + static_cast<unsigned>(text_[at_++] - '0');
    if (at_ == begin || value > kRepeatsMax) ok_ = false;
    return value;
  }
  Node repeated(Node part) {
    Node out;
    out.kind = Node::Kind::kRepeat;
    if (take_if('*')) {
      out.low = 0;
      out.high = kNoEnd;
    } else if (take_if('+')) {
      out.high = kNoEnd;
    } else if (take_if('?')) {
      out.low = 0;
    } else if (take_if('{')) {
      out.low = out.high = number();
      if (take_if(',')) out.high = next_is('}') ? kNoEnd : number();
      if (!take_if('}') || out.high < out.low) ok_ = false;
    } else {
      return part;
    }
    take_if('?');  // lazy: of no matter to whether something matches
    if (more() && std::string_view("*+?{").find(text_[at_]) != std::string_view::npos) ok_ = false;
    out.parts.push_back(std::move(part));
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
  bool ignore_case_ = false;
};

// Written from the end: each part is given what follows it.
class Writer {
 public:
  explicit Writer(RegexProgram& out) : out_(out) {}
  bool ok() const { return ok_; }

  std::uint32_t add(RegexProgram::Kind kind, std::uint32_t next, std::uint32_t other = 0) {
    if (out_.steps.size() >= kProgramStepsMax) {
      ok_ = false;
      return 0;
    }
    RegexProgram::Step step;
    step.kind = kind;
    step.next = next;
    step.other = other;
    out_.steps.push_back(step);
    return static_cast<std::uint32_t>(out_.steps.size() - 1);
  }
  std::uint32_t write(const Node& node, std::uint32_t next) {
    if (!ok_) return 0;
    switch (node.kind) {
      case Node::Kind::kBytes: {
        const std::uint32_t step = add(Kind::kBytes, next);
        if (ok_) out_.steps[step].bytes = node.bytes;
        return step;
      }
      case Node::Kind::kAssert:
        out_.asks_words = out_.asks_words || node.assert == Kind::kBoundary || node.assert == Kind::kInside;
        out_.asks_begin = out_.asks_begin || node.assert == Kind::kBegin;
        return add(node.assert, next);
      case Node::Kind::kSequence:
        for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) next = write(*part, next);
        return next;
      case Node::Kind::kChoice: {
        std::uint32_t first = write(node.parts.back(), next);
        for (std::size_t i = node.parts.size() - 1; i-- > 0;)
          first = add(Kind::kFork, write(node.parts[i], next), first);
        return first;
      }
      case Node::Kind::kRepeat:
        return repeat(node, next);
    }
    return next;
  }

 private:
  std::uint32_t repeat(const Node& node, std::uint32_t next) {
    const Node& part = node.parts[0];
    std::uint32_t at = next;
    if (node.high == kNoEnd) {
      at = add(Kind::kFork, 0, next);
      const std::uint32_t loop = write(part, at);
      if (ok_) out_.steps[at].next = loop;
    } else {
      for (unsigned i = node.low; i < node.high && ok_; ++i) at = add(Kind::kFork, write(part, at), next);
    }
    for (unsigned i = 0; i < node.low && ok_; ++i) at = write(part, at);
    return at;
  }

  RegexProgram& out_;
  bool ok_ = true;
};

}  // namespace

const ByteSet& word_bytes() {
  static const ByteSet bytes = [] {
    ByteSet b;
    set_range(b, '0', '9');
    set_range(b, 'a', 'z');
    set_range(b, 'A', 'Z');
    b.set('_');
    return b;
  }();
  return bytes;
}

std::optional<RegexProgram> RegexProgram::parse(std::string_view pattern) {
  const auto node = Parser(pattern).parse();
  if (!node) return std::nullopt;
  RegexProgram out;
  Writer writer(out);
  out.start = writer.write(*node, writer.add(Kind::kMatch, 0));
  if (!writer.ok()) return std::nullopt;
  return out;
}

}  // namespace culprit::engine
