#include "alarms/composite_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/printable.h"

namespace culprit {

struct CompositeRule::Node {
  enum class Kind { kConstant, kState, kNot, kAnd, kOr };
  Kind kind = Kind::kConstant;
  bool constant = false;
  AlarmState state = AlarmState::kAlarm;
  std::string name;
  std::shared_ptr<const Node> left, right;
};

namespace {

using Node = CompositeRule::Node;
using NodePointer = std::shared_ptr<const Node>;

constexpr std::size_t kRuleCharactersMax = 10'240;
constexpr std::size_t kChildrenMax = 100;
constexpr int kDepthMax = 100;

class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : text_(text) {}

  Result<NodePointer> run(std::vector<std::string>& children) {
    children_ = &children;
    auto root = either();
    skip_space();
    if (root && at_ < text_.size()) root = problem("expected AND, OR or the end");
    if (!root)
      return fail(ErrorCode::kInput, fmt::format("alarm rule, character {}: {}", problem_at_ + 1, problem_),
                  printable_text(text_, 200),
                  R"(Write for example ALARM("a") AND NOT (OK("b") OR INSUFFICIENT_DATA("c")).)");
    return root;
  }

 private:
  NodePointer problem(std::string what) {
    if (problem_.empty()) {
      problem_ = std::move(what);
      problem_at_ = at_;
    }
    return nullptr;
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view peek_word() {
    skip_space();
    std::size_t end = at_;
    while (end < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[end])) || text_[end] == '_'))
      ++end;
    return text_.substr(at_, end - at_);
  }
  bool take_word(std::string_view word) {
    const auto next = peek_word();
    if (next.size() != word.size() || !std::ranges::equal(next, word, [](char a, char b) {
          return std::toupper(static_cast<unsigned char>(a)) == b;
        }))
      return false;
    at_ += word.size();
    return true;
  }
  static NodePointer join(Node::Kind kind, NodePointer left, NodePointer right) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->left = std::move(left);
    node->right = std::move(right);
    return node;
  }

  NodePointer either() {
    auto left = both();
    while (left && take_word("OR")) {
      auto right = both();
      left = right ? join(Node::Kind::kOr, left, right) : nullptr;
    }
    return left;
  }
  NodePointer both() {
    auto left = single();
    while (left && take_word("AND")) {
      auto right = single();
      left = right ? join(Node::Kind::kAnd, left, right) : nullptr;
    }
    return left;
  }
  NodePointer single() {
    if (++depth_ > kDepthMax) return problem("nested too deep");
    NodePointer out;
    if (take_word("NOT")) {
      auto inner = single();
      out = inner ? join(Node::Kind::kNot, inner, nullptr) : nullptr;
    } else if (take('(')) {
      out = either();
      if (out && !take(')')) out = problem("')' is missing");
    } else {
      out = leaf();
    }
    --depth_;
    return out;
  }

  NodePointer leaf() {
    auto node = std::make_shared<Node>();
    for (const bool constant : {true, false})
      if (take_word(constant ? "TRUE" : "FALSE")) {
        node->constant = constant;
        return node;
      }
    node->kind = Node::Kind::kState;
    bool known = false;
    for (const auto state : {AlarmState::kAlarm, AlarmState::kOk, AlarmState::kInsufficientData})
      if (!known && take_word(to_string(state))) {
        node->state = state;
        known = true;
      }
    if (!known) return problem("expected ALARM(…), OK(…), INSUFFICIENT_DATA(…), TRUE or FALSE");
    if (!take('(')) return problem("'(' is missing");
    if (!name(node->name)) return nullptr;
    if (!take(')')) return problem("')' is missing");
    if (std::ranges::find(*children_, node->name) == children_->end()) children_->push_back(node->name);
    if (children_->size() > kChildrenMax) return problem(fmt::format("more than {} alarms", kChildrenMax));
    return node;
  }

  bool name(std::string& out) {
    skip_space();
    std::string_view text;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const auto end = text_.find(text_[at_], at_ + 1);
      if (end == std::string_view::npos) return problem("the quote is not closed"), false;
      text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else {
      auto end = text_.find(')', at_);
      if (end == std::string_view::npos) end = text_.size();
      text = text_.substr(at_, end - at_);
      while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
      at_ += text.size();
    }
    if (text.empty()) return problem("an alarm's name is missing"), false;
    out = alarm_name_of(text);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string problem_;
  std::size_t problem_at_ = 0;
  std::vector<std::string>* children_ = nullptr;
};

bool holds(const Node& node, const std::function<std::optional<AlarmState>(std::string_view)>& state_of) {
  switch (node.kind) {
    case Node::Kind::kConstant:
      return node.constant;
    case Node::Kind::kState:
      return state_of(node.name) == node.state;
    case Node::Kind::kNot:
      return !holds(*node.left, state_of);
    case Node::Kind::kAnd:
      return holds(*node.left, state_of) && holds(*node.right, state_of);
    case Node::Kind::kOr:
      return holds(*node.left, state_of) || holds(*node.right, state_of);
  }
  return false;
}

}  // namespace

std::string_view alarm_name_of(std::string_view text) {
  constexpr std::string_view kMark = ":alarm:";
  if (!text.starts_with("arn:")) return text;
  const auto at = text.find(kMark);
  return at == std::string_view::npos ? text : text.substr(at + kMark.size());
}

Result<CompositeRule> CompositeRule::parse(std::string_view text) {
  if (text.size() > kRuleCharactersMax)
    return fail(ErrorCode::kInput,
                fmt::format("an alarm rule of more than {} characters", kRuleCharactersMax));
  CompositeRule out;
  auto root = RuleParser(text).run(out.children_);
  if (!root) return tl::unexpected(root.error());
  out.root_ = std::move(*root);
  return out;
}

AlarmState CompositeRule::evaluate(
    const std::function<std::optional<AlarmState>(std::string_view name)>& state_of) const {
  return holds(*root_, state_of) ? AlarmState::kAlarm : AlarmState::kOk;
}

std::optional<AlarmState> ActionSuppression::update(Time now, AlarmState composite, AlarmState suppressor) {
  if (composite != state_) {
    state_ = composite;
    changed_ = now;
  }
  if (suppressor == AlarmState::kAlarm) {
    was_suppressed_ = true;
    released_.reset();
    return std::nullopt;
  }
  if (was_suppressed_ && !released_) released_ = now;
  if (state_ == announced_) return std::nullopt;
  if (released_ && now < *released_ + extension_) return std::nullopt;
  // The wait is for a suppressor that may still come; one that has come and gone is waited for no more.
  const bool seen_since = released_ && changed_ && *released_ >= *changed_;
  if (!seen_since && changed_ && now < *changed_ + wait_) return std::nullopt;
  announced_ = state_;
  return announced_;
}

}  // namespace culprit
