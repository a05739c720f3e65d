// Fields by name, as Logs Insights names them, and of formats that name their parts.
#include "logs/message_fields.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

struct Case {
  const char* message;
  const char* name;
  const char* value;  // nullptr: absent
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name << " of " << c.message; }

class FieldOfMessage : public ::testing::TestWithParam<Case> {};

TEST_P(FieldOfMessage, IsFoundByItsName) {
  const Case& c = GetParam();
  const auto values = MessageFields({c.name}).of(c.message);
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0], c.value ? std::optional<std::string>(c.value) : std::nullopt);
}

constexpr const char* kPostgres =
    "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@production:[12345]:LOG:  duration: 1523.221 ms  "
    "execute "
    "<unnamed>: SELECT 1";
constexpr const char* kRails =
    "I, [2024-04-25T17:26:43.755035 #1]  INFO -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211] Completed 500 "
    "Internal "
    "Server Error in 14999ms (ActiveRecord: 14599.1ms | Allocations: 492135)";

INSTANTIATE_TEST_SUITE_P(
    Json, FieldOfMessage,
    ::testing::Values(Case{R"({"status":500,"path":"/a b"})", "status", "500"},
                      Case{R"({"status":500,"path":"/a b"})", "path", "/a b"},
                      Case{R"({"ctx":{"class":"SendReplyJob","args":[7,{"id":9}]}})", "ctx.class",
                           "SendReplyJob"},
                      Case{R"({"ctx":{"class":"SendReplyJob","args":[7,{"id":9}]}})", "ctx.args.1.id", "9"},
                      Case{R"({"ctx":{"class":"SendReplyJob"}})", "ctx", R"({"class":"SendReplyJob"})"},
                      Case{R"({"a.b":1,"a":{"b":2}})", "a.b", "1"}, Case{R"({"7":"seven"})", "7", "seven"},
                      Case{R"({"ok":true,"text":"a\nb"})", "text", "a\nb"},
                      Case{R"({"user":null})", "user", nullptr}, Case{R"({"user":"x"})", "name", nullptr},
                      Case{R"({"user":"status=5"})", "status", nullptr}));

INSTANTIATE_TEST_SUITE_P(
    Text, FieldOfMessage,
    ::testing::Values(Case{"method=GET path=/a status=200 duration=5.21", "status", "200"},
                      Case{"method=GET path=/a status=200 duration=5.21", "duration", "5.21"},
                      Case{"at=error code=H12 desc=\"Request timeout\" host=x", "desc", "Request timeout"},
                      Case{"laststatus=1 status=2", "status", "2"}, Case{"no such thing", "status", nullptr},
                      Case{"", "status", nullptr}, Case{"status=", "status", ""}));

INSTANTIATE_TEST_SUITE_P(Formats, FieldOfMessage,
                         ::testing::Values(Case{kPostgres, "database", "production"},
                                           Case{kPostgres, "user", "chatwoot"},
                                           Case{kPostgres, "level", "LOG"},
                                           Case{kPostgres, "duration", "1523.221"},
                                           Case{kPostgres, "pid", "12345"}, Case{kRails, "status", "500"},
                                           Case{kRails, "duration", "14999"}, Case{kRails, "db", "14599.1"},
                                           Case{kRails, "request_id", "a8d7a57f-ceba-4992-b866-5cb322ab1211"},
                                           Case{kRails, "path", nullptr}));

TEST(MessageFields, GivesAValueForEachNameInItsOrder) {
  const auto values = MessageFields({"b", "a", "b", "c"}).of(R"({"a":1,"b":2})");
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0], "2");
  EXPECT_EQ(values[1], "1");
  EXPECT_EQ(values[2], "2");
  EXPECT_EQ(values[3], std::nullopt);
}

}  // namespace
}  // namespace culprit
