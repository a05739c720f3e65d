#include "server/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

namespace culprit::server {

namespace {

constexpr int kGzipWindowBits = 15 + 16;
constexpr int kFastest = 1;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

Bytef* input_of(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write to it
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, kFastest, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK)
    return fail(ErrorCode::kInternal, "cannot start to unpack the body");
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= bytes_max) {
    const std::size_t before = out.size();
    out.resize(before + kBlockBytes);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = kBlockBytes;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + kBlockBytes - stream.avail_out);
    if (state == Z_BUF_ERROR || (state == Z_OK && stream.avail_in == 0 && stream.avail_out > 0)) break;
  }
  inflateEnd(&stream);
  if (out.size() > bytes_max)
    return fail(ErrorCode::kInput,
                fmt::format("the unpacked body is longer than the limit of {} bytes", bytes_max));
  if (state != Z_STREAM_END) return fail(ErrorCode::kInput, "the body is not whole gzip");
  return out;
}

}  // namespace culprit::server
