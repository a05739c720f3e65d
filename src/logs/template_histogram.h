// When messages came, by masked form: for lists with sparklines and for comparing windows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "logs/template_miner.h"
#include "telemetry/window.h"

namespace culprit {

struct TemplateActivity {
  std::uint64_t count = 0;
  Time first;
  Time last;
  struct Bin {
    Time start;
    std::uint64_t count = 0;
    bool operator==(const Bin&) const = default;
  };
  std::vector<Bin> bins;  // those with messages, by time

  // A number for each bin of `width` that lies in the window, zeros included. The window's last bin may be
  // shorter than `width`.
  std::vector<std::uint64_t> counts_in(const Window& window, Duration width) const;
};

// Counts per form and bin. Memory is bounded: with more than kHistogramCells counts, bins double in width.
constexpr std::size_t kHistogramCells = std::size_t{4} << 20;

class TemplateHistogram {
 public:
  explicit TemplateHistogram(Duration bin = std::chrono::minutes(1), std::size_t cells_max = kHistogramCells);

  // Quickest in the order of time; any order gives the same.
  void add(TemplateMiner::FormNumber form, Time time, std::uint64_t count = 1);

  Duration bin() const { return bin_; }

  // For each template of the set, by its index; of templates without messages here, the count is 0.
  std::vector<TemplateActivity> by_template(const TemplateSet& set) const;

  // The same for any grouping: the group of each form, less than `groups`.
  std::vector<TemplateActivity> by_group(std::span<const std::uint32_t> group_of_form,
                                         std::size_t groups) const;

 private:
  struct Cell {
    std::int64_t bin;
    std::uint64_t count;
  };
  struct Form {
    std::vector<Cell> cells;
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
  };

  void compact();

  Duration bin_;
  std::size_t cells_max_;
  std::size_t cells_ = 0;
  std::vector<Form> forms_;
};

}  // namespace culprit
