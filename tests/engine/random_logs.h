// Seeded logs like real ones in shape: few templates with variables of every kind, some noise, some bytes
// that are no text.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace culprit::engine_test {

class RandomLogs {
 public:
  explicit RandomLogs(std::uint64_t seed) : random_(seed) {
    const std::size_t templates = 1 + pick(8);
    for (std::size_t i = 0; i < templates; ++i) templates_.push_back(make_template());
  }
  std::size_t pick(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  std::string line() {
    if (pick(40) == 0) return noise();
    std::string out;
    for (const Part& part : templates_[pick(templates_.size())])
      out += part.kind < 0 ? part.text : variable(part.kind);
    if (pick(30) == 0) out += "\n\tat line " + std::to_string(pick(100)) + "\r";
    return out;
  }
  // A piece of the text, or something near it.
  std::string piece(const std::string& text) {
    if (text.empty()) return "x";
    const std::size_t begin = pick(text.size());
    const std::size_t size = 1 + pick(pick(3) == 0 ? 90 : 9);
    std::string out = text.substr(begin, size);
    if (pick(6) == 0) out[pick(out.size())] = "0a f-,.:7Z"[pick(10)];
    return out;
  }
  std::string hex(std::size_t digits) {
    std::string out;
    for (std::size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[pick(16)];
    return out;
  }

 private:
  struct Part {
    int kind;
    std::string text;
  };
  std::string word() {
    static const char* const kWords[] = {
        "ERROR",     "timeout", "duration: ", "dead",       "IN (",     "user=", "face",
        "Completed", "in ",     "ms",         "\"tid\":\"", "at ",      "[",     "] ",
        "blk_",      "node",    "0x",         "T",          "\xc3\xa9", "-",     "$"};
    return kWords[pick(std::size(kWords))];
  }
  std::vector<Part> make_template() {
    std::vector<Part> out;
    const std::size_t parts = 1 + pick(9);
    for (std::size_t i = 0; i < parts; ++i) {
      out.push_back({-1, word() + (pick(2) ? " " : "")});
      if (pick(4) > 0) out.push_back({static_cast<int>(pick(11)), {}});
    }
    return out;
  }
  std::string two(std::size_t n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); }
  std::string clock() { return two(pick(24)) + ":" + two(pick(60)) + ":" + two(pick(60)); }
  std::string variable(int kind) {
    switch (kind) {
      case 0:
        return std::to_string(pick(pick(2) ? 10 : 1'000'000));
      case 1:
        return std::to_string(pick(5000)) + "." + two(pick(100));
      case 2:
        return "10.0." + std::to_string(pick(3)) + "." + std::to_string(pick(256));
      case 3:
        if (uuids_.empty() || pick(2))
          uuids_.push_back(hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12));
        return uuids_[uuids_.size() - 1 - pick(std::min<std::size_t>(uuids_.size(), 3))];
      case 4:
        return "2025-08-" + two(1 + pick(31)) + (pick(2) ? " " : "T") + clock();
      case 5: {
        std::string out = std::to_string(pick(1000));
        for (std::size_t i = pick(6); i > 0; --i) out += ", " + std::to_string(pick(1000));
        return out;
      }
      case 6:
        return hex(1 + pick(24));
      case 7:
        return two(pick(100));
      case 8:
        return "Dec " + std::to_string(10 + pick(20)) + " " + clock();
      case 9: {
        static const char* const kNames[] = {"root", "web1", "alice", "bob7x", "Z9", "ERROR9", "x1timeout"};
        return kNames[pick(std::size(kNames))];
      }
      default: {
        std::string name;
        for (std::size_t i = 1 + pick(6); i > 0; --i) name += static_cast<char>('a' + pick(26));
        return name;
      }
    }
  }
  std::string noise() {
    std::string out;
    for (std::size_t i = pick(60); i > 0; --i) out += static_cast<char>(pick(3) ? ' ' + pick(90) : pick(256));
    return out;
  }

  std::mt19937_64 random_;
  std::vector<std::vector<Part>> templates_;
  std::vector<std::string> uuids_;
};

}  // namespace culprit::engine_test
