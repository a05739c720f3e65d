#include <fmt/format.h>

#include "system/yaml_tree.h"

namespace culprit {

namespace {

bool is_plain_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '/' || c == '-';
}

// Words that a YAML reader could take for something else than text.
bool is_reserved(std::string_view text) {
  for (const std::string_view word : {"null", "Null", "NULL", "yes", "no", "on", "off", "y", "n"})
    if (text == word) return true;
  return false;
}

bool can_be_plain(const YamlNode& node) {
  const std::string_view text = node.text;
  if (node.quoted || text.empty() || is_reserved(text)) return false;
  if (!is_plain_char(text.front()) || !is_plain_char(text.back())) return false;
  if (text.front() == '-' && (text.size() == 1 || ((text[1] < '0' || text[1] > '9') && text[1] != '.')))
    return false;
  for (const char c : text)
    if (!is_plain_char(c) && c != ' ') return false;
  return true;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      // "${" would be a variable when it is read again.
      case '$':
        out += i + 1 < text.size() && text[i + 1] == '{' ? "$$" : "$";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
          out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
          out += c;
    }
  }
  return out + "\"";
}

std::string scalar(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kNull) return "null";
  if (node.kind == YamlNode::Kind::kList) return "[]";
  if (node.kind == YamlNode::Kind::kMap) return "{}";
  return can_be_plain(node) ? node.text : in_quotes(node.text);
}

bool is_block(const YamlNode& node) { return !node.items.empty() || !node.members.empty(); }

void emit(const YamlNode& node, std::size_t indent, bool first_inline, std::string& out);

void emit_members(const YamlNode& node, std::size_t indent, bool first_inline, std::string& out) {
  bool inline_now = first_inline;
  for (const auto& [key, value] : node.members) {
    if (!inline_now) out.append(indent, ' ');
    inline_now = false;
    out += scalar(key) + ":";
    if (is_block(value)) {
      out += '\n';
      emit(value, indent + 2, false, out);
    } else {
      out += " " + scalar(value) + "\n";
    }
  }
}

void emit(const YamlNode& node, std::size_t indent, bool first_inline, std::string& out) {
  if (!node.members.empty()) {
    emit_members(node, indent, first_inline, out);
    return;
  }
  for (const auto& item : node.items) {
    out.append(indent, ' ');
    out += "- ";
    if (!is_block(item)) {
      out += scalar(item) + "\n";
    } else if (!item.members.empty()) {
      emit(item, indent + 2, true, out);
    } else {
      out.back() = '\n';
      emit(item, indent + 2, false, out);
    }
  }
}

}  // namespace

std::string emit_yaml(const YamlNode& root) {
  if (!is_block(root)) return scalar(root) + "\n";
  std::string out;
  emit(root, 0, false, out);
  return out;
}

}  // namespace culprit
