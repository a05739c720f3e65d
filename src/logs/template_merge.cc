#include "logs/template_merge.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>

#include "logs/template_texts.h"
#include "logs/template_units.h"
#include "logs/template_verdict.h"

namespace culprit {
namespace {

constexpr int kRoundsMax = 16;  // each takes at least one position away
constexpr std::size_t kPlacesMax = std::size_t{1}
                                   << 22;  // compared in one skeleton; beyond, the last units are not
constexpr std::size_t kPairsMax = std::size_t{1}
                                  << 21;  // looked at in one skeleton; beyond, pairs are left alone
constexpr std::size_t kStaticUnitsWithPair = 2;

// Patterns of one skeleton, merged position by position.
class SkeletonMerger {
 public:
  // `patterns` are distinct and in an order that does not depend on the caller's.
  SkeletonMerger(UnitTable& table, std::vector<Pattern> patterns)
      : table_(table), patterns_(std::move(patterns)), place_of_(patterns_.size()) {
    std::iota(place_of_.begin(), place_of_.end(), 0U);
  }

  void run() {
    for (int round = 0; round < kRoundsMax && patterns_.size() > 1; ++round) {
      if (!merge_singles() && !merge_pairs()) break;
    }
  }

  // The pattern that stands for the one given at `index`.
  const Pattern& result(std::size_t index) const { return patterns_[place_of_[index]]; }

 private:
  struct Entry {
    std::uint64_t key;  // of the pattern without these positions
    std::uint32_t pattern;
    std::uint32_t first;
    std::uint32_t second;
  };
  struct Change {
    std::uint32_t pattern;
    std::uint32_t position;
    std::uint32_t unit;
    auto operator<=>(const Change&) const = default;
  };

  bool merge_singles() {
    std::vector<Entry> entries;
    const auto places = std::min(patterns_[0].units.size(), kPlacesMax / patterns_.size());
    for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
      const auto& p = patterns_[i];
      for (std::uint32_t u = 0; u < places; ++u) {
        entries.push_back({p.key - key_of_unit(u, p.units[u]) + key_of_unit(u, 0), i, u, u});
      }
    }
    std::vector<Change> changes;
    for_groups(entries, [&](std::span<const Entry> group) {
      std::vector<std::uint32_t> units;
      for (const auto& e : group) units.push_back(patterns_[e.pattern].units[e.first]);
      const auto unit = value_of_units(table_, patterns_[group[0].pattern], group[0].first, units);
      if (!unit) return;
      for (const auto& e : group) changes.push_back({e.pattern, e.first, *unit});
    });
    return apply(changes);
  }

  bool merge_pairs() {
    std::vector<Entry> entries;
    for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
      if (!add_pairs(i, entries)) return false;
    }
    std::vector<Change> changes;
    for_groups(entries, [&](std::span<const Entry> group) {
      if (group.size() < kValuesOfPair) return;
      std::vector<UnitPair> pairs;
      for (const auto& e : group) {
        const auto& units = patterns_[e.pattern].units;
        pairs.push_back({units[e.first], units[e.second]});
      }
      const auto pair = value_of_pairs(table_, pairs);
      if (!pair) return;
      for (const auto& e : group) {
        changes.push_back({e.pattern, e.first, pair->first});
        changes.push_back({e.pattern, e.second, pair->second});
      }
    });
    return apply(changes);
  }

  // False when the pairs become too many.
  bool add_pairs(std::uint32_t index, std::vector<Entry>& entries) const {
    const auto& p = patterns_[index];
    std::vector<std::uint32_t> places;
    std::size_t statics = 0;
    for (std::uint32_t u = 0; u < p.units.size(); ++u) {
      const auto kind = table_.class_of(p.units[u]);
      if (kind != UnitClass::kVariable && (u != 0 || kind == UnitClass::kPart)) places.push_back(u);
      if (kind >= UnitClass::kMixed) ++statics;
    }
    if (statics < kStaticUnitsWithPair + 2) return true;
    if (entries.size() + places.size() * places.size() / 2 > kPairsMax) return false;
    for (std::size_t a = 0; a < places.size(); ++a) {
      for (std::size_t b = a + 1; b < places.size(); ++b) {
        const auto u = places[a];
        const auto v = places[b];
        entries.push_back({p.key - key_of_unit(u, p.units[u]) - key_of_unit(v, p.units[v]) +
                               key_of_unit(u, 0) + key_of_unit(v, 0),
                           index, u, v});
      }
    }
    return true;
  }

