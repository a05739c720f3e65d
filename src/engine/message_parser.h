// A message as static pieces and variables, in one pass that jumps from digit to digit. No state: what
// becomes of a piece (does it vary?) is the type tree's business.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/stamp_form.h"
#include "engine/variable.h"

namespace culprit::engine {

// A variable as it stands in a message.
struct ParsedVariable {
  VariableKind kind = VariableKind::kWord;
  std::uint16_t form = 0;
  std::uint64_t value =
      0;  // number, IP, stamp (µs); uuid: high half; word: where it begins; list: first element
  std::uint64_t extra = 0;  // uuid: low half; word: bytes; list: elements
};

constexpr std::size_t kListElementsMax = std::size_t{1} << 22;
constexpr std::size_t kWordVariableBytesMax = 256;  // longer runs without a space are cut

// What was read last, for the many lines that repeat it: those of one request, those of one second.
struct ParserMemory {
  StampMemory stamp;
  char uuid_text[kUuidChars] = {};
  Uuid uuid;
};

// Finds variable after variable.
class MessageParser {
 public:
  // `elements` receives the lists' integers.
  MessageParser(std::string_view message, std::int64_t reference_us, std::vector<std::uint32_t>& elements,
                ParserMemory& memory)
      : text_(message), reference_us_(reference_us), elements_(elements), memory_(memory) {}

  // The next variable: the static piece before it is [piece_begin(), piece_end()). False at the end of the
  // message; the piece is then what is left.
  bool next(ParsedVariable& variable);
  // The same where the caller knows that no digit stands in [position(), at) and no letter or digit right
  // before `at`. False, and nothing read, when the variable does not obviously begin there; `likely` is only
  // a guess of its kind.
  bool at(std::size_t at, VariableKind likely, ParsedVariable& variable);
  std::size_t piece_begin() const { return piece_begin_; }
  std::size_t piece_end() const { return piece_end_; }
  // Goes on behind a variable that is known to end there.
  void resume(std::size_t position) { position_ = position; }
  // Everything not yet read.
  std::size_t position() const { return position_; }

 private:
  bool take(std::size_t begin, std::size_t end);
  bool word(std::size_t begin, std::size_t end, ParsedVariable& variable);
  bool uuid(std::size_t at, ParsedVariable& variable);
  bool ip(std::size_t at, std::size_t first_end, ParsedVariable& variable);
  bool list(std::size_t at, std::size_t first_end, ParsedVariable& variable);
  bool number(std::size_t at, std::size_t digits_end, std::uint64_t value, ParsedVariable& variable);
  bool element(std::size_t& at, std::uint32_t& value) const;
  std::size_t elements(std::size_t end, std::string_view separator);
  bool digit_word(std::size_t at, ParsedVariable& variable);
  bool lettered_word(std::size_t begin, std::size_t at, ParsedVariable& variable);
  char peek(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  std::string_view text_;
  std::int64_t reference_us_;
  std::vector<std::uint32_t>& elements_;
  ParserMemory& memory_;
  std::size_t position_ = 0;  // behind the last variable
  std::size_t piece_begin_ = 0;
  std::size_t piece_end_ = 0;
};

}  // namespace culprit::engine
