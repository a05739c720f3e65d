// A page of a list that is at hand whole.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/parameters.h"

namespace culprit::server {

struct PageForm {
  std::string_view list;   // member of the answer
  std::string_view token;  // parameter and member: "nextToken" of Logs, "NextToken" of CloudWatch
  std::string_view count;  // parameter; empty: a page is always `most`
  std::size_t usual = 50, most = 50;
};

// `question` is what was asked for besides the page (page_token.h). Throws ApiFault for a token of another
// question.
boost::json::object answer_page(const Parameters& p, std::vector<boost::json::object> all,
                                const PageForm& form, const std::string& question);

}  // namespace culprit::server
