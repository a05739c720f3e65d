// What the lines of a log type say about Rails requests, without writing them out.
#pragma once

#include <optional>
#include <string>

#include "diagnosis/segment_feed.h"
#include "logs/rails_line.h"

namespace culprit {

// Made of a type's first message: it is parsed once, and where each of its parts lies among the type's
// variables is carried over to the other rows. Only for lines whose other rows cannot be parsed in another
// way: the tests compare them with plain parsing.
class RailsType {
 public:
  // nullopt: its messages have to be written out. load_uuids() of the rows is called when it is of use.
  static Result<std::optional<RailsType>> of(TypeRows& rows, std::uint32_t type);

  // As parse_rails_line() of the row's message, but for the remote address and the process; views are valid
  // until the next call. Null: this row has to be written out.
  const RailsLine* line(const TypeRows& rows, std::size_t row);

 private:
  class Maker;
  RailsLine line_;
  const engine::SlotColumns* id_column_ = nullptr;
  std::string level_, method_;  // static
  TypeText path_, endpoint_;
  TypeNumber status_, duration_, database_, view_;
  std::string id_, path_scratch_, endpoint_scratch_;
};

}  // namespace culprit