  template <class Visit>
  static void for_groups(std::vector<Entry>& entries, const Visit& visit) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.key != b.key ? a.key < b.key : a.pattern < b.pattern;
    });
    for (std::size_t i = 0; i < entries.size();) {
      std::size_t end = i + 1;
      while (end < entries.size() && entries[end].key == entries[i].key) ++end;
      if (end - i > 1) visit(std::span(entries).subspan(i, end - i));
      i = end;
    }
  }

  bool apply(std::vector<Change>& changes) {
    if (changes.empty()) return false;
    std::sort(changes.begin(), changes.end());
    bool changed = false;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const auto& c = changes[i];
      // Told to vary in two ways: altogether.
      const bool twice = i > 0 && changes[i - 1].pattern == c.pattern &&
                         changes[i - 1].position == c.position && changes[i - 1].unit != c.unit;
      auto& unit = patterns_[c.pattern].units[c.position];
      const auto wider = twice ? table_.any() : c.unit;
      changed = changed || unit != wider;
      unit = wider;
    }
    for (auto& p : patterns_) table_.set_key(p);
    join_equal();
    return changed;
  }

  void join_equal() {
    std::unordered_map<std::uint64_t, std::uint32_t> place_of_key;
    std::vector<std::uint32_t> moved;
    std::vector<Pattern> kept;
    for (auto& p : patterns_) {
      const auto [at, fresh] = place_of_key.emplace(p.key, static_cast<std::uint32_t>(kept.size()));
      if (fresh) kept.push_back(std::move(p));
      moved.push_back(at->second);
    }
    for (auto& place : place_of_) place = moved[place];
    patterns_ = std::move(kept);
  }

  UnitTable& table_;
  std::vector<Pattern> patterns_;
  std::vector<std::uint32_t> place_of_;
};

// The texts with the units that vary replaced; for each of `texts`, in place.
void merge_units(std::vector<std::string>& texts) {
  UnitTable table;
  std::vector<Pattern> patterns;
  for (const auto& text : texts) patterns.push_back(table.split(text));
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return patterns[a].skeleton < patterns[b].skeleton; });
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    std::vector<Pattern> group;
    for (; end < order.size() && patterns[order[end]].skeleton == patterns[order[i]].skeleton; ++end) {
      group.push_back(patterns[order[end]]);
    }
    SkeletonMerger merger(table, std::move(group));
    merger.run();
    for (std::size_t k = i; k < end; ++k) texts[order[k]] = table.join(merger.result(k - i));
    i = end;
  }
}

// Applies `step` to distinct, sorted texts until the last of them, keeping which stands for which.
class Distinct {
 public:
  explicit Distinct(std::span<const std::string_view> masked) : texts_(masked.begin(), masked.end()) {
    place_of_.resize(masked.size());
    std::iota(place_of_.begin(), place_of_.end(), 0U);
    make_distinct();
  }

  template <class Step>
  void apply(const Step& step) {
    step(texts_);
    make_distinct();
  }

  MergedForms take() { return {std::move(texts_), std::move(place_of_)}; }

 private:
  void make_distinct() {
    auto sorted = texts_;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::vector<std::uint32_t> moved;
    for (const auto& text : texts_) {
      const auto at = std::lower_bound(sorted.begin(), sorted.end(), text);
      moved.push_back(static_cast<std::uint32_t>(at - sorted.begin()));
    }
    for (auto& place : place_of_) place = moved[place];
    texts_ = std::move(sorted);
  }

  std::vector<std::string> texts_;
  std::vector<std::uint32_t> place_of_;
};

}  // namespace

MergedForms merge_forms(std::span<const std::string_view> masked) {
  Distinct distinct(masked);
  distinct.apply(merge_lists);
  distinct.apply(blank_quoted_texts);
  distinct.apply(merge_units);
  for (int round = 0; round < kTokenRounds; ++round) distinct.apply(merge_tokens);
  return distinct.take();
}

}  // namespace culprit
