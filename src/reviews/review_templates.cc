#include <algorithm>
#include <map>

#include "engine/template_comparison.h"
#include "logs/template_miner.h"
#include "reviews/review_parts.h"

namespace culprit {

namespace {

constexpr std::size_t kPerShift = 10;

// Coarse bins keep weeks of thousands of templates small; the test allows for what is bursty within them.
constexpr Duration kBin = std::chrono::hours(3);

Result<void> compare_group(const Store& store, const std::string& group, Review& out) {
  const LogQuery query{{group}, Window{out.before.start, out.week.end}};
  auto forms = store.mine_forms(query);
  if (!forms) return tl::unexpected(forms.error());
  const auto set = forms->miner.templates();
  const auto activities = forms->histogram.by_template(set);
  ComparedWindows windows{out.before, out.week, std::max(forms->histogram.bin(), kBin)};
  for (const auto& item : compare_templates(activities, windows)) {
    if (item.counts.shift == Shift::kNone) continue;
    const auto& form = set.templates[item.index];
    TemplateReview row{group,
                       form.text,
                       form.example,
                       std::string(name_of(item.counts.shift)),
                       item.counts.during,
                       item.counts.before,
                       out.week.start};
    for (const auto& bin : activities[item.index].bins)
      if (bin.start >= out.week.start) {
        row.first = bin.start;
        break;
      }
    out.templates.push_back(std::move(row));
  }
  return {};
}

// New ones first, then what surged, what is gone, what fell; each by how many.
int rank_of(const TemplateReview& t) {
  return t.shift == "new" ? 0 : t.shift == "surged" ? 1 : t.shift == "gone" ? 2 : 3;
}

}  // namespace

Result<void> review_templates(const Store& store, const System& system, Review& out) {
  const auto groups = store.log_groups();
  if (!groups) return tl::unexpected(groups.error());
  const auto gaps = store.gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  for (const auto& group : *groups) {
    const bool known = std::ranges::any_of(system.components,
                                           [&](const Component& c) { return c.log_group == group.group; });
    if (!known || group.first >= out.week.start || group.last < out.week.start) continue;
    // What was cut off before cannot be told from what was not there.
    const bool cut = std::ranges::any_of(
        *gaps, [&](const Gap& g) { return g.reason == GapReason::kCut && g.subject == group.group; });
    if (cut) {
      out.not_seen.push_back(group.group + ": cut at a limit, so that its messages are not compared");
      continue;
    }
    out.templates_compared = true;
    if (auto done = compare_group(store, group.group, out); !done) return done;
  }
  std::ranges::stable_sort(out.templates, [](const TemplateReview& a, const TemplateReview& b) {
    if (rank_of(a) != rank_of(b)) return rank_of(a) < rank_of(b);
    return std::max(a.count, a.before) > std::max(b.count, b.before);
  });
  out.templates_in_all = out.templates.size();
  std::map<std::string, std::size_t> kept;
  std::erase_if(out.templates, [&](const TemplateReview& t) { return ++kept[t.shift] > kPerShift; });
  return {};
}

}  // namespace culprit
