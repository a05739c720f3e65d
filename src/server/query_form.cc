#include "server/query_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

#include "aws_wire/sigv4.h"

namespace culprit::server {

namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kNodesMax = 200'000;
constexpr std::size_t kIndexMax = 100'000;

// "X.member.1" and RDS's own words for the items of a list.
constexpr std::string_view kItemNames[] = {
    "DBInstanceIdentifier", "EventCategory", "Filter", "SourceId", "Tag", "Value", "member"};

std::string decoded(std::string_view text) {
  std::string plus(text);
  std::ranges::replace(plus, '+', ' ');
  return aws::uri_decode(plus);
}

template <class Visit>
void each_pair(std::string_view body, Visit visit) {
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const auto part = body.substr(at, end - at);
    const std::size_t equals = std::min(part.find('='), part.size());
    if (!part.empty()) visit(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
    at = end + 1;
  }
}

struct Node {
  std::string text;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
};

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size() || index < 1 || index > kIndexMax)
    return std::nullopt;
  return index;
}

boost::json::value value_of(const Node& node);

// Items in the order of their numbers.
std::optional<boost::json::array> list_of(const Node& node) {
  std::map<std::size_t, const Node*> items;
  for (const auto& [name, child] : node.children) {
    const auto index = index_of(name);
    if (!index) return std::nullopt;
    items[*index] = child.get();
  }
  if (items.empty()) return std::nullopt;
  boost::json::array out;
  for (const auto& [index, child] : items) out.push_back(value_of(*child));
  return out;
}

boost::json::value value_of(const Node& node) {
  if (node.children.empty()) return boost::json::string(node.text);
  if (auto list = list_of(node)) return std::move(*list);
  if (node.children.size() == 1) {
    const auto& [name, child] = *node.children.begin();
    if (std::ranges::binary_search(kItemNames, std::string_view(name)))
      if (auto list = list_of(*child)) return std::move(*list);
  }
  boost::json::object out;
  for (const auto& [name, child] : node.children) out.insert_or_assign(name, value_of(*child));
  return out;
}

}  // namespace

std::optional<std::string> form_value(std::string_view body, std::string_view name) {
  std::optional<std::string> out;
  each_pair(body, [&](std::string_view key, std::string_view value) {
    if (!out && key == name) out = decoded(value);
  });
  return out;
}

Result<boost::json::object> parse_query_form(std::string_view body) {
  Node root;
  std::size_t nodes = 0;
  bool good = true;
  each_pair(body, [&](std::string_view key, std::string_view value) {
    const std::string path = decoded(key);
    if (path == "Action" || path == "Version" || path.starts_with("X-Amz-") || !good) return;
    Node* node = &root;
    std::size_t depth = 0;
    for (std::size_t at = 0; at <= path.size() && good;) {
      const std::size_t end = std::min(path.find('.', at), path.size());
      auto& child = node->children[path.substr(at, end - at)];
      if (!child) {
        child = std::make_unique<Node>();
        good = ++nodes <= kNodesMax;
      }
      node = child.get();
      good = good && ++depth <= kDepthMax;
      at = end + 1;
    }
    node->text = decoded(value);
  });
  if (!good)
    return fail(ErrorCode::kInput,
                fmt::format("more than {} parameters, or nested deeper than {}", kNodesMax, kDepthMax));
  boost::json::object out;
  for (const auto& [name, child] : root.children) out.insert_or_assign(name, value_of(*child));
  return out;
}

}  // namespace culprit::server
