#include "server/cbor.h"

#include <cbor.h>

#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "store/base64.h"

namespace culprit::server {

namespace {

constexpr std::size_t kDepthMax = 32;
constexpr std::uint64_t kEpochTag = 1;
constexpr std::string_view kBlob = "MetricWidgetImage";  // base64 here, bytes there
constexpr std::size_t kUnknownSize = static_cast<std::size_t>(-1);

// A list or map, or a string in pieces, that is not complete yet.
struct Open {
  enum class Kind { kArray, kMap, kText } kind = Kind::kArray;
  std::size_t left = kUnknownSize;  // items; of a map: pairs
  boost::json::array items;
  boost::json::object members;
  std::optional<std::string> key;
  std::string text;
};

// libcbor tells one item after the other; the tree is made here, so that its depth has a limit and a length
// is believed only as its items come.
class Reader {
 public:
  Result<boost::json::value> read(std::string_view bytes) {
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t at = 0;
    while (!done_) {
      const cbor_decoder_result step = cbor_stream_decode(data + at, bytes.size() - at, &callbacks(), this);
      if (step.status != CBOR_DECODER_FINISHED || step.read == 0)
        return fail(ErrorCode::kInput,
                    step.status == CBOR_DECODER_NEDATA ? "the CBOR ends early" : "this is no CBOR");
      if (problem_ != nullptr) return fail(ErrorCode::kInput, problem_);
      at += step.read;
    }
    if (at != bytes.size()) return fail(ErrorCode::kInput, "something follows the CBOR");
    return std::move(root_);
  }

 private:
  static Reader& self(void* context) { return *static_cast<Reader*>(context); }

  static const cbor_callbacks& callbacks() {
    static const cbor_callbacks kCallbacks = make_callbacks();
    return kCallbacks;
  }

  static cbor_callbacks make_callbacks() {
    cbor_callbacks c = cbor_empty_callbacks;
    c.uint8 = [](void* r, std::uint8_t v) { self(r).put(std::int64_t{v}); };
    c.uint16 = [](void* r, std::uint16_t v) { self(r).put(std::int64_t{v}); };
    c.uint32 = [](void* r, std::uint32_t v) { self(r).put(std::int64_t{v}); };
    c.uint64 = [](void* r, std::uint64_t v) { self(r).put_large(v); };
    c.negint8 = [](void* r, std::uint8_t v) { self(r).put(-1 - std::int64_t{v}); };
    c.negint16 = [](void* r, std::uint16_t v) { self(r).put(-1 - std::int64_t{v}); };
    c.negint32 = [](void* r, std::uint32_t v) { self(r).put(-1 - std::int64_t{v}); };
    c.negint64 = [](void* r, std::uint64_t v) { self(r).put_negative(v); };
    c.float2 = [](void* r, float v) { self(r).put(double{v}); };
    c.float4 = [](void* r, float v) { self(r).put(double{v}); };
    c.float8 = [](void* r, double v) { self(r).put(v); };
    c.boolean = [](void* r, bool v) { self(r).put(v); };
    c.null = [](void* r) { self(r).put(nullptr); };
    c.undefined = [](void* r) { self(r).put(nullptr); };
    c.string = [](void* r, cbor_data d, std::size_t n) {
      self(r).put_text({reinterpret_cast<const char*>(d), n});
    };
    c.byte_string = c.string;
    c.string_start = [](void* r) { self(r).open(Open::Kind::kText, kUnknownSize); };
    c.byte_string_start = c.string_start;
    c.array_start = [](void* r, std::size_t n) { self(r).open(Open::Kind::kArray, n); };
    c.indef_array_start = [](void* r) { self(r).open(Open::Kind::kArray, kUnknownSize); };
    c.map_start = [](void* r, std::size_t n) { self(r).open(Open::Kind::kMap, n); };
    c.indef_map_start = [](void* r) { self(r).open(Open::Kind::kMap, kUnknownSize); };
    c.indef_break = [](void* r) { self(r).break_open(); };
    c.tag = [](void*, std::uint64_t) {};  // what it marks follows: a time is its number
    return c;
  }

  void put_large(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(INT64_MAX))
      put(static_cast<std::int64_t>(value));
    else
      put(static_cast<double>(value));
  }
  void put_negative(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(INT64_MAX))
      put(-1 - static_cast<std::int64_t>(value));
    else
      put(-1.0 - static_cast<double>(value));
  }

  void put_text(std::string_view text) {
    if (!open_.empty() && open_.back().kind == Open::Kind::kText)
      open_.back().text += text;
    else
      put(boost::json::string(text));
  }

  void open(Open::Kind kind, std::size_t size) {
    if (open_.size() >= kDepthMax) {
      problem_ = "the CBOR is nested too deeply";
      return;
    }
    Open item;
    item.kind = kind;
    item.left = size;
    open_.push_back(std::move(item));
    if (size == 0) close();
  }

