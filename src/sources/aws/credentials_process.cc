// credential_process: a program that prints keys.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "sources/aws/credential_sources.h"
#include "sources/aws/protocol.h"

namespace culprit::aws {

namespace {

constexpr std::size_t kMaxOutputBytes = 1u << 20;
constexpr int kTimeoutMs = 60'000;

// Words as a shell splits them; no expansion, since no shell runs the program.
std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else if (c == '\\' && quote == '"' && i + 1 < line.size() &&
               (line[i + 1] == '"' || line[i + 1] == '\\'))
        word += line[++i];
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Reads to the end, the limit or the time-out; false when it did not end by itself.
bool read_all(int fd, std::string& out) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{kTimeoutMs};
  std::array<char, 4096> block{};
  while (out.size() < kMaxOutputBytes) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd, POLLIN, 0};
    const int ready = left.count() > 0 ? poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t n = ::read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    out.append(block.data(), static_cast<std::size_t>(n));
  }
  return false;
}

Result<std::string> run(const std::string& line, const std::string& where) {
  std::vector<std::string> words = split_words(line);
  if (words.empty()) return fail(ErrorCode::kCredentials, "credential_process names no program", where);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(ErrorCode::kCredentials, "no pipe for credential_process", where);
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  pid_t child = 0;
  const int problem = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  writing.close();
  if (problem != 0)
    return fail(
        ErrorCode::kCredentials,
        fmt::format("credential_process '{}' could not be started: {}", words[0], std::strerror(problem)),
        where);
  std::string output;
  const bool ended = read_all(reading.get(), output);
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended)
    return fail(ErrorCode::kCredentials, fmt::format("credential_process '{}' did not end in time", words[0]),
                where);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(ErrorCode::kCredentials,
                fmt::format("credential_process '{}' failed with status {}", words[0],
                            WIFEXITED(status) ? WEXITSTATUS(status) : -1),
                where, "run it by hand to see why");
  return output;
}

}  // namespace

MaybeCredentials from_process(const CredentialContext& context, const std::string& profile) {
  const auto line = context.session.files.profile(profile).get("credential_process");
  if (!line) return std::nullopt;
  const std::string where = fmt::format("profile '{}'", profile);
  const auto output = run(*line, where);
  if (!output) return tl::unexpected(output.error());
  const auto json = parse_json_answer(*output);
  if (!json || !json->is_object())
    return fail(ErrorCode::kCredentials, "credential_process did not print a JSON object", where);
  const auto* version = json->get_object().if_contains("Version");
  if (version == nullptr || *version != 1)
    return fail(ErrorCode::kCredentials, "credential_process printed another Version than 1", where);
  auto out =
      credentials_from_json(json->get_object(), fmt::format("credential_process (profile '{}')", profile));
  if (!out) return tl::unexpected(out.error());
  return std::move(*out);
}

}  // namespace culprit::aws
