#include "engine/type_tree.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/digits.h"

namespace culprit::engine {

namespace {

constexpr std::uint32_t kPiecesMax = 24;  // different pieces at a node before it is read word by word
constexpr std::uint32_t kWordsMax = 16;   // different words at a place before the word is a variable
constexpr std::size_t kNodesMax = std::size_t{1} << 17;

std::uint64_t hash_of(std::uint32_t node, std::string_view piece, std::uint8_t kind) {
  const std::uint64_t seed = (std::uint64_t{node} << 8 | kind) * 0x9e3779b97f4a7c15U;
  return XXH3_64bits(piece.data(), piece.size()) ^ seed;
}

// Bytes that part words at a node that is read word by word.
constexpr std::array<bool, 256> make_separators() {
  std::array<bool, 256> out{};
  for (const char c : std::string_view(" \t\r\n\"'()[]{},;=<>|:")) out[static_cast<unsigned char>(c)] = true;
  return out;
}
constexpr auto kSeparators = make_separators();
bool separates(char c) { return kSeparators[static_cast<unsigned char>(c)]; }

// Short texts mostly, for which a call of memcmp costs as much as the comparison.
bool equal_bytes(const char* a, const char* b, std::size_t size) {
  const auto differ = [&](std::size_t at, auto word) {
    auto x = word;
    auto y = word;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x != y;
  };
  if (size < 8) {
    if (size >= 4) return !differ(0, std::uint32_t{}) && !differ(size - 4, std::uint32_t{});
    for (std::size_t i = 0; i < size; ++i)
      if (a[i] != b[i]) return false;
    return true;
  }
  for (std::size_t at = 0; at + 8 <= size; at += 8)
    if (differ(at, std::uint64_t{})) return false;
  return !differ(size - 8, std::uint64_t{});
}

}  // namespace

TypeTree::TypeTree() { clear(); }

void TypeTree::clear() {
  nodes_.assign(1, Node{});
  edges_.clear();
  table_.assign(1024, kNone);
  texts_.clear();
  types_.clear();
  type_text_bytes_ = 0;
  whole_type_ = kNone;
  beginning_size_ = 0;
  trail_size_ = 0;
}

std::uint32_t TypeTree::find(std::uint32_t node, std::string_view piece, std::uint8_t kind,
                             std::uint64_t hash) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = hash & mask; table_[i] != kNone; i = (i + 1) & mask) {
    const Edge& e = edges_[table_[i]];
    if (e.hash == hash && e.from == node && e.kind == kind && text_of(e) == piece) return table_[i];
  }
  return kNone;
}

void TypeTree::grow_table() {
  table_.assign(table_.size() * 2, kNone);
  const std::size_t mask = table_.size() - 1;
  for (std::uint32_t e = 0; e < edges_.size(); ++e) {
    std::size_t i = edges_[e].hash & mask;
    while (table_[i] != kNone) i = (i + 1) & mask;
    table_[i] = e;
  }
}

std::uint32_t TypeTree::insert(std::uint32_t node, std::string_view piece, std::uint8_t kind,
                               std::uint64_t hash) {
  if (nodes_.size() >= kNodesMax || type_text_bytes_ + piece.size() > kTypeTextsBytesMax ||
      texts_.size() + piece.size() > kTypeTextsBytesMax || types_.size() >= kTypesMax)
    return kNone;
  const auto edge = static_cast<std::uint32_t>(edges_.size());
  const bool letter_before = kind != kEnd && !piece.empty() && is_word(piece.back());
  const bool plain = !letter_before && std::none_of(piece.begin(), piece.end(), is_digit);
  edges_.push_back({hash, node, kNone, static_cast<std::uint32_t>(texts_.size()),
                    static_cast<std::uint32_t>(piece.size()), kind, plain});
  texts_ += piece;
  ++nodes_[node].children;
  if (kind == kJoin) ++nodes_[node].words;
  if (kind == kEnd) {
    edges_[edge].target = make_type(node, piece);
  } else {
    edges_[edge].target = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({kNone, edge, 0, 0});
  }
  if (edges_.size() * 2 > table_.size()) {
    grow_table();
  } else {
    const std::size_t mask = table_.size() - 1;
    std::size_t i = hash & mask;
    while (table_[i] != kNone) i = (i + 1) & mask;
    table_[i] = edge;
  }
  return edge;
}

