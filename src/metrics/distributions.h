// Tails of the distributions that tests need.
#pragma once

namespace culprit {

// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1].
double incomplete_beta(double a, double b, double x);

// P(F >= f) for the F distribution with 1 and `df` degrees of freedom (the square of Student's t).
double f_tail(double f, double df);

// P(X >= k) and P(X <= k) for the binomial distribution, continued to real n and k by the incomplete beta
// function.
double binomial_upper_tail(double k, double n, double p);
double binomial_lower_tail(double k, double n, double p);

}  // namespace culprit
