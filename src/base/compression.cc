#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/file.h"

namespace culprit {

namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;

struct FileCloser {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// Compressed bytes of the file, block by block.
class Input {
 public:
  Input(File file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::string_view> read() {
    block_.resize(kBlockBytes);
    const auto n = read(block_.data(), block_.size());
    if (!n) return tl::unexpected(n.error());
    return std::string_view(block_.data(), *n);
  }
  Result<std::size_t> read(char* to, std::size_t room) {
    const std::size_t n = std::fread(to, 1, room, file_.get());
    if (n == 0 && std::ferror(file_.get())) return tl::unexpected(storage_error("cannot read", path_, errno));
    return n;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  File file_;
  std::filesystem::path path_;
  std::string block_;
};

tl::unexpected<Error> damaged(const Input& input, std::string_view kind, std::uint64_t good_bytes,
                              std::string_view why) {
  return fail(ErrorCode::kInput,
              fmt::format("damaged {} data after {} good bytes: {}", kind, good_bytes, why),
              input.path().string());
}

class PlainReader : public BlockReader {
 public:
  explicit PlainReader(Input input) : input_(std::move(input)) {}
  Result<std::string_view> next() override { return input_.read(); }
  Result<std::size_t> read(char* to, std::size_t room) override { return input_.read(to, room); }

 private:
  Input input_;
};

class GzipReader : public BlockReader {
 public:
  explicit GzipReader(Input input) : input_(std::move(input)) { inflateInit2(&stream_, 15 + 32); }
  ~GzipReader() override { inflateEnd(&stream_); }

  Result<std::string_view> next() override {
    for (;;) {
      if (stream_.avail_in == 0) {
        auto more = input_.read();
        if (!more) return more;
        if (more->empty()) {
          if (!between_members_) return damaged(input_, "gzip", produced_, "the file ends too early");
          return std::string_view{};
        }
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(more->data()));
        stream_.avail_in = static_cast<uInt>(more->size());
      }
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      between_members_ = false;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t n = out_.size() - stream_.avail_out;
      produced_ += n;
      if (code == Z_STREAM_END) {  // a file may hold several members
        between_members_ = true;
        inflateReset(&stream_);
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return damaged(input_, "gzip", produced_, stream_.msg ? stream_.msg : "unknown");
      }
      if (n > 0) return std::string_view(out_.data(), n);
    }
  }

 private:
  Input input_;
  z_stream stream_{};
  bool between_members_ = false;
  std::uint64_t produced_ = 0;
  std::string out_ = std::string(kBlockBytes, '\0');
};

struct ZstdDeleter {
  void operator()(ZSTD_DStream* s) const { ZSTD_freeDStream(s); }
};

class ZstdReader : public BlockReader {
 public:
  explicit ZstdReader(Input input) : input_(std::move(input)) {}

  Result<std::string_view> next() override {
    for (;;) {
      if (in_.pos == in_.size) {
        auto more = input_.read();
        if (!more) return more;
        if (more->empty()) {
          if (!at_frame_end_) return damaged(input_, "zstd", produced_, "the file ends too early");
          return std::string_view{};
        }
        in_ = {more->data(), more->size(), 0};
      }
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t code = ZSTD_decompressStream(stream_.get(), &out, &in_);
      if (ZSTD_isError(code)) return damaged(input_, "zstd", produced_, ZSTD_getErrorName(code));
      at_frame_end_ = code == 0;
      produced_ += out.pos;
      if (out.pos > 0) return std::string_view(out_.data(), out.pos);
    }
  }

 private:
  Input input_;
  std::unique_ptr<ZSTD_DStream, ZstdDeleter> stream_{ZSTD_createDStream()};
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool at_frame_end_ = false;
  std::uint64_t produced_ = 0;
  std::string out_ = std::string(kBlockBytes, '\0');
};

}  // namespace

Result<std::size_t> BlockReader::read(char* to, std::size_t room) {
  if (rest_.empty()) {
    const auto block = next();
    if (!block) return tl::unexpected(block.error());
    rest_ = *block;
  }
  const std::size_t n = std::min(room, rest_.size());
  rest_.copy(to, n);
  rest_.remove_prefix(n);
  return n;
}

Result<std::unique_ptr<BlockReader>> open_blocks(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "rbe"));
  if (!file) return tl::unexpected(storage_error("cannot open", path, errno));
  std::array<unsigned char, 4> magic{};
  const std::size_t n = std::fread(magic.data(), 1, magic.size(), file.get());
  if (n == 0 && std::ferror(file.get())) return tl::unexpected(storage_error("cannot read", path, errno));
  std::rewind(file.get());
  Input input(std::move(file), path);
  if (n >= 2 && magic[0] == 0x1f && magic[1] == 0x8b) return std::make_unique<GzipReader>(std::move(input));
  if (n == 4 && magic == std::array<unsigned char, 4>{0x28, 0xb5, 0x2f, 0xfd})
    return std::make_unique<ZstdReader>(std::move(input));
  return std::make_unique<PlainReader>(std::move(input));
}

std::string zstd_compress(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level));
  return out;
}

Result<std::string> zstd_decompress(std::string_view frame, std::size_t max_bytes) {
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return fail(ErrorCode::kDamaged, "not a zstd frame of known size");
  if (size > max_bytes)
    return fail(ErrorCode::kDamaged,
                fmt::format("zstd frame of {} bytes exceeds the limit of {}", size, max_bytes));
  std::string out(size, '\0');
  const std::size_t n = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(n))
    return fail(ErrorCode::kDamaged, fmt::format("damaged zstd frame: {}", ZSTD_getErrorName(n)));
  if (n != size) return fail(ErrorCode::kDamaged, "zstd frame is shorter than it says");
  return out;
}

}  // namespace culprit
