#include "causes/call_graph.h"

#include <algorithm>
#include <limits>

namespace culprit {

namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::size_t place_of(const std::vector<std::string>& sorted, const std::string& name) {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), name);
  return found != sorted.end() && *found == name ? static_cast<std::size_t>(found - sorted.begin()) : kNone;
}

}  // namespace

CallGraph::CallGraph(const std::vector<std::string>& components, const std::vector<Call>& calls)
    : callees_(components.size()), callers_(components.size()) {
  for (const auto& call : calls) {
    const auto caller = place_of(components, call.caller);
    const auto callee = place_of(components, call.callee);
    if (caller == kNone || callee == kNone) {
      ++unknown_calls_;
      continue;
    }
    if (caller != callee) callees_[caller].push_back(callee);
  }
  for (std::size_t c = 0; c < callees_.size(); ++c) {
    auto& list = callees_[c];
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (const auto callee : list) callers_[callee].push_back(c);
  }
  find_circles();
}

// Tarjan, Depth-First Search and Linear Graph Algorithms, SIAM J. Comput. 1 (1972), without recursion: a
// graph from a file may be one long chain.
void CallGraph::find_circles() {
  const auto n = size();
  std::vector<std::size_t> index(n, kNone);
  std::vector<std::size_t> low(n, 0);
  std::vector<bool> on_stack(n, false);
  std::vector<std::size_t> stack;
  std::vector<std::pair<std::size_t, std::size_t>> work;  // component, next callee
  std::size_t next = 0;
  circle_.assign(n, kNone);
  for (std::size_t root = 0; root < n; ++root) {
    if (index[root] != kNone) continue;
    work.emplace_back(root, 0);
    while (!work.empty()) {
      const auto c = work.back().first;
      if (work.back().second == 0 && index[c] == kNone) {
        index[c] = low[c] = next++;
        stack.push_back(c);
        on_stack[c] = true;
      }
      if (work.back().second < callees_[c].size()) {
        const auto callee = callees_[c][work.back().second++];
        if (index[callee] == kNone)
          work.emplace_back(callee, 0);
        else if (on_stack[callee])
          low[c] = std::min(low[c], index[callee]);
        continue;
      }
      work.pop_back();
      if (!work.empty()) low[work.back().first] = std::min(low[work.back().first], low[c]);
      if (low[c] != index[c]) continue;
      const auto circle = circle_sizes_.size();
      circle_sizes_.push_back(0);
      for (bool more = true; more;) {
        const auto member = stack.back();
        stack.pop_back();
        on_stack[member] = false;
        circle_[member] = circle;
        ++circle_sizes_.back();
        more = member != c;
      }
    }
  }
}

std::vector<bool> CallGraph::reachable(std::size_t from) const {
  std::vector<bool> seen(size(), false);
  std::vector<std::size_t> open{from};
  seen[from] = true;
  while (!open.empty()) {
    const auto c = open.back();
    open.pop_back();
    for (const auto callee : callees_[c]) {
      if (seen[callee]) continue;
      seen[callee] = true;
      open.push_back(callee);
    }
  }
  return seen;
}

std::vector<std::size_t> CallGraph::way(std::size_t from, std::size_t to) const {
  std::vector<std::size_t> before(size(), kNone);
  std::vector<std::size_t> open{from};
  before[from] = from;
  for (std::size_t i = 0; i < open.size() && before[to] == kNone; ++i)
    for (const auto callee : callees_[open[i]])
      if (before[callee] == kNone) {
        before[callee] = open[i];
        open.push_back(callee);
      }
  if (before[to] == kNone) return {};
  std::vector<std::size_t> way{to};
  while (way.back() != from) way.push_back(before[way.back()]);
  std::reverse(way.begin(), way.end());
  return way;
}

std::vector<std::size_t> CallGraph::entries() const {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < size(); ++c)
    if (callers_[c].empty() && !callees_[c].empty()) out.push_back(c);
  return out;
}

}  // namespace culprit