std::uint32_t TypeTree::make_type(std::uint32_t node, std::string_view last_piece) {
  std::vector<std::uint32_t> path;
  for (std::uint32_t e = nodes_[node].parent; e != kNone; e = nodes_[edges_[e].from].parent)
    path.push_back(e);
  LogType type;
  for (auto e = path.rbegin(); e != path.rend(); ++e) {
    type.text += text_of(edges_[*e]);
    if (edges_[*e].kind == kJoin) continue;
    type.piece_ends.push_back(static_cast<std::uint32_t>(type.text.size()));
    type.kinds.push_back(static_cast<VariableKind>(edges_[*e].kind));
  }
  type.text += last_piece;
  type.piece_ends.push_back(static_cast<std::uint32_t>(type.text.size()));
  type_text_bytes_ += type.text.size();
  types_.push_back(std::move(type));
  return static_cast<std::uint32_t>(types_.size() - 1);
}

bool TypeTree::expects(const Edge& e, std::string_view message, std::size_t position) const {
  const std::size_t left = message.size() - position;
  if (!e.plain || (e.kind == kEnd ? left != e.text_size : left <= e.text_size)) return false;
  return equal_bytes(message.data() + position, texts_.data() + e.text_begin, e.text_size);
}

// The edge for the piece, or kNone when there is no room for another.
std::uint32_t TypeTree::step(std::uint32_t node, std::string_view message, std::size_t begin, std::size_t end,
                             std::uint8_t kind, std::vector<ParsedVariable>& variables) {
  const std::string_view piece = message.substr(begin, end - begin);
  const std::uint32_t recent = nodes_[node].recent;
  if (recent != kNone) {
    const Edge& e = edges_[recent];
    if (e.kind == kind && e.text_size == piece.size() &&
        equal_bytes(piece.data(), texts_.data() + e.text_begin, piece.size()))
      return recent;
  }
  const std::uint64_t hash = hash_of(node, piece, kind);
  std::uint32_t edge = find(node, piece, kind, hash);
  if (edge == kNone) {
    if (nodes_[node].children >= kPiecesMax) return step_by_words(node, message, begin, end, kind, variables);
    edge = insert(node, piece, kind, hash);
    if (edge == kNone) return kNone;
  }
  nodes_[node].recent = edge;
  return edge;
}

std::uint32_t TypeTree::step_by_words(std::uint32_t node, std::string_view message, std::size_t begin,
                                      std::size_t end, std::uint8_t kind,
                                      std::vector<ParsedVariable>& variables) {
  for (;;) {
    std::size_t word = begin;
    while (word < end && separates(message[word])) ++word;
    if (word == end) break;
    std::size_t word_end = word;
    while (word_end < end && !separates(message[word_end])) ++word_end;
    const std::string_view joined = message.substr(begin, word_end - begin);
    const std::uint64_t hash = hash_of(node, joined, kJoin);
    std::uint32_t edge = find(node, joined, kJoin, hash);
    if (edge == kNone) {
      constexpr auto kWordKind = static_cast<std::uint8_t>(VariableKind::kWord);
      const std::string_view before = message.substr(begin, word - begin);
      const std::uint64_t variable_hash = hash_of(node, before, kWordKind);
      edge = find(node, before, kWordKind, variable_hash);
      if (edge == kNone)
        edge = nodes_[node].words < kWordsMax ? insert(node, joined, kJoin, hash)
                                              : insert(node, before, kWordKind, variable_hash);
      if (edge == kNone) return kNone;
      if (edges_[edge].kind == kWordKind)
        variables.push_back({VariableKind::kWord, 0, word, word_end - word});
    }
    node = edges_[edge].target;
    begin = word_end;
  }
  const std::string_view piece = message.substr(begin, end - begin);
  const std::uint64_t hash = hash_of(node, piece, kind);
  const std::uint32_t edge = find(node, piece, kind, hash);
  return edge != kNone ? edge : insert(node, piece, kind, hash);
}

