// What the entries of a log type say about PostgreSQL, without writing them out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/segment_feed.h"
#include "logs/postgres.h"
#include "logs/statement.h"

namespace culprit {

// As RailsType, of entries in one event that start with stderr's prefix: statements with their durations,
// statements that ran into the time-out, and what is of no interest.
class PostgresType {
 public:
  // nullopt: its messages have to be written out.
  static Result<std::optional<PostgresType>> of(TypeRows& rows, std::uint32_t type);

  enum class Kind {
    kNothing,  // no kind that is counted, and no statement
    kDuration,
    kStatementTimeout,
  };
  Kind kind() const { return kind_; }

  // The process; nullopt: this row has to be written out.
  std::optional<std::int64_t> pid(std::uint64_t rank) const;
  // No message of the row is longer.
  std::size_t bytes_max(std::uint64_t rank) const;
  std::optional<double> duration_ms(std::uint64_t rank) const { return duration_.in(rank); }
  // As in_list_size() of the statement.
  std::uint64_t in_list(std::uint64_t rank) const;

 private:
  class Maker;
  // Of a prefix: static, or a column.
  struct Process {
    std::int64_t pid = 0;
    const engine::SlotColumns* column = nullptr;
    std::int64_t in(std::uint64_t rank) const {
      return column == nullptr ? pid : static_cast<std::int64_t>(column->values[rank]);
    }
  };
  Kind kind_ = Kind::kNothing;
  std::vector<Process> processes_;  // of each line with a prefix
  TypeNumber duration_;
  std::uint64_t static_in_list_ = 0;
  std::vector<std::span<const std::uint64_t>> lists_;  // all of them are lists of a statement
  std::size_t bytes_max_ = 0;                          // without the lists
};

}  // namespace culprit
