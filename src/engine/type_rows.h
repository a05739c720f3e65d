// A segment read by log type: for analyses that decide once per type what its rows mean to them, take values
// from the columns, and write out only the messages that they cannot do without.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/row_set.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "engine/segment_query.h"
#include "engine/segment_state.h"
#include "engine/type_knowledge.h"

namespace culprit {

// Patterns asked of segment after segment, and what was decided about log types. One thread at a time.
class TypeQuestions {
 public:
  explicit TypeQuestions(LogSearch search) : search_(std::move(search)), known_(search_.plan()) {}

 private:
  friend class TypeRows;
  LogSearch search_;
  engine::KnownTypes known_;
};

// One message of a type, and which of its bytes differ from row to row. Variables that never vary are static.
struct TypeSample {
  struct Variable {
    std::size_t begin = 0;  // in `text`
    std::size_t end = 0;
    std::uint32_t slot = 0;
    engine::VariableKind kind = engine::VariableKind::kWord;
    std::uint16_t form = engine::kAnyForm;
    std::uint8_t classes = 0xff;  // of words: engine::byte_class bits
  };
  std::uint32_t type = 0;
  std::string text;
  std::vector<Variable> variables;

  // Variables that overlap text[begin, end).
  std::span<const Variable> variables_in(std::size_t begin, std::size_t end) const;
  const Variable* variable_at(std::size_t begin) const;  // the one that begins there, or null
};

// A part of a type's messages: static text and variables in turn.
class TypeText {
 public:
  bool constant() const { return pieces_.empty(); }
  // The text in a row of the type; valid until `scratch` changes.
  std::string_view in(std::uint64_t rank, std::string& scratch) const;

 private:
  friend class TypeRows;
  struct Piece {
    std::string before;  // static text
    engine::VariableKind kind = engine::VariableKind::kWord;
    const engine::SlotColumns* column = nullptr;
  };
  std::vector<Piece> pieces_;
  std::string last_;
};

// One thread at a time.
class TypeRows {
 public:
  static Result<std::shared_ptr<TypeRows>> open(std::shared_ptr<const Segment> segment,
                                                std::shared_ptr<TypeQuestions> questions);
  TypeRows(const TypeRows&) = delete;
  TypeRows& operator=(const TypeRows&) = delete;

  const SegmentSummary& summary() const { return segment_->summary(); }
  std::size_t size() const { return rows_->size(); }
  std::size_t types() const { return segment_->state().directory.types.size(); }
  std::uint64_t rows_of_type(std::uint32_t type) const { return entry(type).rows; }

  // Of a row: its type, which of the type's rows it is, its time and number.
  std::uint32_t type(std::size_t row) const { return rows_->type_id(row); }
  std::uint32_t rank(std::size_t row) const { return rows_->row_of_type(row); }
  Time time(std::size_t row) const { return from_epoch_ms(rows_->time_ms(row)); }
  EventNumber number(std::size_t row) const { return rows_->number(row); }
  std::span<const std::uint32_t> rows_of(std::uint32_t type) { return rows_->rows_of(type); }

  // Valid until the next message.
  Result<std::string_view> message(std::size_t row) { return rows_->message(row); }

  // What is known of a pattern (by its place in the questions) from the type alone, and the type's rows that
  // match it.
  Result<engine::Truth> truth(std::uint32_t type, std::size_t pattern);
  Result<engine::RowSet> matching(std::uint32_t type, std::size_t pattern);

  // The type's first message.
  Result<TypeSample> sample(std::uint32_t type);
  // A part of it as it is in every row; nullopt when it cuts a variable or holds one other than numbers, IP
  // addresses and words.
  Result<std::optional<TypeText>> text(const TypeSample& sample, std::size_t begin, std::size_t end);

  // Columns of a variable; lists without their elements have sizes only.
  Result<const engine::SlotColumns*> column(std::uint32_t type, std::uint32_t slot);
  Result<std::span<const std::uint64_t>> list_sizes(std::uint32_t type, std::uint32_t slot);
  // Whether each row's stamp lies within some years of its event's time, and that between 2002 and 2168: then
  // its year is one that every reader of time stamps takes.
  Result<bool> stamps_near(std::uint32_t type, std::uint32_t slot);

  // The uuid of a variable, when it is the first uuid of its type. load_uuids() first.
  Result<void> load_uuids() { return rows_->load_uuids(); }
  std::optional<engine::Uuid> uuid(std::size_t row, const engine::SlotColumns& column) const {
    return rows_->first_uuid(row, column);
  }

 private:
  TypeRows(std::shared_ptr<const Segment> segment, std::shared_ptr<TypeQuestions> questions)
      : segment_(std::move(segment)),
        questions_(std::move(questions)),
        query_(*questions_->search_.plan(), questions_->known_, segment_->state()),
        truths_(types()),
        list_sizes_(types()) {}
  const engine::TypeEntry& entry(std::uint32_t type) const { return segment_->state().directory.types[type]; }

  std::shared_ptr<const Segment> segment_;
  std::shared_ptr<TypeQuestions> questions_;
  engine::SegmentQuery query_;
  engine::RowReader* rows_ = nullptr;
  std::vector<std::vector<engine::Truth>> truths_;  // of the patterns, by type
  std::vector<std::vector<std::pair<std::uint32_t, std::vector<std::uint64_t>>>> list_sizes_;
};

}  // namespace culprit
