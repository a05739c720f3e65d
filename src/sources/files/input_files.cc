#include "sources/files/input_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 100'000;
constexpr int kDepthMax = 64;

struct StreamCloser {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

class Walk {
 public:
  Walk(fs::path root, InputListing& out) : root_(std::move(root)), out_(out) {}

  void directory(const fs::path& path, const std::string& name, int depth) {
    std::error_code ec;
    std::vector<std::string> entries;
    for (fs::directory_iterator it(path, ec), end; !ec && it != end; it.increment(ec))
      entries.push_back(it->path().filename().string());
    if (ec) skip(name.empty() ? "." : name, "the folder cannot be read: " + ec.message(), true);
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries)
      one(path / entry, name.empty() ? entry : name + "/" + entry, entry, depth);
  }

 private:
  void skip(std::string name, std::string why, bool is_gap) {
    out_.skipped.push_back({std::move(name), std::move(why), is_gap});
  }

  void one(const fs::path& path, const std::string& name, const std::string& entry, int depth) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
      return skip(name, std::string("cannot be read: ") + std::strerror(errno), true);
    if (entry.starts_with('.')) return skip(name, "hidden", false);
    if (S_ISLNK(info.st_mode)) return link(path, name);
    if (S_ISDIR(info.st_mode)) {
      if (depth >= kDepthMax) return skip(name, fmt::format("more than {} folders deep", kDepthMax), true);
      return directory(path, name, depth + 1);
    }
    if (!S_ISREG(info.st_mode)) return skip(name, "no regular file (pipe, socket or device)", false);
    if (out_.files.size() >= kFilesMax) {
      if (!full_)
        skip(name, fmt::format("more than {} files: this one and those after it are not read", kFilesMax),
             true);
      full_ = true;
      return;
    }
    out_.files.push_back({path, name, name, static_cast<std::uint64_t>(info.st_size)});
  }

  // What a link inside the input points to is met under its own name; what lies outside was not given.
  void link(const fs::path& path, const std::string& name) {
    std::error_code ec;
    const auto target = fs::weakly_canonical(path, ec);
    const auto relative = ec ? fs::path{} : target.lexically_relative(root_);
    const bool inside = !relative.empty() && *relative.begin() != "..";
    skip(name,
         inside ? "symbolic link into the input, read under its own name"
                : "symbolic link that leads out of the input",
         !inside);
  }

  fs::path root_;
  InputListing& out_;
  bool full_ = false;
};

// A pipe can be read once only, and recognising needs a look ahead.
Result<void> spool(std::FILE* from, const std::string& name, InputListing& out) {
  auto directory = TemporaryDirectory::create("culprit-input");
  if (!directory) return tl::unexpected(directory.error());
  const auto path = directory->path() / "input";
  const std::unique_ptr<std::FILE, StreamCloser> to(std::fopen(path.c_str(), "wbe"));
  if (!to) return tl::unexpected(storage_error("cannot create", path, errno));
  std::string block(1 << 18, '\0');
  std::uint64_t total = 0;
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), from)) {
    if (std::fwrite(block.data(), 1, n, to.get()) != n)
      return tl::unexpected(storage_error("cannot keep standard input in", path, errno));
    total += n;
  }
  if (std::ferror(from) != 0) return tl::unexpected(storage_error("cannot read", name, errno));
  if (std::fflush(to.get()) != 0)
    return tl::unexpected(storage_error("cannot keep standard input in", path, errno));
  out.files.push_back({path, name, name, total});
  out.spools.push_back(std::move(*directory));
  return {};
}

}  // namespace

Result<InputListing> list_input(const fs::path& input) {
  InputListing out;
  if (input == "-") {
    if (auto done = spool(stdin, "standard input", out); !done) return tl::unexpected(done.error());
    return out;
  }
  struct stat info {};
  if (::stat(input.c_str(), &info) != 0)
    return tl::unexpected(storage_error("cannot open the input", input, errno));
  if (S_ISDIR(info.st_mode)) {
    std::error_code ec;
    const auto root = fs::canonical(input, ec);
    Walk(ec ? input : root, out).directory(input, "", 0);
    // Folders were walked one by one; a name with a character below '/' can sort before its neighbour's
    // files.
    std::sort(out.files.begin(), out.files.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
  }
  const auto name = input.filename().string();
  if (S_ISREG(info.st_mode)) {
    out.files.push_back({input, name, input.string(), static_cast<std::uint64_t>(info.st_size)});
    return out;
  }
  const std::unique_ptr<std::FILE, StreamCloser> pipe(std::fopen(input.c_str(), "rbe"));
  if (!pipe) return tl::unexpected(storage_error("cannot open the input", input, errno));
  if (auto done = spool(pipe.get(), name, out); !done) return tl::unexpected(done.error());
  return out;
}

Result<InputListing> list_inputs(const std::vector<fs::path>& inputs, bool missing_allowed) {
  InputListing out;
  for (const auto& input : inputs) {
    auto one = list_input(input);
    if (!one && one.error().code == ErrorCode::kNotFound && missing_allowed) continue;
    if (!one || inputs.size() == 1) return one;
    std::error_code ignored;
    const bool folder = fs::is_directory(input, ignored);
    const auto given = input.lexically_normal().string();
    const auto prefix = given.ends_with('/') ? given : given + "/";
    for (auto& file : one->files) {
      if (folder)
        file.hint = file.name = given == "." ? file.name : prefix + file.name;
      else if (one->spools.empty())
        file.name = given;
      out.files.push_back(std::move(file));
    }
    for (auto& skipped : one->skipped) {
      skipped.name = prefix + skipped.name;
      out.skipped.push_back(std::move(skipped));
    }
    std::ranges::move(one->spools, std::back_inserter(out.spools));
  }
  return out;
}

}  // namespace culprit
