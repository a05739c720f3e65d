// Reading an operation's parameters: typed, ranged, and refused in the service's words. Scalars may come as
// text (query protocol) or as what they are.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "server/api_fault.h"

namespace culprit::server {

struct Range {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

// A view of an object; `refusal` is the code of the service for a value that it does not take.
class Parameters {
 public:
  Parameters(const boost::json::object& object, std::string_view refusal)
      : object_(&object), refusal_(refusal) {}

  bool has(std::string_view name) const;
  const boost::json::object& object() const { return *object_; }

  // All throw ApiFault for a value of another type or out of its range. nullopt = absent.
  std::optional<std::string> text(std::string_view name) const;
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  std::string need_text(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name, Range range = {}) const;
  std::int64_t integer_or(std::string_view name, std::int64_t otherwise, Range range = {}) const;
  std::int64_t need_integer(std::string_view name, Range range = {}) const;
  std::optional<double> real(std::string_view name) const;
  bool flag(std::string_view name, bool otherwise = false) const;
  std::optional<Time> time(std::string_view name) const;  // epoch seconds or ISO 8601
  Time need_time(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<double> reals(std::string_view name) const;
  std::vector<Parameters> objects(std::string_view name) const;
  std::optional<Parameters> object_at(std::string_view name) const;

  [[noreturn]] void refuse(std::string message) const;
  [[noreturn]] void missing(std::string_view name) const;

 private:
  const boost::json::value* find(std::string_view name) const;
  const boost::json::array* list(std::string_view name) const;

  const boost::json::object* object_;
  std::string_view refusal_;
};

}  // namespace culprit::server
