// The members of one JSON object, found without building a tree: log lines are flat, most members are not
// wanted, and a line cut in the middle still tells what stands before the cut.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct JsonMember {
  std::string_view key;    // between the quotes, escapes untouched
  std::string_view value;  // raw: with its quotes, braces or brackets
  bool is_string() const { return value.size() >= 2 && value.front() == '"'; }
  bool is_object() const { return !value.empty() && value.front() == '{'; }
};

// Walks the members of the object at the start of `text`, in order. Never throws, any bytes are tolerated;
// depth of nesting costs no stack.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text);
  // False at the end, or where the text stops being JSON (see complete()).
  bool next(JsonMember& member);
  // True once the closing brace was reached.
  bool complete() const { return complete_; }
  // Bytes up to and including the closing brace; meaningful when complete().
  std::size_t size() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool open_ = false;
  bool complete_ = false;
};

// The text of a JSON string (raw, with quotes); numbers and literals as they are written. `limit` bounds the
// result's bytes.
std::string json_text(std::string_view raw, std::size_t limit = 64 * 1024);

// The text without allocating when it has no escapes; nullopt when it has, or is no string.
std::optional<std::string_view> json_plain(std::string_view raw);

// A number, or a string that holds one ("14599.1"); nullopt otherwise.
std::optional<double> json_number(std::string_view raw);

// The first member with the key; empty view when absent.
std::string_view json_member(std::string_view object, std::string_view key);

}  // namespace culprit
