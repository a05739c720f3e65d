// The process's environment variables as a value, so that tests can give their own.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace culprit::aws {

class Environment {
 public:
  static Environment of_process();
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}

  // An empty variable counts as unset, as in the AWS CLI.
  std::optional<std::string> get(std::string_view name) const;
  bool is_true(std::string_view name) const;  // "true", any case

  // "~" and "~/x" under HOME.
  std::filesystem::path expand(std::string_view path) const;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace culprit::aws
