// An alarm set in other tools' words. Each holds exactly what `culprit alarms apply` would make.
#pragma once

#include <string>

#include "alarms/alarm_set.h"

namespace culprit {

// A POSIX shell script of stock `aws` commands. It stops before it makes anything when a name is taken by an
// alarm that is not Culprit's.
std::string export_as_cli(const AlarmSet& set);

// A CloudFormation template (JSON).
std::string export_as_cloudformation(const AlarmSet& set);

// Terraform configuration (HCL) for the provider hashicorp/aws.
std::string export_as_terraform(const AlarmSet& set);

}  // namespace culprit
