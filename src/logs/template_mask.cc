#include "logs/template_mask.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

#include "logs/log_bytes.h"
#include "logs/template_lists.h"
#include "logs/variable_forms.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace culprit {
namespace {

constexpr std::string_view kEndsOfUrl = " \t\r\n\v\f\"'<>[](){},;|";
constexpr std::string_view kEndsOfPath = " \t\r\n\v\f\"',;|)]}";

constexpr std::size_t kChunk = 16;  // bytes taken at once

// Masks one line. `out` has room for kChunk bytes more than the line.
class Masker {
 public:
  Masker(std::string_view line, char* out) : in_(line), begin_(out), out_(out) {}

  char* run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      const auto kind = byte_class(c);
      if ((kind & kSpaceByte) != 0) {
        space();
      } else if ((kind & kDelimiterByte) != 0) {
        delimiter(c);
      } else {
        unit();
      }
    }
    while (out_ != begin_ && out_[-1] == ' ') --out_;
    if (commas_ + 1 >= kListItems) out_ = fold_lists(begin_, out_);
    if (numbers_ >= kRunWords) out_ = fold_runs(begin_, out_);
    return out_;
  }

 private:
  void space() {
    while (at_ < in_.size() && is_white_space(in_[at_])) ++at_;
    if (out_ != begin_ && out_[-1] != ' ') *out_++ = ' ';
  }

  void delimiter(char c) {
    commas_ += c == ',' ? 1 : 0;
    if (c == ':' && at_ + 1 < in_.size() && in_[at_ + 1] == ':' && try_colon_form()) return;
    *out_++ = c;
    ++at_;
  }

  // Variables side by side, or with a dot between them, are one.
  void variable(VariableKind kind) {
    if (out_ - begin_ >= 2 && out_[-1] == '.' && is_code(out_[-2])) {
      --out_;
      if (kind == VariableKind::kInt) kind = VariableKind::kDecimal;
    }
    if (out_ != begin_ && is_code(out_[-1])) {
      const auto old = kind_of_code(out_[-1]);
      const bool number = old == VariableKind::kInt && kind == VariableKind::kDecimal;
      out_[-1] = code_of(number || old == kind ? kind : VariableKind::kId);
      return;
    }
    *out_++ = code_of(kind);
  }

  void copy(std::string_view text) {
    if (text.size() <= kChunk &&
        in_.data() + in_.size() - text.data() >= static_cast<std::ptrdiff_t>(kChunk)) {
      std::memcpy(out_, text.data(), kChunk);  // of a fixed size: no call; `out` has room behind
    } else {
      std::memcpy(out_, text.data(), text.size());
    }
    out_ += text.size();
  }

  void unit() {
    const std::size_t start = at_;
    at_ += leading_letters();
    std::uint8_t seen = at_ > start ? kOtherByte : 0;
    while (at_ < in_.size()) {
      const auto kind = byte_class(in_[at_]);
      if ((kind & (kSpaceByte | kDelimiterByte)) != 0) break;
      seen |= kind;
      ++at_;
    }
    const std::string_view text = in_.substr(start, at_ - start);
    const Key key = std::exchange(key_, key_of(start, text));
    const std::size_t key_end = std::exchange(key_end_, at_);
    numbers_ += (seen & kDigitByte) != 0 ? 1 : 0;
    if ((seen & kControlByte) != 0) return variable(VariableKind::kAny);
    const bool colon = at_ < in_.size() && in_[at_] == ':';
    if (seen == kDigitByte && !colon) return variable(VariableKind::kInt);
    if (key != Key::kNone && try_value_of_key(key, key_end, start, text)) return;
    if (colon && try_unit_before_colon(start, text, seen)) return;
    if ((seen & (kDigitByte | kSlashByte | kBackslashByte)) == 0) return plain(start, text, seen);
    if (text.size() >= 10 && text[4] == '-' && try_time(end_of_iso_time(in_, start))) return;
    if (text[0] == '/') return path(start, text);
    if (text[0] == '\\' && text.size() >= 4 && text.back() != '\\') return variable(VariableKind::kPath);
    digits(text, seen);
  }

  // How many of the next kChunk bytes are letters before the first other; most units are words and end there.
  std::size_t leading_letters() const {
#ifdef __SSE2__
    if (in_.size() - at_ < kChunk) return 0;
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in_.data() + at_));
    const auto lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    // 'a' … 'z' become the 26 smallest signed values.
    const auto moved = _mm_sub_epi8(lower, _mm_set1_epi8(static_cast<char>('a' + 128)));
    const auto other = _mm_cmpgt_epi8(moved, _mm_set1_epi8(-128 + 25));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(other)) | 0x10000U;
    return static_cast<std::size_t>(std::countr_zero(mask));
