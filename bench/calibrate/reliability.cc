#include "reliability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace culprit::bench {

namespace {

constexpr std::size_t kBins = 10;

double squared(double v) { return v * v; }

void fill_share(ReliabilityBin& bin) {
  const auto n = static_cast<double>(bin.cases);
  const double p = static_cast<double>(bin.right) / n;
  const double z = 1.959964;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  bin.share = p;
  bin.low = std::max(0.0, centre - half);
  bin.high = std::min(1.0, centre + half);
}

// The diagram's square.
constexpr double kLeft = 60, kTop = 46, kSide = 360, kCounts = 60;
double x_of(double share) { return kLeft + share * kSide; }
double y_of(double share) { return kTop + (1 - share) * kSide; }

constexpr const char* kColours[] = {"#9aa5b1", "#0b6bcb"};

std::string axes(const std::string& title) {
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 480 560\" font-family=\"sans-serif\" "
      "font-size=\"12\" fill=\"#333\">\n<rect width=\"480\" height=\"560\" fill=\"#fff\"/>\n"
      "<text x=\"{:.0f}\" y=\"24\" font-size=\"15\" font-weight=\"600\">{}</text>\n",
      kLeft, title);
  for (int tenth = 0; tenth <= 10; tenth += 2) {
    const double v = tenth / 10.0;
    out += fmt::format(
        "<path d=\"M{0:.0f} {1:.0f}H{2:.0f}M{3:.0f} {4:.0f}V{5:.0f}\" stroke=\"#e3e8ee\"/>"
        "<text x=\"{6:.0f}\" y=\"{7:.0f}\" text-anchor=\"end\">{8:.1f}</text>"
        "<text x=\"{3:.0f}\" y=\"{9:.0f}\" text-anchor=\"middle\">{8:.1f}</text>\n",
        x_of(0), y_of(v), x_of(1), x_of(v), y_of(0), y_of(1), kLeft - 8, y_of(v) + 4, v, y_of(0) + 18);
  }
  out += fmt::format(
      "<path d=\"M{:.0f} {:.0f}L{:.0f} {:.0f}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>\n"
      "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">confidence that was told</text>\n"
      "<text transform=\"translate(18 {:.0f}) rotate(-90)\" text-anchor=\"middle\">share that named the "
      "cause</text>\n",
      x_of(0), y_of(0), x_of(1), y_of(1), x_of(0.5), y_of(0) + 36, y_of(0.5));
  return out;
}

std::string curve(const ReliabilityCurve& c, const char* colour) {
  std::string path;
  std::string marks;
  for (const auto& bin : c.reliability.bins) {
    if (bin.cases == 0) continue;
    const double x = x_of(bin.mean_confidence);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y_of(bin.share));
    marks += fmt::format(
        "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" stroke=\"{3}\" opacity=\".5\"/><circle cx=\"{0:.1f}\" "
        "cy=\"{4:.1f}\" r=\"4\" fill=\"{3}\"/>\n",
        x, y_of(bin.low), y_of(bin.high), colour, y_of(bin.share));
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n{}", path, colour,
                     marks);
}

}  // namespace

Reliability reliability_of(const std::vector<Told>& told) {
  Reliability out;
  out.bins.resize(kBins);
  out.cases = told.size();
  if (told.empty()) return out;
  double right = 0;
  for (const auto& t : told) {
    auto& bin = out.bins[std::min(kBins - 1, static_cast<std::size_t>(t.confidence * kBins))];
    ++bin.cases;
    bin.right += t.right ? 1 : 0;
    bin.mean_confidence += t.confidence;
    right += t.right ? 1 : 0;
    const double truth = t.right ? 1 : 0;
    out.brier += squared(t.confidence - truth);
    out.log_loss -= std::log(std::max(1e-9, t.right ? t.confidence : 1 - t.confidence));
  }
  const auto n = static_cast<double>(told.size());
  out.brier /= n;
  out.log_loss /= n;
  out.base_brier = right / n * (1 - right / n);
  for (auto& bin : out.bins) {
    if (bin.cases == 0) continue;
    bin.mean_confidence /= static_cast<double>(bin.cases);
    fill_share(bin);
    out.calibration_error += static_cast<double>(bin.cases) / n * std::abs(bin.share - bin.mean_confidence);
  }
  return out;
}

