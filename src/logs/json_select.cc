#include "logs/json_select.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "logs/json_fields.h"

namespace culprit {

namespace {

constexpr std::size_t kDepthMax = 1000;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Walks JSON text and stops at the first byte that is none.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  void skip_space() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  bool eat(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool string() {
    if (!eat('"')) return false;
    while (!at_end()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  // A whole value, however deep, without recursion.
  bool value() {
    std::bitset<kDepthMax> is_object;  // of the containers that are open
    std::size_t depth = 0;
    for (;;) {
      skip_space();
      const char c = peek();
      if (c == '{' || c == '[') {
        ++at_;
        if (depth == kDepthMax) return false;
        is_object[depth++] = c == '{';
        skip_space();
        if (peek() != (c == '{' ? '}' : ']') || at_end()) {
          if (c == '{' && !key()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      // A value or a container's last one is read: close what closes, go on where more follows.
      for (;;) {
        if (depth == 0) return true;
        skip_space();
        if (eat(',')) {
          if (is_object[depth - 1] && !key()) return false;
          break;
        }
        if (!eat(is_object[depth - 1] ? '}' : ']')) return false;
        --depth;
      }
    }
  }

 private:
  bool escape() {
    if (at_end()) return false;
    const char c = text_[at_++];
    if (c == 'u') {
      for (int i = 0; i < 4; ++i)
        if (at_end() || !is_hex(text_[at_++])) return false;
      return true;
    }
    return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
  }

  bool key() {
    skip_space();
    if (!string()) return false;
    skip_space();
    return eat(':');
  }

  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  bool digits() {
    const auto begin = at_;
    while (is_digit(peek())) ++at_;
    return at_ > begin;
  }

  bool number() {
    eat('-');
    if (!eat('0') && !digits()) return false;
    if (eat('.') && !digits()) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return false;
    }
    return true;
  }

  bool scalar() {
    switch (peek()) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Members of an object or elements of an array, one after the other. `container` is valid JSON.
class JsonItems {
 public:
  explicit JsonItems(std::string_view container) : text_(container), scanner_(container) {
    scanner_.skip_space();
    open_ = scanner_.eat('{') || scanner_.eat('[');
  }

  bool next() {
    if (!open_) return false;
    scanner_.skip_space();
    scanner_.eat(',');
    scanner_.skip_space();
    if (text_.front() == '{') {
      const auto begin = scanner_.position();
      if (!scanner_.string()) return false;
      key_ = text_.substr(begin + 1, scanner_.position() - begin - 2);
      scanner_.skip_space();
      if (!scanner_.eat(':')) return false;
      scanner_.skip_space();
    }
    const auto begin = scanner_.position();
    if (!scanner_.value()) return open_ = false;
    value_ = text_.substr(begin, scanner_.position() - begin);
    return true;
  }

  std::string key() const {
    const std::string_view quoted(key_.data() - 1, key_.size() + 2);
    return json_text(quoted, quoted.size());
  }
  bool key_is(std::string_view name) const {
    return key_.find('\\') == std::string_view::npos ? key_ == name : key() == name;
  }
  std::string_view value() const { return value_; }

 private:
  std::string_view text_;
  JsonScanner scanner_;
  bool open_ = false;
  std::string_view key_, value_;
};

bool is_object(std::string_view value) { return value.starts_with('{'); }
bool is_array(std::string_view value) { return value.starts_with('['); }

// The value that one step without a wildcard leads to.
std::optional<std::string_view> follow(std::string_view value, const JsonStep& step) {
  std::optional<std::string_view> found;
  JsonItems items(value);
  if (step.kind == JsonStep::Kind::kName && is_object(value)) {
    while (items.next())
      if (items.key_is(step.name)) found = items.value();
  } else if (step.kind == JsonStep::Kind::kIndex && is_array(value)) {
    for (std::size_t i = 0; items.next(); ++i)
      if (i == step.index) return items.value();
  }
  return found;
}

// The values of an array, or of an object's members (of equal names the last).
std::vector<std::string_view> children(std::string_view container) {
  std::vector<std::string_view> out;
  std::unordered_map<std::string, std::size_t> place;  // of a name in `out`
  JsonItems items(container);
  while (items.next()) {
    if (is_object(container)) {
      const auto [at, added] = place.try_emplace(items.key(), out.size());
      if (!added) {
        out[at->second] = items.value();
        continue;
      }
    }
    out.push_back(items.value());
  }
  return out;
}

bool select(std::string_view value, const JsonSelector& selector, std::size_t from,
            const std::function<bool(std::string_view)>& wanted) {
  for (std::size_t i = from; i < selector.size(); ++i) {
    const auto& step = selector[i];
    const bool members = step.kind == JsonStep::Kind::kAnyMember;
    if (members || step.kind == JsonStep::Kind::kAnyElement) {
      if (members ? !is_object(value) : !is_array(value)) return false;
      const auto values = children(value);
      return std::any_of(values.begin(), values.end(),
                         [&](std::string_view child) { return select(child, selector, i + 1, wanted); });
    }
    const auto next = follow(value, step);
    if (!next) return false;
    value = *next;
  }
  return wanted(value);
}

}  // namespace

JsonSelector dotted_selector(std::string_view name) {
  JsonSelector out;
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, dot);
    name.remove_prefix(std::min(name.size(), dot + 1));
    JsonStep step;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), step.index);
    const bool number = error == std::errc{} && end == part.data() + part.size();
    step.kind = number ? JsonStep::Kind::kIndex : JsonStep::Kind::kName;
    step.name = part;
    out.push_back(std::move(step));
  }
  return out;
}

bool is_json_document(std::string_view text) {
  JsonScanner scanner(text);
  scanner.skip_space();
  if (scanner.peek() != '{' && scanner.peek() != '[') return false;
  if (!scanner.value()) return false;
  scanner.skip_space();
  return scanner.at_end();
}

bool select_json(std::string_view document, const JsonSelector& selector,
                 const std::function<bool(std::string_view)>& wanted) {
  while (!document.empty() && is_space(document.front())) document.remove_prefix(1);
  while (!document.empty() && is_space(document.back())) document.remove_suffix(1);
  return select(document, selector, 0, wanted);
}

}  // namespace culprit
