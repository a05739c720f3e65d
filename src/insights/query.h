// A query as it was understood: a pipeline of commands over named fields.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "insights/lexer.h"
#include "insights/period.h"
#include "insights/query_regex.h"
#include "insights/value.h"

namespace culprit::insights {

// A field of a query: its place in every row.
using Slot = std::uint32_t;

struct Function;

struct Expr {
  enum class Kind {
    kLiteral,
    kField,      // slot
    kMember,     // path inside args[0], a list or map
    kAnd,        // args
    kOr,         // args
    kNot,        // args[0]
    kCompare,    // args[0] op args[1]
    kMath,       // args[0] op args[1]; a sign before one is 0 - it
    kContains,   // args[0] holds the text of args[1]
    kMatches,    // regex is found in args[0]
    kIn,         // args[0] equals one of args[1…]
    kCall,       // function of args
    kFloor,      // args[0] rounded down to period
    kCeil,       // args[0] rounded up to it
    kAggregate,  // the index-th aggregate of its stats command
  };
  Kind kind = Kind::kLiteral;
  Span span;
  Value literal;
  Slot slot = 0;
  std::string op;  // "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"
  std::vector<std::string> path;
  std::shared_ptr<const QueryRegex> regex;
  const Function* function = nullptr;
  Period period;
  std::size_t index = 0;
  std::vector<Expr> args;
};

struct Assignment {
  Slot slot = 0;
  std::optional<Expr> value;  // none: a field as it is
};

struct FieldsCommand {
  std::vector<Assignment> assignments;
};
struct FilterCommand {
  Expr condition;
};
struct ParseCommand {
  Expr text;
  std::shared_ptr<const QueryRegex> regex;   // none: key=value pairs, into one map
  std::vector<std::optional<Slot>> targets;  // by group
};

enum class AggregateKind {
  kCount,
  kCountDistinct,
  kSum,
  kAverage,
  kMinimum,
  kMaximum,
  kPercentile,
  kDeviation,
  kEarliest,
  kLatest,
  kSortsFirst,
  kSortsLast,
  kValues,
};
struct Aggregate {
  AggregateKind kind = AggregateKind::kCount;
  std::optional<Expr> value;  // none: count(*)
  double parameter = 0;       // of a percentile, 0 to 100
};
struct StatsCommand {
  std::vector<Assignment> keys;
  std::vector<Aggregate> aggregates;
  std::vector<Assignment> outputs;  // over aggregates
};
struct SortKey {
  Slot slot = 0;
  bool descending = false;
};
struct SortCommand {
  std::vector<SortKey> keys;
};
struct LimitCommand {
  std::size_t rows = 0;
  bool any = false;   // whichever are found first
  bool last = false;  // of the end
};
struct DedupCommand {
  std::vector<Slot> fields;
};
enum class DiffWith { kPreceding, kDay, kWeek, kMonth };
struct PatternCommand {
  Expr text;
  std::optional<DiffWith> diff;
  bool anomaly = false;
};
struct UnnestCommand {
  Expr list;
  Slot target = 0;
};

using Command = std::variant<FieldsCommand, FilterCommand, ParseCommand, StatsCommand, SortCommand,
                             LimitCommand, DedupCommand, PatternCommand, UnnestCommand>;

// What SOURCE says of log groups: all whose name begins with one of the prefixes, and those named.
struct GroupSelection {
  std::vector<std::string> prefixes;
  std::vector<std::string> names;
};

struct Query {
  std::vector<std::string> slots;  // names
  std::vector<Command> commands;
  std::vector<Slot> columns;  // of the result, in order
  std::optional<GroupSelection> source;
};

// Why a query is refused, in the words and with the location that the service gives.
struct QueryFault {
  std::string message;
  std::size_t start_character = 0;  // of the text, from 0
  std::size_t end_character = 0;    // behind it
};

constexpr std::size_t kQueryCharactersMax = 10'000;

tl::expected<Query, QueryFault> parse_query(std::string_view text);

}  // namespace culprit::insights
