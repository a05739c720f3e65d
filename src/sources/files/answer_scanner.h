// A saved JSON answer, member by member and item by item, without holding all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace culprit {

// One member of the top-level object, or one item of a member that is an array (or of a top-level array,
// whose member name is empty).
struct AnswerPiece {
  std::string_view member;
  std::string_view text;  // JSON text of the value or item
  bool is_item = false;
  std::uint64_t offset = 0;  // of the text in the file
};

// Fed with blocks of any size. Finds where values end by quotes and brackets; whether what stands between is
// JSON is for the parser of the piece. Several documents may follow each other. Any bytes are tolerated;
// memory is bounded by the longest piece (kPieceBytesMax).
class AnswerScanner {
 public:
  static constexpr std::size_t kPieceBytesMax = 32u << 20;
  struct Visit {
    std::function<void(const AnswerPiece&)> piece;
    std::function<void()> document_end;
  };
  struct Broken {
    std::uint64_t offset = 0;
    std::string what;
  };

  void feed(std::string_view block, const Visit& visit);
  void finish(const Visit& visit);
  // Where and why it stopped being JSON; everything before was given.
  const std::optional<Broken>& broken() const { return broken_; }

 private:
  enum class State {
    kStart,     // before a document
    kKeyOrEnd,  // behind '{'
    kKey,       // behind ',' in the object
    kInKey,
    kColon,
    kValue,       // behind ':'
    kItemOrEnd,   // behind '['
    kItem,        // behind ',' in the array
    kInString,    // inside a captured string
    kInNested,    // inside a captured object or array
    kInLiteral,   // inside a captured number, true, false, null
    kAfterValue,  // ',' or '}'
    kAfterItem,   // ',' or ']'
  };

  // Each takes one byte at `offset_`; true when the byte is used up.
  bool step(char c, const Visit& visit);
  void begin_capture(char c, bool is_item);
  void end_capture(const Visit& visit);
  bool capture(char c, const Visit& visit);
  void end_document(const Visit& visit);
  void stop(std::string what);

  State state_ = State::kStart;
  bool top_is_array_ = false;
  bool item_ = false;
  bool in_string_ = false;  // of kInNested
  bool escaped_ = false;
  std::size_t depth_ = 0;
  std::string key_;
  std::string piece_;
  std::uint64_t piece_offset_ = 0;
  std::uint64_t offset_ = 0;
  std::optional<Broken> broken_;
};

}  // namespace culprit
