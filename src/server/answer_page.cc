#include "server/answer_page.h"

#include <algorithm>

#include "server/page_token.h"

namespace culprit::server {

namespace {

std::size_t first_of(const Parameters& p, const PageForm& form, const std::string& question) {
  const auto token = p.text(form.token);
  if (!token) return 0;
  const auto numbers = read_token(*token, question, 1);
  if (numbers && numbers->front() >= 0) return static_cast<std::size_t>(numbers->front());
  if (form.token == "NextToken") throw ApiFault{"InvalidNextToken", "The specified NextToken is invalid."};
  p.refuse("The specified nextToken is invalid.");
}

}  // namespace

boost::json::object answer_page(const Parameters& p, std::vector<boost::json::object> all,
                                const PageForm& form, const std::string& question) {
  const std::size_t first = std::min(first_of(p, form, question), all.size());
  std::size_t most = form.most;
  if (!form.count.empty())
    most = static_cast<std::size_t>(p.integer_or(form.count, static_cast<std::int64_t>(form.usual),
                                                 {1, static_cast<std::int64_t>(form.most)}));
  const std::size_t end = std::min(all.size(), first + most);
  boost::json::array list;
  for (std::size_t i = first; i < end; ++i) list.push_back(std::move(all[i]));
  boost::json::object out;
  out[form.list] = std::move(list);
  if (end < all.size()) out[form.token] = make_token(question, {static_cast<std::int64_t>(end)});
  return out;
}

}  // namespace culprit::server
