#include "metrics/metric_math.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include "base/printable.h"
#include "metrics/math_node.h"

namespace culprit {

namespace {

using Node = MathExpression::Node;
using NodePointer = std::shared_ptr<const Node>;

constexpr std::size_t kTextBytesMax = 2048;
constexpr int kDepthMax = 60;

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// Recursive descent, one function a level of binding.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<NodePointer> run(std::vector<std::string>& ids) {
    ids_ = &ids;
    auto root = either();
    skip_space();
    if (root && at_ < text_.size()) root = nullptr, problem("expected an operator");
    if (!root)
      return fail(ErrorCode::kInput, fmt::format("metric math, character {}: {}", problem_at_ + 1, problem_),
                  printable_text(text_, 200));
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
  bool take(std::string_view sign) {
    skip_space();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    skip_space();
    const auto rest = text_.substr(at_);
    if (rest.size() < word.size() || upper_case(rest.substr(0, word.size())) != word) return false;
    if (rest.size() > word.size() &&
        (std::isalnum(static_cast<unsigned char>(rest[word.size()])) || rest[word.size()] == '_'))
      return false;
    at_ += word.size();
    return true;
  }

  static NodePointer operation(std::string_view name, NodePointer left, NodePointer right = nullptr) {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kOperator;
    node->text = name;
    node->arguments.push_back(std::move(left));
    if (right) node->arguments.push_back(std::move(right));
    return node;
  }

  NodePointer either() {
    if (++depth_ > kDepthMax) return problem("nested too deep");
    auto left = both();
    while (left && (take("||") || take_word("OR"))) {
      auto right = both();
      left = right ? operation("OR", left, right) : nullptr;
    }
    --depth_;
    return left;
  }
  NodePointer both() {
    auto left = comparison();
    while (left && (take("&&") || take_word("AND"))) {
      auto right = comparison();
      left = right ? operation("AND", left, right) : nullptr;
    }
    return left;
  }
  NodePointer comparison() {
    auto left = sum();
    while (left) {
      std::string_view name;
      for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"})
        if (name.empty() && take(sign)) name = sign;
      if (name.empty()) return left;
      auto right = sum();
      left = right ? operation(name, left, right) : nullptr;
    }
    return left;
  }
  NodePointer sum() {
    auto left = product();
    while (left) {
      const std::string_view name = take("+") ? "+" : take("-") ? "-" : "";
      if (name.empty()) return left;
      auto right = product();
      left = right ? operation(name, left, right) : nullptr;
    }
    return left;
  }
  NodePointer product() {
    auto left = power();
    while (left) {
      const std::string_view name = take("*") ? "*" : take("/") ? "/" : "";
      if (name.empty()) return left;
      auto right = power();
      left = right ? operation(name, left, right) : nullptr;
    }
    return left;
  }
  NodePointer power() {
    auto left = unary();
    while (left && take("^")) {
      auto right = unary();
      left = right ? operation("^", left, right) : nullptr;
    }
    return left;
  }
  NodePointer unary() {
    if (++depth_ > kDepthMax) return problem("nested too deep");
    NodePointer out;
    if (take("-")) {
      auto inner = unary();
      out = inner ? operation("neg", inner) : nullptr;
    } else {
      out = atom();
    }
    --depth_;
    return out;
  }

  NodePointer atom() {
    skip_space();
    if (at_ >= text_.size()) return problem("the expression ends too early");
    const char c = text_[at_];
    if (take("(")) {
      auto inner = either();
      if (inner && !take(")")) return problem("')' is missing");
      return inner;
    }
    if (take("[")) return list();
    if (c == '"' || c == '\'') return quoted(c);
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '.') return number();
    if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') return name();
    return problem(fmt::format("unexpected '{}'", printable_text(text_.substr(at_, 1), 10)));
  }

  // [m1, m2]: a list of series, as SUM([m1, m2]) takes it.
  NodePointer list() {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kCall;
    node->text = "[]";
    if (!arguments(*node, "]")) return nullptr;
    return node;
  }

  NodePointer quoted(char quote) {
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return problem("the quote is not closed");
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kText;
    node->text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return node;
  }

