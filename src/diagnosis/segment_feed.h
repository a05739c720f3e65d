// A segment on its way to the observers: its rows by log type, as far as they lie in the analysed span.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "engine/type_rows.h"
#include "logs/number.h"
#include "telemetry/log_event.h"
#include "telemetry/window.h"

namespace culprit {

struct SegmentFeed {
  std::shared_ptr<TypeRows> rows;
  std::string_view group;
  Window window;
  bool whole = false;  // every row lies in the window

  bool wants(std::size_t row) const { return whole || window.contains(rows->time(row)); }
  // Observers do not look at streams, so the view has none.
  Result<LogEventView> event(std::size_t row) const {
    const auto message = rows->message(row);
    if (!message) return tl::unexpected(message.error());
    return LogEventView{rows->number(row), group, {}, rows->time(row), rows->time(row), *message};
  }
};

// Types with fewer rows are not worth looking at: their messages are written out.
constexpr std::uint64_t kTypeRowsMin = 16;

// A number that a parser would read at a place of a type's messages.
class TypeNumber {
 public:
  TypeNumber() = default;  // none
  // nullopt when the number's extent depends on the row, so that it has to be read from the text.
  static Result<std::optional<TypeNumber>> at(TypeRows& rows, const TypeSample& sample, std::size_t begin);
  // As leading_number() of the text.
  std::optional<double> in(std::uint64_t rank) const;
  bool varies() const { return column_ != nullptr; }

 private:
  std::optional<double> constant_;
  const engine::SlotColumns* column_ = nullptr;
};

// What sort of text a variable can be: numbers, addresses, uuids, and words of letters, digits and "_-./"
// have no marks that structure is read from.
bool is_plain(const TypeSample::Variable& variable);
// Whether it can hold a line's end.
bool may_break_line(const TypeSample::Variable& variable);
// No variable and no static text breaks a line.
bool is_one_line(const TypeSample& sample);

}  // namespace culprit