  void break_open() {
    if (open_.empty() || open_.back().left != kUnknownSize || open_.back().key) {
      problem_ = "the CBOR ends something that was not begun";
      return;
    }
    close();
  }

  void close() {
    Open item = std::move(open_.back());
    open_.pop_back();
    if (item.kind == Open::Kind::kArray) put(std::move(item.items));
    if (item.kind == Open::Kind::kMap) put(std::move(item.members));
    if (item.kind == Open::Kind::kText) put(boost::json::string(item.text));
  }

  void put(boost::json::value value) {
    if (done_ || problem_ != nullptr) return;
    if (open_.empty()) {
      root_ = std::move(value);
      done_ = true;
      return;
    }
    Open& top = open_.back();
    if (top.kind == Open::Kind::kText) {
      problem_ = "a string of the CBOR holds something else";
      return;
    }
    if (top.kind == Open::Kind::kMap && !top.key) {
      if (!value.is_string()) {
        problem_ = "a member's name in the CBOR is no text";
        return;
      }
      top.key = std::string(value.get_string());
      return;
    }
    if (top.kind == Open::Kind::kMap)
      top.members.insert_or_assign(*std::exchange(top.key, std::nullopt), std::move(value));
    else
      top.items.push_back(std::move(value));
    if (top.left != kUnknownSize && --top.left == 0) close();
  }

  std::vector<Open> open_;
  boost::json::value root_;
  bool done_ = false;
  const char* problem_ = nullptr;
};

class Writer {
 public:
  explicit Writer(bool (*is_time)(std::string_view)) : is_time_(is_time) {}

  void write(const boost::json::value& value, bool time) {
    switch (value.kind()) {
      case boost::json::kind::null:
        return add(cbor_encode_null);
      case boost::json::kind::bool_:
        return add([&](auto* b, auto n) { return cbor_encode_bool(value.get_bool(), b, n); });
      case boost::json::kind::int64:
        return time ? write_time(static_cast<double>(value.get_int64())) : write_integer(value.get_int64());
      case boost::json::kind::uint64:
        return add([&](auto* b, auto n) { return cbor_encode_uint(value.get_uint64(), b, n); });
      case boost::json::kind::double_:
        return time ? write_time(value.get_double()) : write_real(value.get_double());
      case boost::json::kind::string:
        return write_text(value.get_string());
      case boost::json::kind::array:
        add([&](auto* b, auto n) { return cbor_encode_array_start(value.get_array().size(), b, n); });
        for (const auto& item : value.get_array()) write(item, time);
        return;
      case boost::json::kind::object:
        add([&](auto* b, auto n) { return cbor_encode_map_start(value.get_object().size(), b, n); });
        for (const auto& [name, member] : value.get_object()) {
          write_text(name);
          if (name == kBlob && member.is_string())
            write_bytes(from_base64(member.get_string()).value_or(""));
          else
            write(member, is_time_(name));
        }
        return;
    }
  }

  std::string out;

 private:
  template <class Encode>
  void add(Encode encode) {
    std::array<unsigned char, 16> bytes{};
    const std::size_t size = encode(bytes.data(), bytes.size());
    out.append(reinterpret_cast<const char*>(bytes.data()), size);
  }
  void write_integer(std::int64_t value) {
    add([&](auto* b, auto n) {
      return value >= 0 ? cbor_encode_uint(static_cast<std::uint64_t>(value), b, n)
                        : cbor_encode_negint(static_cast<std::uint64_t>(-1 - value), b, n);
    });
  }
  void write_real(double value) {
    add([&](auto* b, auto n) { return cbor_encode_double(value, b, n); });
  }
  void write_time(double seconds) {
    add([](auto* b, auto n) { return cbor_encode_tag(kEpochTag, b, n); });
    if (seconds == std::floor(seconds))
      write_integer(static_cast<std::int64_t>(seconds));
    else
      write_real(seconds);
  }
  void write_text(std::string_view text) {
    add([&](auto* b, auto n) { return cbor_encode_string_start(text.size(), b, n); });
    out += text;
  }

  void write_bytes(std::string_view bytes) {
    add([&](auto* b, auto n) { return cbor_encode_bytestring_start(bytes.size(), b, n); });
    out += bytes;
  }

  bool (*is_time_)(std::string_view);
};

}  // namespace

Result<boost::json::value> read_cbor(std::string_view bytes) { return Reader().read(bytes); }

std::string write_cbor(const boost::json::value& value, bool (*is_time)(std::string_view name)) {
  Writer writer(is_time);
  writer.write(value, false);
  return std::move(writer.out);
}

}  // namespace culprit::server
