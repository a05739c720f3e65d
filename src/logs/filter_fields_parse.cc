#include <fmt/format.h>

#include "logs/filter_fields.h"
#include "logs/filter_scanner.h"

namespace culprit {

namespace {

bool is_name_char(char c) { return is_word_char(c) || c == '-'; }

class FieldsReader {
 public:
  explicit FieldsReader(std::string_view pattern) : scanner_(pattern) {}

  Result<FieldsPlan> read() {
    FieldsPlan plan;
    scanner_.eat("[");
    scanner_.skip_blanks();
    if (!scanner_.eat("]")) {
      do {
        auto field = read_field();
        if (!field) return tl::unexpected(std::move(field.error()));
        plan.fields.push_back(std::move(*field));
        scanner_.skip_blanks();
      } while (scanner_.eat(","));
      if (!scanner_.eat("]")) return unexpected();
    }
    scanner_.skip_blanks();
    if (!scanner_.at_end()) return unexpected();
    return plan;
  }

 private:
  tl::unexpected<Error> unexpected() {
    return invalid_characters(scanner_.rest().substr(0, 1), scanner_.pattern(),
                              "fields are parted by commas and hold a name and conditions on it, as in [ip, "
                              "status = 4*, ms > 100, ...]");
  }

  Result<PatternField> read_field() {
    PatternField field;
    scanner_.skip_blanks();
    if (scanner_.eat("...")) {
      field.ellipsis = true;
      return field;
    }
    field.name = scanner_.run(is_name_char);
    scanner_.skip_blanks();
    if (field.name.empty() || scanner_.peek() == ',' || scanner_.peek() == ']') return field;
    auto name = field.name;
    field.any_of.emplace_back();
    for (;;) {
      if (name != field.name)
        return invalid_filter(
            fmt::format("a condition on '{}' stands in the place of field '{}'", name, field.name),
            scanner_.pattern(), "write each condition where its field stands");
      auto comparison = read_comparison(scanner_, regexes_);
      if (!comparison) return tl::unexpected(std::move(comparison.error()));
      field.any_of.back().push_back(std::move(*comparison));
      scanner_.skip_blanks();
      if (scanner_.eat("||"))
        field.any_of.emplace_back();
      else if (!scanner_.eat("&&"))
        return field;
      scanner_.skip_blanks();
      name = scanner_.run(is_name_char);
      if (name.empty()) return unexpected();
    }
  }

  FilterScanner scanner_;
  int regexes_ = 0;
};

}  // namespace

Result<FieldsPlan> parse_filter_fields(std::string_view pattern) { return FieldsReader(pattern).read(); }

}  // namespace culprit
