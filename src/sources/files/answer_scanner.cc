#include "sources/files/answer_scanner.h"

#include <fmt/format.h>

#include <cctype>

#include "base/printable.h"

namespace culprit {

namespace {
constexpr std::size_t kKeyBytesMax = 256;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_literal(char c) { return is_space(c) || c == ',' || c == '}' || c == ']'; }
std::string shown(char c) { return printable_text(std::string_view(&c, 1), 8); }
}  // namespace

void AnswerScanner::stop(std::string what) {
  if (!broken_) broken_ = Broken{offset_, std::move(what)};
}

void AnswerScanner::begin_capture(char c, bool is_item) {
  item_ = is_item;
  piece_.assign(1, c);
  piece_offset_ = offset_;
  escaped_ = in_string_ = false;
  depth_ = 1;
  if (c == '"')
    state_ = State::kInString;
  else if (c == '{' || c == '[')
    state_ = State::kInNested;
  else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-')
    state_ = State::kInLiteral;
  else
    stop(fmt::format("'{}' where a value should begin", shown(c)));
}

void AnswerScanner::end_capture(const Visit& visit) {
  visit.piece({key_, piece_, item_, piece_offset_});
  piece_.clear();
  if (piece_.capacity() > (1u << 20)) piece_.shrink_to_fit();
  state_ = item_ ? State::kAfterItem : State::kAfterValue;
}

bool AnswerScanner::capture(char c, const Visit& visit) {
  if (state_ == State::kInLiteral) {
    if (ends_literal(c)) {
      end_capture(visit);
      return false;  // the byte belongs to what follows
    }
  } else if (piece_.size() >= kPieceBytesMax) {
    stop(fmt::format("one item is longer than {} MB", kPieceBytesMax >> 20));
    return true;
  }
  piece_ += c;
  if (escaped_) {
    escaped_ = false;
  } else if (state_ == State::kInString || in_string_) {
    if (c == '\\') escaped_ = true;
    if (c == '"') {
      if (state_ == State::kInString)
        end_capture(visit);
      else
        in_string_ = false;
    }
  } else if (state_ == State::kInNested) {
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) end_capture(visit);
  } else if (piece_.size() > kKeyBytesMax) {
    stop("a number or literal without an end");
  }
  return true;
}

void AnswerScanner::end_document(const Visit& visit) {
  state_ = State::kStart;
  visit.document_end();
}

bool AnswerScanner::step(char c, const Visit& visit) {
  const auto expect = [&](bool ok, std::string_view wanted) {
    if (!ok) stop(fmt::format("'{}' where {} should stand", shown(c), wanted));
    return ok;
  };
  switch (state_) {
    case State::kInString:
    case State::kInNested:
    case State::kInLiteral:
      return capture(c, visit);
    case State::kInKey:
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        state_ = State::kColon;
      if (state_ == State::kInKey) key_ += c;
      if (key_.size() > kKeyBytesMax) stop("a member's name without an end");
      return true;
    default:
      break;
  }
  if (is_space(c)) return true;
  switch (state_) {
    case State::kStart:
      if (offset_ < 3 && (c == '\xef' || c == '\xbb' || c == '\xbf')) return true;  // byte order mark
      key_.clear();
      if (!expect(c == '{' || c == '[', "'{' or '['")) return true;
      top_is_array_ = c == '[';
      state_ = top_is_array_ ? State::kItemOrEnd : State::kKeyOrEnd;
      return true;
    case State::kKeyOrEnd:
      if (c == '}') {
        end_document(visit);
        return true;
      }
      [[fallthrough]];
    case State::kKey:
      key_.clear();
      escaped_ = false;
      if (expect(c == '"', "a member's name")) state_ = State::kInKey;
      return true;
    case State::kColon:
      if (expect(c == ':', "':'")) state_ = State::kValue;
      return true;
    case State::kValue:
      if (c == '[')
        state_ = State::kItemOrEnd;
      else
        begin_capture(c, false);
      return true;
    case State::kItemOrEnd:
      if (c == ']') {
        if (top_is_array_)
          end_document(visit);
        else
          state_ = State::kAfterValue;
        return true;
      }
      [[fallthrough]];
    case State::kItem:
      begin_capture(c, true);
      return true;
    case State::kAfterItem:
      if (c == ',')
        state_ = State::kItem;
      else if (expect(c == ']', "',' or ']'")) {
        if (top_is_array_)
          end_document(visit);
        else
          state_ = State::kAfterValue;
      }
      return true;
    case State::kAfterValue:
      if (c == ',')
        state_ = State::kKey;
      else if (expect(c == '}', "',' or '}'"))
        end_document(visit);
      return true;
    default:
      return true;
  }
}

void AnswerScanner::feed(std::string_view block, const Visit& visit) {
  for (std::size_t i = 0; i < block.size() && !broken_;) {
    if (step(block[i], visit)) {
      ++i;
      ++offset_;
    }
  }
}

void AnswerScanner::finish(const Visit& visit) {
  if (broken_) return;
  if (state_ == State::kStart) return;
  stop("the answer ends in the middle");
  visit.document_end();  // what came before the end still counts
}

}  // namespace culprit
