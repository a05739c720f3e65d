#include "system/yaml_tree.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <cctype>
#include <map>
#include <sstream>

#include "system/load_system.h"

namespace culprit {

namespace {

constexpr std::size_t kMaxNodes = 20'000;
constexpr std::size_t kMaxDepth = 24;

// Ends the parse early; never leaves this file.
struct LimitReached {
  SystemProblem problem;
};

std::size_t count_nodes(const YamlNode& node) {
  std::size_t n = 1;
  for (const auto& item : node.items) n += count_nodes(item);
  for (const auto& member : node.members) n += 1 + count_nodes(member.value);
  return n;
}

// Builds the tree from yaml-cpp's events, so that aliases are counted before they are expanded (a dozen
// lines of them could otherwise become gigabytes).
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const std::string> file, std::vector<SystemProblem>& problems)
      : file_(std::move(file)), problems_(problems) {}

  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(node_at(mark, YamlNode::Kind::kNull), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end())
      throw LimitReached{
          problem_at(node_at(mark, YamlNode::Kind::kNull), "an alias refers to a value that contains it")};
    count(count_nodes(it->second) - 1, mark);
    add(it->second, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = node_at(mark, YamlNode::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    if (!tag.empty() && tag != "!" && tag != "?")
      problems_.push_back(problem_at(node, fmt::format("tags such as {} are not supported", tag)));
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::kList, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::kMap, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<YamlNode> key;  // of a map whose value has not come yet
  };

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.file = file_;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void count(std::size_t more, const YAML::Mark& mark) {
    nodes_ += more;
    if (nodes_ > kMaxNodes)
      throw LimitReached{
          problem_at(node_at(mark, YamlNode::Kind::kNull),
                     fmt::format("more than {} values (aliases count each time they are used)", kMaxNodes))};
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind, YAML::anchor_t anchor) {
    if (frames_.size() >= kMaxDepth)
      throw LimitReached{
          problem_at(node_at(mark, kind), fmt::format("nested deeper than {} levels", kMaxDepth))};
    frames_.push_back({node_at(mark, kind), anchor, {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    add(std::move(frame.node), frame.anchor);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    count(1, mark_of(node));
    if (anchor != 0) anchors_[anchor] = node;
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = std::move(node);
    } else {
      add_member(frame, std::move(node));
    }
  }

  void add_member(Frame& frame, YamlNode value) {
    YamlNode key = std::move(*frame.key);
    frame.key.reset();
    if (key.kind != YamlNode::Kind::kScalar) {
      problems_.push_back(problem_at(key, fmt::format("a key must be a word, not {}", describe(key))));
      return;
    }
    for (const auto& member : frame.node.members)
      if (member.key.text == key.text) {
        problems_.push_back(problem_at(key, fmt::format("the key '{}' stands here twice", key.text),
                                       fmt::format("The first is on line {}.", member.key.line)));
        return;
      }
    frame.node.members.push_back({std::move(key), std::move(value)});
  }

  static YAML::Mark mark_of(const YamlNode& node) {
    YAML::Mark mark;
    mark.line = node.line - 1;
    mark.column = node.column - 1;
    return mark;
  }

  std::shared_ptr<const std::string> file_;
  std::vector<SystemProblem>& problems_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  YamlNode root_;
};

// The line of the first tab that indents, or 0. YAML forbids it, and its own message is hard to understand.
int line_of_tab_indent(std::string_view yaml) {
  int line = 1;
  bool indent = true;
  for (const char c : yaml) {
    if (c == '\n') {
      ++line;
      indent = true;
    } else if (indent && c == '\t') {
      return line;
    } else if (c != ' ') {
      indent = false;
    }
  }
  return 0;
}

SystemProblem syntax_problem(std::string_view yaml, const std::string& file_name, const YAML::Exception& e) {
  SystemProblem problem{
      file_name, e.mark.line + 1, e.mark.column + 1, "not valid YAML: " + e.msg,
      "Look at this line and the one before it for a bracket or quote left open, or indentation."};
  if (const int line = line_of_tab_indent(yaml); line > 0)
    problem.hint = fmt::format("Line {} is indented with a tab: YAML allows only spaces.", line);
  return problem;
}

// The first reason not to look at the text at all.
std::optional<SystemProblem> unreadable(std::string_view yaml, const std::string& file_name) {
  if (yaml.size() > kMaxSystemBytes)
    return SystemProblem{
        file_name, 0, 0, fmt::format("{} bytes are too many for a system file", yaml.size()),
        fmt::format("The limit is {} bytes. Is this a log or an answer of the AWS CLI?", kMaxSystemBytes)};
  if (!simdjson::validate_utf8(yaml.data(), yaml.size()))
    return SystemProblem{file_name, 0, 0, "not UTF-8 text", "Save the file as UTF-8."};
  if (yaml.find('\0') != std::string_view::npos)
    return SystemProblem{file_name, 0, 0, "a binary file, not YAML", {}};
  return std::nullopt;
}

}  // namespace

std::string SystemProblem::where() const {
  return line > 0 ? fmt::format("{}:{}:{}", file, line, column) : file;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& member : members)
    if (member.key.text == key) return &member.value;
  return nullptr;
}

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kScalar:
      break;
  }
  constexpr std::size_t kShown = 60;
  return node.text.size() <= kShown ? fmt::format("'{}'", node.text) : "a long text";
}

SystemProblem problem_at(const YamlNode& node, std::string what, std::string hint) {
  return {node.file ? *node.file : std::string(), node.line, node.column, std::move(what), std::move(hint)};
}

YamlNode parse_yaml(std::string_view yaml, const std::string& file_name,
                    std::vector<SystemProblem>& problems) {
  if (auto problem = unreadable(yaml, file_name)) {
    problems.push_back(std::move(*problem));
    return {};
  }
  TreeBuilder builder(std::make_shared<const std::string>(file_name), problems);
  try {
    std::istringstream in{std::string(yaml)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) {
      problems.push_back({file_name, 0, 0, "the file is empty", "`culprit system new` writes a start."});
      return {};
    }
    YamlNode root = builder.take_root();
    if (parser.HandleNextDocument(builder))
      problems.push_back({file_name, 0, 0, "more than one YAML document", "Keep one system in a file."});
    return root;
  } catch (const LimitReached& limit) {
    problems.push_back(limit.problem);
  } catch (const YAML::Exception& e) {
    problems.push_back(syntax_problem(yaml, file_name, e));
  } catch (const std::exception& e) {
    problems.push_back({file_name, 0, 0, fmt::format("not valid YAML: {}", e.what()), {}});
  }
  return {};
}

}  // namespace culprit
