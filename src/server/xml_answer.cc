#include "server/xml_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"

namespace culprit::server {

namespace {

struct ItemName {
  std::string_view list;
  std::string_view item;
};

// Lists whose items are not called <member>: RDS. Sorted.
constexpr ItemName kItemNames[] = {
    {"DBInstanceAutomatedBackupsReplications", "DBInstanceAutomatedBackupsReplication"},
    {"DBInstances", "DBInstance"},
    {"DBParameterGroups", "DBParameterGroup"},
    {"DBSecurityGroups", "DBSecurityGroup"},
    {"DescribeDBLogFiles", "DescribeDBLogFilesDetails"},
    {"DomainMemberships", "DomainMembership"},
    {"EventCategories", "EventCategory"},
    {"Events", "Event"},
    {"OptionGroupMemberships", "OptionGroupMembership"},
    {"ProcessorFeatures", "ProcessorFeature"},
    {"ReadReplicaDBClusterIdentifiers", "ReadReplicaDBClusterIdentifier"},
    {"ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBInstanceIdentifier"},
    {"StatusInfos", "DBInstanceStatusInfo"},
    {"Subnets", "Subnet"},
    {"TagList", "Tag"},
    {"VpcSecurityGroups", "VpcSecurityGroupMembership"},
};

std::string_view item_name(std::string_view list) {
  const auto* found = std::lower_bound(std::begin(kItemNames), std::end(kItemNames), list,
                                       [](const ItemName& a, std::string_view b) { return a.list < b; });
  return found != std::end(kItemNames) && found->list == list ? found->item : "member";
}

// Characters that XML 1.0 cannot hold at all become U+FFFD.
void append_text(std::string& out, std::string_view text) {
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      case '\n':
      case '\t':
        out += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += "\xEF\xBF\xBD";
        else
          out += c;
    }
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", value);
}

std::string time_text(double seconds) {
  return format_utc(from_epoch_ms(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

class XmlWriter {
 public:
  XmlWriter(std::string& out, bool (*is_time)(std::string_view)) : out_(out), is_time_(is_time) {}

  void members(const boost::json::object& object) {
    for (const auto& [name, value] : object)
      if (!value.is_null()) element(name, value, name);
  }

 private:
  void element(std::string_view tag, const boost::json::value& value, std::string_view name) {
    out_.append("<").append(tag).append(">");
    content(value, name);
    out_.append("</").append(tag).append(">");
  }

  void content(const boost::json::value& value, std::string_view name) {
    if (const auto* object = value.if_object()) return members(*object);
    if (const auto* list = value.if_array()) {
      for (const auto& item : *list) element(item_name(name), item, name);
      return;
    }
    if (const auto* text = value.if_string()) return append_text(out_, *text);
    if (const auto* flag = value.if_bool()) return void(out_ += *flag ? "true" : "false");
    if (value.is_null()) return;
    const double number = value.to_number<double>();
    if (is_time_(name))
      out_ += time_text(number);
    else if (value.is_double())
      out_ += number_text(number);
    else
      out_ += value.is_int64() ? std::to_string(value.get_int64()) : std::to_string(value.get_uint64());
  }

  std::string& out_;
  bool (*is_time_)(std::string_view);
};

}  // namespace

std::string xml_answer(std::string_view operation, std::string_view name_space,
                       const boost::json::object& answer, std::string_view request_id,
                       bool (*is_time)(std::string_view name)) {
  std::string out = fmt::format("<{}Response xmlns=\"{}\"><{}Result>", operation, name_space, operation);
  XmlWriter(out, is_time).members(answer);
  out += fmt::format("</{}Result><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{}Response>",
                     operation, request_id, operation);
  return out;
}

std::string xml_fault(std::string_view name_space, std::string_view code, std::string_view message,
                      bool sender, std::string_view request_id) {
  std::string out = fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>", name_space,
                                sender ? "Sender" : "Receiver");
  append_text(out, code);
  out += "</Code><Message>";
  append_text(out, message);
  out += fmt::format("</Message></Error><RequestId>{}</RequestId></ErrorResponse>", request_id);
  return out;
}

}  // namespace culprit::server
