// Who calls whom, over the components of a table.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "causes/metric_table.h"

namespace culprit {

class CallGraph {
 public:
  // `components` sorted. Calls of unknown components, of oneself, and repeated ones are left out.
  CallGraph(const std::vector<std::string>& components, const std::vector<Call>& calls);

  std::size_t size() const { return callees_.size(); }
  const std::vector<std::size_t>& callees(std::size_t component) const { return callees_[component]; }
  const std::vector<std::size_t>& callers(std::size_t component) const { return callers_[component]; }

  // Equal for components that call each other in a circle, directly or through others.
  std::size_t circle(std::size_t component) const { return circle_[component]; }
  bool in_circle(std::size_t component) const { return circle_sizes_[circle_[component]] > 1; }

  // Components that calls lead to from here, itself included.
  std::vector<bool> reachable(std::size_t from) const;
  // A shortest way of calls between two components, both included; empty when there is none.
  std::vector<std::size_t> way(std::size_t from, std::size_t to) const;
  // Those that call others and are called by none.
  std::vector<std::size_t> entries() const;

  std::size_t unknown_calls() const { return unknown_calls_; }

 private:
  void find_circles();

  std::vector<std::vector<std::size_t>> callees_;
  std::vector<std::vector<std::size_t>> callers_;
  std::vector<std::size_t> circle_;
  std::vector<std::size_t> circle_sizes_;
  std::size_t unknown_calls_ = 0;
};

}  // namespace culprit
