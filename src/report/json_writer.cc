#include "report/json_writer.h"

#include <fmt/format.h>

#include <cmath>

#include "base/printable.h"

namespace culprit {

namespace {

void append_escaped(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const CodePoint c = first_code_point(text.substr(i));
    if (!c.valid)
      out += fmt::format("\\\\x{:02x}", byte);
    else if (byte == '"')
      out += "\\\"";
    else if (byte == '\\')
      out += "\\\\";
    else if (byte == '\n')
      out += "\\n";
    else if (byte == '\t')
      out += "\\t";
    else if (byte < 0x20 || (c.value >= 0x7F && c.value < 0xA0))
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
    else
      out.append(text, i, c.length);
    i += c.length;
  }
  out += '"';
}

}  // namespace

void JsonWriter::new_line() {
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += compact_from_ > 0 ? ", " : ",";
  first_ = false;
  if (depth_ > 0 && compact_from_ == 0) new_line();
}

void JsonWriter::open(char bracket, bool compact) {
  before_value();
  out_ += bracket;
  ++depth_;
  if (compact && compact_from_ == 0) compact_from_ = depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  const bool was_compact = compact_from_ > 0;
  if (compact_from_ == depth_) compact_from_ = 0;
  --depth_;
  if (!first_ && !was_compact) new_line();
  out_ += bracket;
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  before_value();
  append_escaped(out_, name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  before_value();
  append_escaped(out_, text);
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  before_value();
  out_ += fmt::format("{}", value);
}

void JsonWriter::integer(std::int64_t value) {
  before_value();
  out_ += fmt::format("{}", value);
}

void JsonWriter::integer(std::uint64_t value) {
  before_value();
  out_ += fmt::format("{}", value);
}

void JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

std::string JsonWriter::take() { return std::move(out_) + '\n'; }

}  // namespace culprit
