#include "sources/files/file_names.h"

#include <cctype>

namespace culprit {

namespace {
bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool remove_ending(std::string_view& name, std::initializer_list<std::string_view> endings) {
  for (const auto ending : endings)
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.remove_suffix(ending.size());
      return true;
    }
  return false;
}
}  // namespace

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) out.push_back(path.substr(0, slash));
    if (slash == path.npos) break;
    path.remove_prefix(slash + 1);
  }
  return out;
}

std::string_view without_extension(std::string_view name) {
  remove_ending(name, {".gz", ".zst"});
  remove_ending(name, {".log", ".txt", ".json", ".jsonl", ".ndjson", ".csv", ".out", ".err"});
  return name;
}

std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (is_alnum(c)) out += lower(c);
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  bool inside = false;
  for (const char c : text) {
    if (is_alnum(c)) {
      if (!inside) out.emplace_back();
      out.back() += lower(c);
    }
    inside = is_alnum(c);
  }
  return out;
}

}  // namespace culprit
