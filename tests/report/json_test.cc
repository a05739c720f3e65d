#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

#include "hostile.h"
#include "report/json_writer.h"
#include "report/report.h"

namespace culprit {
namespace {

namespace json = boost::json;

TEST(Json, WindowIsUtcAndHypothesesAreBestFirst) {
  const json::value v = json::parse(render_json(sample_incident()));
  EXPECT_EQ(v.at_pointer("/window/start"), "2025-08-21T23:00:00Z");
  EXPECT_EQ(v.at_pointer("/window/end"), "2025-08-21T23:10:00Z");
  EXPECT_EQ(v.at_pointer("/hypotheses/0/cause"), "statement-timeouts");
  EXPECT_EQ(v.at_pointer("/hypotheses/0/confidence"), 0.931);
  EXPECT_EQ(v.at_pointer("/hypotheses/0/evidence"), json::parse(R"(["E1","E2","E3","E5","E7","E11"])"));
}

TEST(Json, EndsWithOneNewLine) {
  const std::string out = render_json(sample_quiet());
  EXPECT_TRUE(out.ends_with("}\n"));
  EXPECT_FALSE(out.ends_with("\n\n"));
}

TEST(Json, NeverHoldsInvalidUtf8) {
  const std::string out = render_json(poisoned("\xFF\xC0\xAF\xED\xA0\x80 \x1b\x00 \" \\ \n \u2028"));
  json::error_code error;
  json::parse(out, error);  // refuses invalid UTF-8
  EXPECT_FALSE(error) << error.message();
}

TEST(Json, NumbersReadBackTheSame) {
  JsonWriter w;
  w.begin_array(true);
  const double values[] = {0.1, 1.0 / 3, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, 14002.3};
  for (const double v : values) w.number(v);
  w.number(std::numeric_limits<double>::quiet_NaN());
  w.integer(std::numeric_limits<std::uint64_t>::max());
  w.end_array();
  const json::value read = json::parse(w.take());
  for (std::size_t i = 0; i < std::size(values); ++i)
    EXPECT_EQ(read.at(i).to_number<double>(), values[i]) << i;
  EXPECT_TRUE(read.at(std::size(values)).is_null());
  EXPECT_EQ(read.at(std::size(values) + 1).as_uint64(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Json, EmptyBracketsStayTogether) {
  JsonWriter w;
  w.begin_object();
  w.key("a");
  w.begin_array();
  w.end_array();
  w.key("b");
  w.begin_object(true);
  w.end_object();
  w.end_object();
  EXPECT_EQ(w.take(), "{\n  \"a\": [],\n  \"b\": {}\n}\n");
}

}  // namespace
}  // namespace culprit