  NodePointer number() {
    auto node = std::make_shared<Node>();
    const auto rest = text_.substr(at_);
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), node->number);
    if (ec != std::errc{}) return problem("not a number");
    at_ += static_cast<std::size_t>(end - rest.data());
    return node;
  }

  NodePointer name() {
    const auto start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
      ++at_;
    auto node = std::make_shared<Node>();
    node->text = text_.substr(start, at_ - start);
    if (take("(")) {
      node->kind = Node::Kind::kCall;
      node->text = upper_case(node->text);
      if (!is_math_function(node->text)) return problem(fmt::format("no function '{}'", node->text));
      if (!arguments(*node, ")")) return nullptr;
      return node;
    }
    if (node->text == "REPEAT" || node->text == "LINEAR" || node->text == "ASC" || node->text == "DSC" ||
        node->text == "MAX" || node->text == "MIN" || node->text == "AVG" || node->text == "SUM") {
      node->kind = Node::Kind::kText;
      return node;
    }
    if (!std::islower(static_cast<unsigned char>(node->text[0])))
      return problem(
          fmt::format("'{}' is no id: ids begin with a small letter", printable_text(node->text, 40)));
    node->kind = Node::Kind::kId;
    if (std::ranges::find(*ids_, node->text) == ids_->end()) ids_->push_back(node->text);
    return node;
  }

  bool arguments(Node& node, std::string_view close) {
    if (take(close)) return true;
    for (;;) {
      auto argument = either();
      if (!argument) return false;
      node.arguments.push_back(std::move(argument));
      if (take(close)) return true;
      if (!take(",")) return problem(fmt::format("expected ',' or '{}'", close)), false;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::string problem_;
  std::size_t problem_at_ = 0;
  std::vector<std::string>* ids_ = nullptr;
};

bool truth(double v) { return v != 0; }

BinaryOperation operation_of(std::string_view name) {
  static const std::map<std::string_view, BinaryOperation> kOperations = {
      {"+", [](double a, double b) { return a + b; }},
      {"-", [](double a, double b) { return a - b; }},
      {"*", [](double a, double b) { return a * b; }},
      {"/", [](double a, double b) { return a / b; }},
      {"^", [](double a, double b) { return std::pow(a, b); }},
      {"==", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
      {"!=", [](double a, double b) { return a != b ? 1.0 : 0.0; }},
      {"<", [](double a, double b) { return a < b ? 1.0 : 0.0; }},
      {"<=", [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
      {">", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
      {">=", [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
      {"AND", [](double a, double b) { return truth(a) && truth(b) ? 1.0 : 0.0; }},
      {"OR", [](double a, double b) { return truth(a) || truth(b) ? 1.0 : 0.0; }}};
  return kOperations.at(name);
}

Result<MathArgument> evaluate_node(const Node& node, const MathContext& context) {
  switch (node.kind) {
    case Node::Kind::kNumber:
      return MathArgument{node.number, {}, false};
    case Node::Kind::kText:
      return MathArgument{0.0, node.text, true};
    case Node::Kind::kId: {
      const auto found = context.values.find(node.text);
      if (found == context.values.end())
        return fail(ErrorCode::kInput, fmt::format("metric math: there is no query '{}'", node.text));
      return MathArgument{found->second, {}, false};
    }
    default:
      break;
  }
  std::vector<MathArgument> arguments;
  for (const auto& argument : node.arguments) {
    auto value = evaluate_node(*argument, context);
    if (!value) return value;
    arguments.push_back(std::move(*value));
  }
  Result<MathValue> out = MathValue{0.0};
  if (node.kind == Node::Kind::kCall)
    out = call_function(node.text, arguments, context);
  else if (std::ranges::any_of(arguments, &MathArgument::is_text))
    return fail(ErrorCode::kInput, fmt::format("metric math: '{}' does not take a text", node.text));
  else if (node.text == "neg")
    out = transform(arguments[0].value, [](double v) { return -v; });
  else
    out = combine(arguments[0].value, arguments[1].value, operation_of(node.text));
  if (!out) return tl::unexpected(out.error());
  return MathArgument{std::move(*out), {}, false};
}

}  // namespace

Result<MathExpression> MathExpression::parse(std::string_view text) {
  if (text.size() > kTextBytesMax)
    return fail(ErrorCode::kInput, fmt::format("an expression of more than {} bytes", kTextBytesMax));
  MathExpression out;
  auto root = Parser(text).run(out.ids_);
  if (!root) return tl::unexpected(root.error());
  out.root_ = std::move(*root);
  return out;
}

std::string MathExpression::band_of() const {
  if (root_->kind != Node::Kind::kCall || root_->text != "ANOMALY_DETECTION_BAND") return {};
  const bool of_id = !root_->arguments.empty() && root_->arguments[0]->kind == Node::Kind::kId;
  return of_id ? root_->arguments[0]->text : std::string();
}

Result<MathValue> MathExpression::evaluate(const MathContext& context) const {
  auto value = evaluate_node(*root_, context);
  if (!value) return tl::unexpected(value.error());
  if (value->is_text) return fail(ErrorCode::kInput, "metric math: a text is no answer");
  return std::move(value->value);
}

Result<void> evaluate_expressions(const std::map<std::string, MathExpression>& expressions,
                                  MathContext& context) {
  std::set<std::string> left;
  for (const auto& [id, expression] : expressions) left.insert(id);
  while (!left.empty()) {
    const auto ready = std::ranges::find_if(left, [&](const std::string& id) {
      return std::ranges::all_of(expressions.at(id).ids(),
                                 [&](const std::string& used) { return context.values.contains(used); });
    });
    if (ready == left.end()) {
      for (const auto& id : left)
        for (const auto& used : expressions.at(id).ids())
          if (!context.values.contains(used) && !expressions.contains(used))
            return fail(ErrorCode::kInput, fmt::format("'{}' uses '{}', which is no query", id, used));
      return fail(ErrorCode::kInput,
                  fmt::format("the expressions use each other in a circle: '{}'", *left.begin()));
    }
    auto value = expressions.at(*ready).evaluate(context);
    if (!value) return tl::unexpected(value.error());
    if (auto* series = std::get_if<MathSeries>(&*value)) series->id = *ready;
    context.values.insert_or_assign(*ready, std::move(*value));
    left.erase(ready);
  }
  return {};
}

}  // namespace culprit