// The last variable's end that the message shares with the one before, and everything that decided on it.
const TypeTree::Checkpoint* TypeTree::resume(std::string_view message, std::int64_t reference_us) {
  const std::size_t kept = std::min(message.size(), kBeginningBytes);
  std::size_t common = 0;
  if (reference_us == beginning_us_ && trail_size_ > 0) {
    const std::size_t most = std::min(kept, beginning_size_);
    while (common + 8 <= most && equal_bytes(message.data() + common, beginning_ + common, 8)) common += 8;
    while (common < most && message[common] == beginning_[common]) ++common;
  }
  while (trail_size_ > 0 && trail_[trail_size_ - 1].looked_at > common) --trail_size_;
  trail_open_ = true;
  beginning_us_ = reference_us;
  beginning_size_ = kept;
  std::memcpy(beginning_ + common, message.data() + common, kept - common);
  return trail_size_ > 0 ? &trail_[trail_size_ - 1] : nullptr;
}

// How far a kind looks behind its end: at the next byte, at a clock or fraction, at a list, an address or a
// uuid. Elements of lists are not kept from one message to the next.
void TypeTree::note(Checkpoint at, VariableKind kind) {
  constexpr std::uint32_t kStamp = 12;
  constexpr std::uint32_t kFar = kUuidChars + 4;
  trail_open_ = kind != VariableKind::kList && at.position < kBeginningBytes;
  if (!trail_open_) return;
  at.looked_at = at.position + (kind == VariableKind::kUuid    ? 1
                                : kind == VariableKind::kStamp ? kStamp
                                                               : kFar);
  trail_[trail_size_++] = at;
}

std::uint32_t TypeTree::whole(std::string_view message, std::vector<ParsedVariable>& variables) {
  variables.assign(1, {VariableKind::kWord, 0, 0, message.size()});
  trail_size_ = 0;
  if (whole_type_ == kNone) {
    types_.push_back({"", {0, 0}, {VariableKind::kWord}});
    whole_type_ = static_cast<std::uint32_t>(types_.size() - 1);
  }
  return whole_type_;
}

std::uint32_t TypeTree::type_of(std::string_view message, std::int64_t reference_us,
                                std::vector<ParsedVariable>& variables,
                                std::vector<std::uint32_t>& elements) {
  MessageParser parser(message, reference_us, elements, memory_);
  std::uint32_t node = 0;
  std::size_t static_bytes = 0;
  const Checkpoint* const shared = resume(message, reference_us);
  variables.resize(shared ? shared->variables : 0);
  if (shared) {
    node = shared->node;
    static_bytes = shared->static_bytes;
    parser.resume(shared->position);
  }
  ParsedVariable variable;
  for (;;) {
    // Most lines go on as the last one at this node did: then the piece need not be searched for digits.
    const std::uint32_t recent = nodes_[node].recent;
    std::uint32_t edge = kNone;
    bool more = true;
    if (recent != kNone && expects(edges_[recent], message, parser.position())) {
      const Edge& e = edges_[recent];
      if (e.kind == kEnd) return e.target;
      const std::size_t at = parser.position() + e.text_size;
      if (parser.at(at, static_cast<VariableKind>(e.kind), variable)) {
        if (parser.piece_end() == at && static_cast<std::uint8_t>(variable.kind) == e.kind) edge = recent;
      } else {
        more = parser.next(variable);
      }
    } else {
      more = parser.next(variable);
    }
    const std::size_t begin = parser.piece_begin();
    std::size_t end = parser.piece_end();
    static_bytes += end - begin;
    if (static_bytes > kTypeTextBytesMax || (more && variables.size() + 1 >= kTypeVariablesMax)) {
      // Too long to be a type: what is left is one word.
      variable = {VariableKind::kWord, 0, begin, message.size() - begin};
      end = begin;
      more = true;
      static_bytes = 0;
      edge = step(node, message, begin, end, static_cast<std::uint8_t>(variable.kind), variables);
      if (edge == kNone) return whole(message, variables);
      variables.push_back(variable);
      const std::uint32_t last =
          step(edges_[edge].target, message, message.size(), message.size(), kEnd, variables);
      return last == kNone ? whole(message, variables) : edges_[last].target;
    }
    const auto kind = more ? static_cast<std::uint8_t>(variable.kind) : kEnd;
    if (edge == kNone) edge = step(node, message, begin, end, kind, variables);
    if (edge == kNone) return whole(message, variables);
    if (!more) return edges_[edge].target;
    variables.push_back(variable);
    node = edges_[edge].target;
    if (trail_open_ && trail_size_ < kCheckpoints)
      note({static_cast<std::uint32_t>(parser.position()), 0, node,
            static_cast<std::uint32_t>(variables.size()), static_cast<std::uint32_t>(static_bytes)},
           variable.kind);
  }
}

}  // namespace culprit::engine