ConfidenceScale fit_platt(const std::vector<Told>& told) {
  double right = 0;
  for (const auto& t : told) right += t.right ? 1 : 0;
  const double wrong = static_cast<double>(told.size()) - right;
  const double target_right = (right + 1) / (right + 2);
  const double target_wrong = 1 / (wrong + 2);
  ConfidenceScale fit;
  for (int step = 0; step < 100; ++step) {
    double gs = 0, go = 0, hss = 1e-9, hso = 0, hoo = 1e-9;
    for (const auto& t : told) {
      const double p = confidence_of(t.log_odds, fit);
      const double error = p - (t.right ? target_right : target_wrong);
      const double weight = p * (1 - p);
      gs += error * t.log_odds;
      go += error;
      hss += weight * t.log_odds * t.log_odds;
      hso += weight * t.log_odds;
      hoo += weight;
    }
    const double determinant = hss * hoo - hso * hso;
    if (std::abs(determinant) < 1e-12) break;
    const double slope_step = (hoo * gs - hso * go) / determinant;
    const double offset_step = (hss * go - hso * gs) / determinant;
    fit.slope -= std::clamp(slope_step, -1.0, 1.0);
    fit.offset -= std::clamp(offset_step, -1.0, 1.0);
    if (std::abs(slope_step) + std::abs(offset_step) < 1e-10) break;
  }
  return fit;
}

std::string reliability_svg(const std::string& title, const std::vector<ReliabilityCurve>& curves) {
  std::string out = axes(title);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const char* colour = kColours[std::min(i, std::size(kColours) - 1)];
    out += curve(curves[i], colour);
    out += fmt::format(
        "<circle cx=\"{0:.0f}\" cy=\"{1:.0f}\" r=\"4\" fill=\"{2}\"/><text x=\"{3:.0f}\" "
        "y=\"{4:.0f}\">{5}</text>\n",
        x_of(0) + 14, y_of(1) + 16 + 18 * static_cast<double>(i), colour, x_of(0) + 24,
        y_of(1) + 20 + 18 * static_cast<double>(i), curves[i].name);
  }
  // How many cases stand behind each point of the last curve.
  const auto& bins = curves.back().reliability.bins;
  std::size_t most = 1;
  for (const auto& bin : bins) most = std::max(most, bin.cases);
  const double floor = y_of(0) + 50 + kCounts;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const double height = kCounts * static_cast<double>(bins[i].cases) / static_cast<double>(most);
    const double x = x_of(static_cast<double>(i) / static_cast<double>(kBins));
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"30\" height=\"{:.1f}\" fill=\"#c6dcf3\"/><text x=\"{:.1f}\" "
        "y=\"{:.1f}\" text-anchor=\"middle\" font-size=\"10\">{}</text>\n",
        x + 3, floor - height, height, x + 18, floor + 12, bins[i].cases);
  }
  return out + "</svg>\n";
}

std::string reliability_table(const Reliability& reliability) {
  std::string out =
      "| told | hypotheses | mean confidence | named the cause | 95 % interval |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < reliability.bins.size(); ++i) {
    const auto& bin = reliability.bins[i];
    if (bin.cases == 0) continue;
    out += fmt::format("| {:.1f}–{:.1f} | {} | {:.2f} | {:.2f} | {:.2f}–{:.2f} |\n",
                       static_cast<double>(i) / kBins, static_cast<double>(i + 1) / kBins, bin.cases,
                       bin.mean_confidence, bin.share, bin.low, bin.high);
  }
  return out;
}

}  // namespace culprit::bench
