#include "metrics/distributions.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

// Its continued fraction, by the modified method of Lentz (Numerical Recipes, section 6.4).
double beta_fraction(double a, double b, double x) {
  constexpr int kTermsMax = 20000;  // it takes about the root of the larger parameter
  constexpr double kTiny = 1e-300;
  constexpr double kPrecision = 1e-14;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kTermsMax; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < kPrecision) break;
  }
  return fraction;
}

// Not std::lgamma, which writes a global variable.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

}  // namespace

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double log_front =
      log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log1p(-x);
  const double front = std::exp(log_front);
  // The fraction converges quickly on the left of the mean.
  const double value = x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                                 : 1 - front * beta_fraction(b, a, 1 - x) / b;
  return std::clamp(value, 0.0, 1.0);
}

double f_tail(double f, double df) { return f <= 0 ? 1 : incomplete_beta(df / 2, 0.5, df / (df + f)); }

double binomial_upper_tail(double k, double n, double p) {
  if (k <= 0) return 1;
  return k > n ? 0 : incomplete_beta(k, n - k + 1, p);
}

double binomial_lower_tail(double k, double n, double p) {
  if (k < 0) return 0;
  return k >= n ? 1 : incomplete_beta(n - k, k + 1, 1 - p);
}

}  // namespace culprit
