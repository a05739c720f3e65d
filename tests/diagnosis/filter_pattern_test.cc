#include "diagnosis/filter_pattern.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(FilterPattern, ATermThatCannotBeQuotedIsNone) {
  EXPECT_EQ(quoted_term("SendReplyJob"), "\"SendReplyJob\"");
  EXPECT_EQ(quoted_term("a \"b\""), "");
  EXPECT_EQ(quoted_term("a\\b"), "");
  EXPECT_EQ(quoted_term("a\nb"), "");
  EXPECT_EQ(quoted_term(""), "");
}

TEST(FilterPattern, AnEndpointIsFoundInEitherLog) {
  EXPECT_EQ(endpoint_filter("Api::InboxController#index", false),
            "\"Processing by Api::InboxController#index as\"");
  EXPECT_EQ(endpoint_filter("Api::InboxController#index", true),
            "{ $.controller = \"Api::InboxController\" && $.action = \"index\" }");
  EXPECT_EQ(endpoint_filter("/status", true), "");
}

TEST(FilterPattern, AChangeIsFoundByTheWordsItBeginsWith) {
  EXPECT_EQ(leading_words_filter("DROP INDEX \"index_messages\""), "\"DROP INDEX\"");
  EXPECT_EQ(leading_words_filter("CREATE INDEX CONCURRENTLY \"i\" ON \"t\""),
            "\"CREATE INDEX CONCURRENTLY\"");
  EXPECT_EQ(leading_words_filter("received fast shutdown request"), "\"received fast shutdown\"");
  EXPECT_EQ(leading_words_filter("VACUUM"), "\"VACUUM\"");
  EXPECT_EQ(leading_words_filter("parameter \"work_mem\" changed"), "\"parameter\"");
  EXPECT_EQ(leading_words_filter("DROP  INDEX"), "\"DROP\"");
  EXPECT_EQ(leading_words_filter("\"quoted\" first"), "");
  EXPECT_EQ(leading_words_filter(""), "");
}

}  // namespace
}  // namespace culprit