#else
    return 0;
#endif
  }

  // Words that say what the next unit is.
  enum class Key : std::uint8_t { kNone, kId, kUser, kUserOfSentence };

  Key key_of(std::size_t start, std::string_view text) const {
    if (text.size() < 2) return Key::kNone;
    if (text.back() == 'r' && text == "user") {
      const auto before = in_.substr(0, start);
      return before.ends_with("for ") || before.ends_with("invalid ") ? Key::kUserOfSentence : Key::kUser;
    }
    if ((text.back() | 0x20) != 'd' || (text[text.size() - 2] | 0x20) != 'i') return Key::kNone;
    if (text.size() <= 3 || text == "uuid" || text == "guid") return Key::kId;  // id, tid, jid
    const char before = text[text.size() - 3];
    const bool camel = text[text.size() - 2] == 'I' && !is_upper(before);
    return before == '_' || before == '-' || camel ? Key::kId : Key::kNone;
  }

  // "for user bob", user=bob, "tid":"ynuc": people and programs name such things as they like.
  bool try_value_of_key(Key key, std::size_t key_end, std::size_t start, std::string_view text) {
    const auto gap = in_.substr(key_end, start - key_end);
    const bool sentence = key == Key::kUserOfSentence && gap == " ";
    const bool assigned =
        gap == "=" || gap == "=\"" || gap == "\":\"" || gap == "\": \"" || (gap == ":" && key == Key::kId);
    if (!sentence && !assigned) return false;
    if (key == Key::kId && (is_uuid(text) || is_digit(text[0]))) return false;  // its own kind says more
    variable(key == Key::kId ? VariableKind::kId : VariableKind::kUser);
    return true;
  }

  bool try_time(std::size_t end) {
    if (end == 0) return false;
    at_ = end;
    variable(VariableKind::kTime);
    return true;
  }

  bool try_colon_form() {
    const auto form = colon_form(in_, at_);
    if (!form) return false;
    at_ = form->end;
    variable(form->kind);
    return true;
  }

  // Units that only what follows their colon explains; at_ is at the colon.
  bool try_unit_before_colon(std::size_t start, std::string_view text, std::uint8_t seen) {
    if (in_.substr(at_, 3) == "://") return try_url(text);
    if (text.size() == 1 && is_ascii_letter(text[0]) && in_.substr(at_ + 1, 1) == "\\") {
      at_ = std::min(in_.find_first_of(kEndsOfPath, at_), in_.size());
      variable(VariableKind::kPath);
      return true;
    }
    if (text.size() <= 4 && is_hex_digit(text[0])) {
      at_ = start;
      if (try_colon_form()) return true;
      at_ = start + text.size();
    }
    if (text.size() >= 10 && text[4] == '-' && try_time(end_of_iso_time(in_, start))) return true;
    return (seen & kJointByte) != 0 && try_host_before_port(text);
  }

  // A URL without digits and question names a fixed place and stays, until it is seen to vary.
  bool try_url(std::string_view scheme) {
    for (const char c : scheme) {
      if (!is_ascii_letter(c) && !is_digit(c) && c != '+' && c != '.' && c != '-') return false;
    }
    const auto end = std::min(in_.find_first_of(kEndsOfUrl, at_ + 3), in_.size());
    const auto rest = in_.substr(at_, end - at_);
    const bool varies = std::any_of(rest.begin(), rest.end(), [](char c) {
      return (byte_class(c) & (kDigitByte | kControlByte)) != 0 || c == '?';
    });
    copy(scheme);
    copy(varies ? rest.substr(0, 3) : rest);
    if (varies) variable(VariableKind::kUrl);
    at_ = end;
    return true;
  }

  // www.example.com:8080, node-7:8080.
  bool try_host_before_port(std::string_view text) {
    std::size_t end = at_ + 1;
    while (end < in_.size() && is_digit(in_[end])) ++end;
    const auto digits = end - at_ - 1;
    if (digits < 2 || digits > 5) return false;
    if (end < in_.size() && !is_unit_delimiter(in_[end]) && in_[end] != '.' && in_[end] != '/') return false;
    for (const char c : text) {
      if (!is_ascii_letter(c) && !is_digit(c) && c != '.' && c != '-') return false;
    }
    if (!is_ascii_letter(text[0]) || (!is_digit(text.back()) && text.find('.') == std::string_view::npos))
      return false;
    variable(VariableKind::kHost);
    return true;
  }

  void plain(std::size_t start, std::string_view text, std::uint8_t seen) {
    if (text.size() == 3 && is_upper(text[0]) && try_time(end_of_calendar_time(in_, start))) return;
    if ((seen & kJointByte) != 0) return atoms(text);
    if (text.size() >= 4) {
      if (const auto kind = kind_of_word(text)) return variable(*kind);
    }
    copy(text);
  }

  void path(std::size_t start, std::string_view text) {
    const bool alone =
        (start == 0 || is_white_space(in_[start - 1])) && (at_ >= in_.size() || is_white_space(in_[at_]));
    if (text.size() == 1 && alone) return copy(text);  // a slash between words
    variable(is_ip4(text.substr(1)) ? VariableKind::kIp : VariableKind::kPath);
  }

  void digits(std::string_view text, std::uint8_t seen) {
    if ((seen & kSlashByte) != 0) {
      const auto slash = text.find('/');
      if (is_ip4(text.substr(slash + 1))) {
        variable(VariableKind::kHost);  // host/address, as Java writes both
        *out_++ = '/';
        return variable(VariableKind::kIp);
      }
    } else if ((seen & kJointByte) != 0) {
      if (is_uuid(text)) return variable(VariableKind::kUuid);
      if (is_ip4(text)) return variable(VariableKind::kIp);
      if (is_numbered_throughout(text)) return variable(VariableKind::kId);
      if (is_numbered_host(text)) return variable(VariableKind::kHost);
    }
    atoms(text);
  }

  void atoms(std::string_view text) {
    std::size_t i = text.size() > 1 && text[0] == '-' && is_digit(text[1]) ? 1 : 0;  // a sign
    while (i < text.size()) {
      const std::size_t start = i;
      while (i < text.size() && !is_joint(text, start, i)) ++i;
      if (i > start) {
        const auto atom = text.substr(start, i - start);
        if (const auto kind = kind_of_atom(atom, i < text.size() ? text[i] : ' ')) {
          variable(*kind);
        } else {
          copy(atom);
        }
      }
      if (i < text.size()) *out_++ = text[i++];
    }
  }

  // In blk_-12 the dash is a sign.
  static bool is_joint(std::string_view text, std::size_t start, std::size_t i) {
    if (text[i] == '-' && i > start && text[i - 1] == '_') return false;
    return (byte_class(text[i]) & (kJointByte | kSlashByte)) != 0;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  char* begin_;
  char* out_;
  Key key_ = Key::kNone;  // of the unit before, and where it ended
  std::size_t key_end_ = 0;
  unsigned commas_ = 0;
  unsigned numbers_ = 0;  // units with digits
};

}  // namespace

std::string_view mask_message(std::string_view message, std::vector<char>& buffer) {
  while (!message.empty() && is_white_space(message.front())) message.remove_prefix(1);
  const auto line = message.substr(0, std::min(message.find('\n'), kMinedMessageBytes));
  if (buffer.size() < line.size() + kChunk + 2) buffer.resize(line.size() + kChunk + 2);
  char* out = Masker(line, buffer.data()).run();
  const auto rest = message.substr(line.size());
  if (!std::all_of(rest.begin(), rest.end(), is_white_space)) {
    if (rest.front() == '\n') *out++ = ' ';
    *out++ = code_of(VariableKind::kRest);
  }
  return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

}  // namespace culprit
