#include "logs/template_histogram.h"

#include <algorithm>

namespace culprit {
namespace {

std::int64_t floor_divided(std::int64_t value, std::int64_t by) {
  return value >= 0 ? value / by : -((-value + by - 1) / by);
}

}  // namespace

std::vector<std::uint64_t> TemplateActivity::counts_in(const Window& window, Duration width) const {
  std::vector<std::uint64_t> counts;
  if (window.end <= window.start) return counts;
  counts.resize(static_cast<std::size_t>((window.length() + width - Duration{1}) / width));
  for (const auto& b : bins) {
    if (window.contains(b.start))
      counts[static_cast<std::size_t>((b.start - window.start) / width)] += b.count;
  }
  return counts;
}

TemplateHistogram::TemplateHistogram(Duration bin, std::size_t cells_max)
    : bin_(bin), cells_max_(cells_max) {}

void TemplateHistogram::add(TemplateMiner::FormNumber form, Time time, std::uint64_t count) {
  if (form >= forms_.size()) forms_.resize(form + std::size_t{1});
  auto& f = forms_[form];
  const auto ms = to_epoch_ms(time);
  const auto bin = floor_divided(ms, bin_.count());
  if (f.cells.empty()) {
    f.first_ms = ms;
    f.last_ms = ms;
  }
  f.first_ms = std::min(f.first_ms, ms);
  f.last_ms = std::max(f.last_ms, ms);
  if (!f.cells.empty() && f.cells.back().bin == bin) {
    f.cells.back().count += count;
    return;
  }
  f.cells.push_back({bin, count});
  if (++cells_ > cells_max_) compact();
}

// Cells of one bin become one; when that does not free half of them, bins double.
void TemplateHistogram::compact() {
  for (bool wider = false; cells_ > cells_max_ / 2; wider = true) {
    if (wider) bin_ *= 2;
    cells_ = 0;
    bool several = false;
    for (auto& f : forms_) {
      if (wider) {
        for (auto& c : f.cells) c.bin = floor_divided(c.bin, 2);
      }
      std::sort(f.cells.begin(), f.cells.end(), [](const Cell& a, const Cell& b) { return a.bin < b.bin; });
      std::size_t kept = 0;
      for (std::size_t i = 0; i < f.cells.size(); ++i) {
        if (kept > 0 && f.cells[kept - 1].bin == f.cells[i].bin) {
          f.cells[kept - 1].count += f.cells[i].count;
        } else {
          f.cells[kept++] = f.cells[i];
        }
      }
      f.cells.resize(kept);
      f.cells.shrink_to_fit();
      cells_ += kept;
      several = several || kept > 1;
    }
    if (!several) return;  // a cell a form: as few as can be
  }
}

std::vector<TemplateActivity> TemplateHistogram::by_template(const TemplateSet& set) const {
  return by_group(set.template_of_form, set.templates.size());
}

std::vector<TemplateActivity> TemplateHistogram::by_group(std::span<const std::uint32_t> group_of_form,
                                                          std::size_t groups) const {
  std::vector<TemplateActivity> activities(groups);
  for (std::size_t form = 0; form < forms_.size() && form < group_of_form.size(); ++form) {
    const auto& f = forms_[form];
    if (f.cells.empty()) continue;
    auto& a = activities[group_of_form[form]];
    const auto first = from_epoch_ms(f.first_ms);
    const auto last = from_epoch_ms(f.last_ms);
    a.first = a.bins.empty() ? first : std::min(a.first, first);
    a.last = a.bins.empty() ? last : std::max(a.last, last);
    for (const auto& c : f.cells) {
      a.bins.push_back({Time{bin_ * c.bin}, c.count});
      a.count += c.count;
    }
  }
  for (auto& a : activities) {
    std::sort(a.bins.begin(), a.bins.end(), [](const auto& x, const auto& y) { return x.start < y.start; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < a.bins.size(); ++i) {
      if (kept > 0 && a.bins[kept - 1].start == a.bins[i].start) {
        a.bins[kept - 1].count += a.bins[i].count;
      } else {
        a.bins[kept++] = a.bins[i];
      }
    }
    a.bins.resize(kept);
  }
  return activities;
}

}  // namespace culprit
