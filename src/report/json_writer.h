// Writes JSON in the order it is told: stable bytes, shortest numbers that read back the same, always valid
// UTF-8.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace culprit {

class JsonWriter {
 public:
  // Objects and arrays span lines; inside a compact one everything stays on one line.
  void begin_object(bool compact = false) { open('{', compact); }
  void end_object() { close('}'); }
  void begin_array(bool compact = false) { open('[', compact); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void string(std::string_view text);  // invalid bytes become the text "\xNN"
  void number(double value);           // null when not finite
  void integer(std::int64_t value);
  void integer(std::uint64_t value);
  void boolean(bool value);
  void null();

  std::string take();  // ends with a new line

 private:
  void open(char bracket, bool compact);
  void close(char bracket);
  void before_value();
  void new_line();

  std::string out_;
  int depth_ = 0;
  int compact_from_ = 0;  // depth of the outermost compact bracket; 0 = none
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace culprit
