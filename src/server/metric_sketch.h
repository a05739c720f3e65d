// The values of a period, few enough to keep for years: counts by bucket, each bucket 1 % wide (DDSketch;
// Masson, Rim, Lee, VLDB 2019, with relative error 0.5 %). Kept in a store as one series a bucket, with the
// statistic "sketch:<bucket>", so that sketches of several periods add up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit::server {

// Zero has a bucket of its own; negative values have theirs by size.
int bucket_of(double value);
double value_of_bucket(int bucket);

std::string bucket_statistic(int bucket);
std::optional<int> bucket_of_statistic(std::string_view statistic);

}  // namespace culprit::server
