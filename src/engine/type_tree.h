// The log types of a segment while it is built: a tree whose edges are static pieces, each followed by a
// variable. A place where many pieces have been seen is read word by word from then on, and a word that keeps
// changing becomes a variable, so that names and ids without digits do not multiply types. Types are capped;
// beyond the cap a message is one variable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message_parser.h"

namespace culprit::engine {

constexpr std::uint32_t kTypesMax = 1U << 14;
constexpr std::size_t kTypeVariablesMax = 200;
constexpr std::size_t kTypeTextBytesMax = std::size_t{16} << 10;  // of one type
constexpr std::size_t kTypeTextsBytesMax = std::size_t{4} << 20;  // of all types of a segment

// Static pieces as one text: pieces[i] bytes, then variable i; the last piece has no variable behind it.
struct LogType {
  std::string text;
  std::vector<std::uint32_t> piece_ends;  // one more than kinds
  std::vector<VariableKind> kinds;
};

class TypeTree {
 public:
  TypeTree();

  // The type of the message and its variables (words as begin and size in the message). `variables` must be
  // as the call before left it.
  std::uint32_t type_of(std::string_view message, std::int64_t reference_us,
                        std::vector<ParsedVariable>& variables, std::vector<std::uint32_t>& elements);
  const std::vector<LogType>& types() const { return types_; }
  void clear();

 private:
  static constexpr std::uint32_t kNone = ~0U;
  static constexpr std::uint8_t kEnd = 0;     // the message ends behind the piece
  static constexpr std::uint8_t kJoin = 255;  // the piece goes on (a node read word by word)
  struct Edge {
    std::uint64_t hash = 0;
    std::uint32_t from = 0;
    std::uint32_t target = kNone;  // a node; of kEnd: a type
    std::uint32_t text_begin = 0;
    std::uint32_t text_size = 0;
    std::uint8_t kind = kEnd;
    bool plain = false;  // no digit in the text, no letter before the variable: a digit there begins it
  };
  struct Node {
    std::uint32_t recent = kNone;  // the edge taken last
    std::uint32_t parent = kNone;  // the edge that leads here
    std::uint32_t children = 0;
    std::uint32_t words = 0;  // of the children, those of kind kJoin
  };

  std::uint32_t find(std::uint32_t node, std::string_view piece, std::uint8_t kind, std::uint64_t hash) const;
  std::uint32_t insert(std::uint32_t node, std::string_view piece, std::uint8_t kind, std::uint64_t hash);
  std::uint32_t step(std::uint32_t node, std::string_view message, std::size_t begin, std::size_t end,
                     std::uint8_t kind, std::vector<ParsedVariable>& variables);
  std::uint32_t step_by_words(std::uint32_t node, std::string_view message, std::size_t begin,
                              std::size_t end, std::uint8_t kind, std::vector<ParsedVariable>& variables);
  // Whether the edge's text stands at the position and no digit before its end; what follows may be the
  // variable.
  bool expects(const Edge& e, std::string_view message, std::size_t position) const;
  std::uint32_t make_type(std::uint32_t node, std::string_view last_piece);
  std::uint32_t whole(std::string_view message, std::vector<ParsedVariable>& variables);
  void grow_table();
  std::string_view text_of(const Edge& e) const {
    return std::string_view(texts_).substr(e.text_begin, e.text_size);
  }

  // What the last message began with, and where its variables ended: lines of one request, which share time
  // and id, go on from there.
  struct Checkpoint {
    std::uint32_t position = 0;   // behind a variable
    std::uint32_t looked_at = 0;  // what decided on it stands before this
    std::uint32_t node = 0;
    std::uint32_t variables = 0;
    std::uint32_t static_bytes = 0;
  };
  const Checkpoint* resume(std::string_view message, std::int64_t reference_us);
  void note(Checkpoint at, VariableKind kind);

  static constexpr std::size_t kBeginningBytes = 128;
  static constexpr std::uint32_t kCheckpoints = 4;
  ParserMemory memory_;
  char beginning_[kBeginningBytes] = {};
  std::size_t beginning_size_ = 0;
  std::int64_t beginning_us_ = 0;
  Checkpoint trail_[kCheckpoints];
  std::uint32_t trail_size_ = 0;
  bool trail_open_ = false;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> table_;  // edges by hash
  std::string texts_;
  std::vector<LogType> types_;
  std::size_t type_text_bytes_ = 0;
  std::uint32_t whole_type_ = kNone;
};

}  // namespace culprit::engine
