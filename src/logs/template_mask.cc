#include "logs/template_mask.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "logs/log_bytes.h"
#include "logs/template_lists.h"
#include "logs/variable_forms.h"

namespace culprit {
namespace {

constexpr std::string_view kEndsOfUrl = " \t\r\n\v\f\"'<>[](){},;|";
constexpr std::string_view kEndsOfPath = " \t\r\n\v\f\"',;|)]}";

// Masks one line. `out` has room for as many bytes as the line.
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
    if (spaces_ + 1 >= kRunWords) out_ = fold_runs(begin_, out_);
    return out_;
  }

 private:
  void space() {
    while (at_ < in_.size() && is_white_space(in_[at_])) ++at_;
    if (out_ != begin_ && out_[-1] != ' ') *out_++ = ' ';
    ++spaces_;
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
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }

  void unit() {
    const std::size_t start = at_;
    std::uint8_t seen = 0;
    while (at_ < in_.size()) {
      const auto kind = byte_class(in_[at_]);
      if ((kind & (kSpaceByte | kDelimiterByte)) != 0) break;
      seen |= kind;
      ++at_;
    }
    const std::string_view text = in_.substr(start, at_ - start);
    const bool user = names_user(start);
    before_previous_ = previous_;
    previous_ = text;
    if ((seen & kControlByte) != 0) return variable(VariableKind::kAny);
    const bool colon = at_ < in_.size() && in_[at_] == ':';
    if (seen == kDigitByte && !colon) return variable(VariableKind::kInt);
    if (user) return variable(VariableKind::kUser);
    if (colon && try_unit_before_colon(start, text, seen)) return;
    if ((seen & (kDigitByte | kSlashByte | kBackslashByte)) == 0) return plain(start, text, seen);
    if (text.size() >= 10 && text[4] == '-' && try_time(end_of_iso_time(in_, start))) return;
    if (text[0] == '/') return path(start, text);
    if (text[0] == '\\' && text.size() >= 4 && text.back() != '\\') return variable(VariableKind::kPath);
    digits(text, seen);
  }

  // "for user bob", "user=bob": people name themselves as they like.
  bool names_user(std::size_t start) const {
    if (previous_ != "user" || previous_.data() + previous_.size() + 1 != in_.data() + start) return false;
    const char between = in_[start - 1];
    return between == '=' || (between == ' ' && (before_previous_ == "for" || before_previous_ == "invalid"));
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
  std::string_view previous_;  // the unit before, and the one before that
  std::string_view before_previous_;
  unsigned commas_ = 0;
  unsigned spaces_ = 0;
};

}  // namespace

std::string_view mask_message(std::string_view message, std::vector<char>& buffer) {
  const auto first = message.find_first_not_of(kWhiteSpace);
  message.remove_prefix(std::min(first, message.size()));
  const auto line = message.substr(0, std::min(message.find('\n'), kMinedMessageBytes));
  if (buffer.size() < line.size() + 2) buffer.resize(line.size() + 2);
  char* out = Masker(line, buffer.data()).run();
  if (message.find_first_not_of(kWhiteSpace, line.size()) != std::string_view::npos) {
    if (message[line.size()] == '\n') *out++ = ' ';
    *out++ = code_of(VariableKind::kRest);
  }
  return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

}  // namespace culprit
