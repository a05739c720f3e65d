// Alarms and metric filters in the JSON of the API: what PutMetricAlarm, PutCompositeAlarm and
// PutMetricFilter take, and what DescribeAlarms and DescribeMetricFilters answer.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>

#include "alarms/alarm_set.h"

namespace culprit {

// Parameters of the put calls, without tags. Members that have the service's default are left out, so that
// two documents of the same alarm are equal.
boost::json::object document_of(const MetricAlarm& alarm);
boost::json::object document_of(const CompositeAlarm& alarm);
boost::json::object document_of(const MetricFilter& filter);

// From an answer's element (or put parameters). kInput for one that is no such thing: text where a number
// belongs, an unknown comparison.
Result<MetricAlarm> read_metric_alarm(const boost::json::object& document);
Result<CompositeAlarm> read_composite_alarm(const boost::json::object& document);
Result<MetricFilter> read_metric_filter(const boost::json::object& document);

}  // namespace culprit
