#include "server/wire_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "server/cbor.h"
#include "server/query_form.h"
#include "server/xml_answer.h"

namespace culprit::server {

namespace {

constexpr aws::Service kServices[] = {aws::Service::kCloudWatch, aws::Service::kLogs, aws::Service::kEcs,
                                      aws::Service::kRds, aws::Service::kSts};
constexpr std::string_view kCborPath = "/service/";
constexpr std::uint32_t kJsonDepthMax = 64;

// Moments of CloudWatch's answers are numbers here; those of other services are written in their own form.
bool is_time_name(std::string_view name) {
  return name.ends_with("Timestamp") || name == "Timestamps" || name == "LastModified" || name == "EndTime" ||
         name == "StartTime";
}
bool no_time_name(std::string_view) { return false; }

auto time_rule(aws::Service service) {
  return service == aws::Service::kCloudWatch ? is_time_name : no_time_name;
}

std::string_view xml_name_space(aws::Service service) {
  switch (service) {
    case aws::Service::kCloudWatch:
      return "http://monitoring.amazonaws.com/doc/2010-08-01/";
    case aws::Service::kRds:
      return "http://rds.amazonaws.com/doc/2014-10-31/";
    default:
      return "https://sts.amazonaws.com/doc/2011-06-15/";
  }
}

// Shapes of CloudWatch's model whose names differ from the code of the query protocol.
struct ShapeName {
  std::string_view code;
  std::string_view shape;
};
constexpr ShapeName kShapes[] = {
    {"InternalServiceError", "InternalServiceFault"},
    {"InvalidFormat", "InvalidFormatFault"},
    {"InvalidParameterCombination", "InvalidParameterCombinationException"},
    {"InvalidParameterInput", "DashboardInvalidInputError"},
    {"InvalidParameterValue", "InvalidParameterValueException"},
    {"LimitExceeded", "LimitExceededFault"},
    {"MissingParameter", "MissingRequiredParameterException"},
    {"ValidationError", "com.amazon.coral.validate#ValidationException"},
};

std::string shape_of(aws::Service service, std::string_view code) {
  if (service == aws::Service::kCloudWatch)
    for (const auto& known : kShapes)
      if (known.code == code) return std::string(known.shape);
  return std::string(code);
}

// Non-finite numbers are text in JSON.
void make_finite(boost::json::value& value) {
  if (auto* number = value.if_double(); number != nullptr && !std::isfinite(*number))
    value = std::isnan(*number) ? "NaN" : *number > 0 ? "Infinity" : "-Infinity";
  else if (auto* list = value.if_array())
    for (auto& item : *list) make_finite(item);
  else if (auto* object = value.if_object())
    for (auto& member : *object) make_finite(member.value());
}

bool holds_non_finite(const boost::json::value& value) {
  if (const auto* number = value.if_double()) return !std::isfinite(*number);
  if (const auto* list = value.if_array()) return std::ranges::any_of(*list, holds_non_finite);
  if (const auto* object = value.if_object())
    return std::ranges::any_of(*object, [](const auto& member) { return holds_non_finite(member.value()); });
  return false;
}

std::string json_text(const boost::json::object& answer) {
  if (!holds_non_finite(answer)) return boost::json::serialize(answer);
  boost::json::value copy = answer;
  make_finite(copy);
  return boost::json::serialize(copy);
}

HttpReply reply_of(const WireTarget& target, int status, const std::string& request_id) {
  HttpReply reply;
  reply.status = status;
  reply.headers.emplace_back("x-amzn-RequestId", request_id);
  switch (target.form) {
    case WireForm::kQuery:
      reply.content_type = "text/xml";
      break;
    case WireForm::kJson:
      reply.content_type = "application/x-amz-json-" + target.json_version;
      break;
    case WireForm::kCbor:
      reply.content_type = "application/cbor";
      reply.headers.emplace_back("smithy-protocol", "rpc-v2-cbor");
      break;
  }
  return reply;
}

WireTarget json_target(const HttpCall& call) {
  WireTarget target;
  target.form = WireForm::kJson;
  target.query_mode = call.header("x-amzn-query-mode") == "true";
  if (call.header("content-type").find("json-1.1") != std::string_view::npos) target.json_version = "1.1";
  const auto name = call.header("x-amz-target");
  const auto dot = name.rfind('.');
  for (const auto service : kServices)
    if (const auto& info = aws::info(service);
        dot != std::string_view::npos && !info.target.empty() && name.substr(0, dot) == info.target) {
      target.service = service;
      target.operation = name.substr(dot + 1);
      return target;
    }
  throw ApiFault{"UnknownOperationException", ""};
}

WireTarget cbor_target(const HttpCall& call) {
  WireTarget target;
  target.form = WireForm::kCbor;
  target.query_mode = call.header("x-amzn-query-mode") == "true";
  std::string_view rest = std::string_view(call.path).substr(kCborPath.size());
  const auto slash = rest.find("/operation/");
  // "GraniteServiceVersion20100801", perhaps with a name space before it.
  std::string_view name = rest.substr(0, slash);
  name = name.substr(name.rfind('.') + 1);
  if (slash == std::string_view::npos || name != aws::info(aws::Service::kCloudWatch).target)
    throw ApiFault{"UnknownOperationException", "", 404};
  target.service = aws::Service::kCloudWatch;
  target.operation = rest.substr(slash + std::string_view("/operation/").size());
  return target;
}

WireTarget query_target(const HttpCall& call, std::string_view body) {
  const std::string_view form = call.method == "GET" ? std::string_view(call.query) : body;
  WireTarget target;
  target.form = WireForm::kQuery;
  target.operation = form_value(form, "Action").value_or("");
  target.version = form_value(form, "Version").value_or("");
  if (target.operation.empty())
    throw ApiFault{"MissingAction", "The request does not contain an Action parameter."};
  for (const auto service : kServices)
    if (!target.version.empty() && aws::info(service).version == target.version) {
      target.service = service;
      return target;
    }
  throw ApiFault{"InvalidAction",
                 fmt::format("Could not find operation {} for version {}", target.operation,
                             target.version.empty() ? "NO_VERSION_SPECIFIED" : target.version)};
}

}  // namespace

WireForm form_of(const HttpCall& call) {
  if (!call.header("x-amz-target").empty()) return WireForm::kJson;
  if (call.path.starts_with(kCborPath) || call.header("smithy-protocol") == "rpc-v2-cbor")
    return WireForm::kCbor;
  if (call.header("content-type").find("json") != std::string_view::npos) return WireForm::kJson;
  return WireForm::kQuery;
}

WireTarget target_of(const HttpCall& call, std::string_view body) {
  if (call.path.starts_with(kCborPath)) return cbor_target(call);
  if (!call.header("x-amz-target").empty()) return json_target(call);
  if (form_of(call) == WireForm::kJson) throw ApiFault{"UnknownOperationException", ""};
  return query_target(call, body);
}

boost::json::object read_parameters(const WireTarget& target, const HttpCall& call, std::string_view body) {
  if (target.form == WireForm::kQuery) {
    auto parsed = parse_query_form(call.method == "GET" ? std::string_view(call.query) : body);
    if (!parsed) throw ApiFault{"MalformedQueryString", parsed.error().what};
    return std::move(*parsed);
  }
  if (body.empty()) return {};
  boost::json::value value;
  if (target.form == WireForm::kCbor) {
    auto parsed = read_cbor(body);
    if (!parsed) throw ApiFault{"SerializationException", parsed.error().what};
    value = std::move(*parsed);
  } else {
    boost::json::parse_options options;
    options.max_depth = kJsonDepthMax;
    boost::system::error_code error;
    value = boost::json::parse(body, error, {}, options);
    if (error) throw ApiFault{"SerializationException", "the body is no JSON: " + error.message()};
  }
  if (auto* object = value.if_object()) return std::move(*object);
  throw ApiFault{"SerializationException", "Start of structure or map found where not expected."};
}

HttpReply write_answer(const WireTarget& target, const boost::json::object& answer,
                       const std::string& request_id) {
  HttpReply reply = reply_of(target, 200, request_id);
  switch (target.form) {
    case WireForm::kQuery:
      reply.body = xml_answer(target.operation, xml_name_space(target.service), answer, request_id,
                              time_rule(target.service));
      break;
    case WireForm::kJson:
      reply.body = json_text(answer);
      break;
    case WireForm::kCbor:
      reply.body = write_cbor(answer, time_rule(target.service));
      break;
  }
  return reply;
}

HttpReply write_fault(const WireTarget& target, const ApiFault& fault, const std::string& request_id) {
  HttpReply reply = reply_of(target, fault.status, request_id);
  if (target.form == WireForm::kQuery) {
    reply.body =
        xml_fault(xml_name_space(target.service), fault.code, fault.message, fault.sender(), request_id);
    return reply;
  }
  const std::string shape = shape_of(target.service, fault.code);
  boost::json::object body{{"__type", shape}};
  if (!fault.message.empty()) body.emplace("message", fault.message);
  for (const auto& [name, value] : fault.details) body.emplace(name, value);
  if (target.query_mode)
    reply.headers.emplace_back("x-amzn-query-error",
                               fmt::format("{};{}", fault.code, fault.sender() ? "Sender" : "Receiver"));
  reply.headers.emplace_back("x-amzn-ErrorType", shape.substr(shape.find('#') + 1));
  reply.body = target.form == WireForm::kCbor ? write_cbor(body, no_time_name) : boost::json::serialize(body);
  return reply;
}

}  // namespace culprit::server
