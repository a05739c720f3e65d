#include "aws_wire/service.h"

#include <array>

namespace culprit::aws {

namespace {
// CloudWatch: awsJson1_0, which today's AWS CLI and boto3 send, first; the client falls back to query, which
// every CloudWatch has understood since 2010, when an endpoint refuses it (client.cc).
constexpr std::array<ServiceInfo, 7> kServices{{
    {Service::kCloudWatch, "cloudwatch", "CloudWatch", "monitoring", "monitoring", "CLOUDWATCH", "cloudwatch",
     Protocol::kJson, "1.0", "GraniteServiceVersion20100801", "2010-08-01"},
    {Service::kLogs, "logs", "CloudWatch Logs", "logs", "logs", "CLOUDWATCH_LOGS", "cloudwatch_logs",
     Protocol::kJson, "1.1", "Logs_20140328", ""},
    {Service::kEcs, "ecs", "ECS", "ecs", "ecs", "ECS", "ecs", Protocol::kJson, "1.1",
     "AmazonEC2ContainerServiceV20141113", ""},
    {Service::kRds, "rds", "RDS", "rds", "rds", "RDS", "rds", Protocol::kQuery, "", "", "2014-10-31"},
    {Service::kSts, "sts", "STS", "sts", "sts", "STS", "sts", Protocol::kQuery, "", "", "2011-06-15"},
    {Service::kSso, "sso", "IAM Identity Center", "", "portal.sso", "SSO", "sso", Protocol::kRest, "", "",
     ""},
    {Service::kSsoOidc, "sso-oidc", "IAM Identity Center OIDC", "", "oidc", "SSO_OIDC", "sso_oidc",
     Protocol::kRest, "", "", ""},
}};
}  // namespace

const ServiceInfo& info(Service service) { return kServices[static_cast<std::size_t>(service)]; }

}  // namespace culprit::aws
