// Messages for property tests: lines of the bundled incidents, JSON, space-delimited lines, raw bytes, and
// damaged forms of all of them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace culprit::testing_logs {

// The seed of a run: CULPRIT_SEED, or a fixed one so that every run of the tests is the same.
inline std::uint64_t property_seed() {
  const char* given = std::getenv("CULPRIT_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20250821;
}

class RandomMessages {
 public:
  explicit RandomMessages(std::uint64_t seed) : random_(seed) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(CULPRIT_SOURCE_DIR "/examples/incidents"))
      if (entry.path().string().ends_with(".log.gz")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) read_lines(file);
  }

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::mt19937_64& random() { return random_; }
  std::size_t real_lines() const { return lines_.size(); }

  std::string real_line() { return lines_[below(lines_.size())]; }

  std::string message() {
    std::string out;
    switch (below(8)) {
      case 0:
        out = bytes(below(120));
        break;
      case 1:
      case 2:
        out = json(2);
        break;
      case 3:
        out = spaced();
        break;
      case 4:
        out = real_line() + (one_in(2) ? "\r\n" : "\n") + real_line();
        break;
      default:
        out = real_line();
    }
    if (one_in(6)) damage(out);
    return out;
  }

  // A JSON object with few names and values, so that conditions meet.
  std::string json(int depth) {
    std::string out = "{";
    for (auto n = below(5); n > 0; --n) {
      if (out.size() > 1) out += one_in(2) ? ", " : ",";
      out += '"' + name() + "\":" + (one_in(3) ? " " : "") + json_value(depth);
    }
    return out + '}';
  }

  std::string name() {
    static const std::vector<std::string> names = {"a", "level", "ms", "user", "x-y", "list", "n_1"};
    return names[below(names.size())];
  }

  std::string scalar_text() {
    static const std::vector<std::string> texts = {"ERROR", "error", "INFO", "",      "time out",
                                                   "42",    "-1",    "a*b",  "ñandú", "true"};
    return texts[below(texts.size())];
  }

  std::string spaced() {
    std::string out;
    for (auto n = below(7); n > 0; --n) {
      const std::string text = one_in(3) ? std::to_string(below(500)) : scalar_text();
      const auto form = below(6);
      out += form == 0 ? "[" + text + "]" : form == 1 ? '"' + text + '"' : form == 2 ? "[" + text : text;
      static const std::vector<std::string> blanks = {" ", "  ", "\t", "\r\n", " "};
      out += blanks[below(blanks.size())];
    }
    return out;
  }

  std::string bytes(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i)
      out += one_in(3) ? static_cast<char>(below(256)) : "abAB 01\"\\{}[]:,\n\r\t%"[below(20)];
    return out;
  }

  void damage(std::string& text) {
    if (text.empty()) return;
    const auto at = below(text.size());
    switch (below(4)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text[at] = static_cast<char>(below(256));
        break;
      case 2:
        text.insert(at, bytes(1 + below(4)));
        break;
      default:
        text.erase(at, 1 + below(3));
    }
  }

 private:
  void read_lines(const std::filesystem::path& file) {
    auto blocks = open_blocks(file);
    if (!blocks) return;
    std::string text;
    while (text.size() < 600'000) {
      const auto block = (*blocks)->next();
      if (!block || block->empty()) break;
      text += *block;
    }
    std::size_t at = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
      if (end - at < 2'000) lines_.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }

  std::string json_value(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0:
      case 1:
      case 2:
        return '"' + scalar_text() + '"';
      case 3:
      case 4:
        return std::to_string(static_cast<int>(below(100)) - 20);
      case 5:
        return one_in(2) ? "true" : "false";
      case 6:
        return one_in(2) ? "null" : "4.25";
      case 7:
        return json(depth - 1);
      default: {
        std::string out = "[";
        for (auto n = below(3); n > 0; --n) out += json_value(depth - 1) + (n > 1 ? "," : "");
        return out + ']';
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> lines_;
};

}  // namespace culprit::testing_logs
