// What a query's filters need every message to hold, so that an engine can leave the others out unread.
#include <re2/re2.h>

#include <algorithm>

#include "insights/run_query.h"

namespace culprit::insights {

namespace {

// Texts of which a message that gets through holds at least one.
using AnyOf = std::vector<Needle>;

// The slots that still mean what the event says, at some place of the pipeline.
class EventFields {
 public:
  explicit EventFields(const Query& query) : query_(query), changed_(query.slots.size(), false) {}
  void change(Slot slot) { changed_[slot] = true; }
  bool is_message(const Expr& expr) const { return is_unchanged(expr) && name(expr) == "@message"; }
  bool is_member(const Expr& expr) const {
    return is_unchanged(expr) && (!name(expr).starts_with('@') || name(expr).starts_with("@@"));
  }

 private:
  bool is_unchanged(const Expr& expr) const {
    return expr.kind == Expr::Kind::kField && !changed_[expr.slot];
  }
  const std::string& name(const Expr& expr) const { return query_.slots[expr.slot]; }
  const Query& query_;
  std::vector<bool> changed_;
};

// Only what JSON may write without an escape of its own.
bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/';
  });
}

const std::string* text_in(const Expr& expr) {
  return expr.kind == Expr::Kind::kLiteral ? std::get_if<std::string>(&expr.literal) : nullptr;
}

// A member of a JSON message that holds the text: so does the message, or it has an escape.
std::optional<AnyOf> of_member(const std::string& text) {
  if (!is_plain(text) || number_in(text) || text == "true" || text == "false") return std::nullopt;
  return AnyOf{{text, false}, {"\\u", false}};
}

std::optional<AnyOf> of_condition(const Expr& expr, const EventFields& fields) {
  switch (expr.kind) {
    case Expr::Kind::kContains: {
      const auto* text = text_in(expr.args[1]);
      if (text == nullptr || text->empty()) return std::nullopt;
      if (fields.is_message(expr.args[0])) return AnyOf{{*text, false}};
      if (fields.is_member(expr.args[0])) return of_member(*text);
      return std::nullopt;
    }
    case Expr::Kind::kMatches: {
      const auto* best = expr.regex->necessary().best();
      if (best == nullptr || !fields.is_message(expr.args[0])) return std::nullopt;
      return *best;
    }
    case Expr::Kind::kCompare:
      for (const auto& [field, other] : {std::pair(0, 1), std::pair(1, 0)})
        if (const auto* text = text_in(expr.args[static_cast<std::size_t>(other)]);
            expr.op == "=" && text != nullptr && fields.is_member(expr.args[static_cast<std::size_t>(field)]))
          return of_member(*text);
      return std::nullopt;
    case Expr::Kind::kIn: {
      AnyOf out;
      if (!fields.is_member(expr.args[0])) return std::nullopt;
      for (std::size_t i = 1; i < expr.args.size(); ++i) {
        const auto* text = text_in(expr.args[i]);
        const auto one = text == nullptr ? std::nullopt : of_member(*text);
        if (!one || out.size() > 16) return std::nullopt;
        out.insert(out.end(), one->begin(), one->end());
      }
      return out;
    }
    case Expr::Kind::kOr: {
      AnyOf out;
      for (const auto& arg : expr.args) {
        const auto one = of_condition(arg, fields);
        if (!one || out.size() > 16) return std::nullopt;
        out.insert(out.end(), one->begin(), one->end());
      }
      return out;
    }
    default:
      return std::nullopt;
  }
}

std::size_t shortest(const AnyOf& texts) {
  std::size_t out = std::string::npos;
  for (const auto& each : texts) out = std::min(out, each.text.size());
  return texts.empty() ? 0 : out;
}

// The longest texts are the rarest; the escape is rare too.
std::size_t worth(const AnyOf& texts) {
  AnyOf real;
  for (const auto& each : texts)
    if (each.text != "\\u") real.push_back(each);
  return shortest(real.empty() ? texts : real) * 8 / std::max<std::size_t>(1, texts.size());
}

void look(const Expr& expr, const EventFields& fields, std::optional<AnyOf>& best) {
  if (expr.kind == Expr::Kind::kAnd) {
    for (const auto& arg : expr.args) look(arg, fields, best);
    return;
  }
  auto found = of_condition(expr, fields);
  if (found && !found->empty() && (!best || worth(*found) > worth(*best))) best = std::move(found);
}

}  // namespace

std::optional<MessagePattern> needed_pattern(const Query& query) {
  EventFields fields(query);
  std::optional<AnyOf> best;
  for (const auto& command : query.commands) {
    if (const auto* filter = std::get_if<FilterCommand>(&command)) {
      look(filter->condition, fields, best);
    } else if (const auto* made = std::get_if<FieldsCommand>(&command)) {
      for (const auto& assignment : made->assignments) fields.change(assignment.slot);
    } else if (const auto* parse = std::get_if<ParseCommand>(&command)) {
      for (const auto& target : parse->targets)
        if (target) fields.change(*target);
    } else {
      break;
    }
  }
  if (!best) return std::nullopt;
  if (best->size() == 1) {
    auto out = MessagePattern::literal(best->front().text, best->front().ignore_case);
    return out ? std::optional(std::move(*out)) : std::nullopt;
  }
  std::string regex;
  for (const auto& each : *best) {
    if (!regex.empty()) regex += '|';
    regex += each.ignore_case ? "(?i:" : "(?:";
    regex += re2::RE2::QuoteMeta(re2::StringPiece(each.text.data(), each.text.size()));
    regex += ')';
  }
  auto out = MessagePattern::regex(regex);
  return out ? std::optional(std::move(*out)) : std::nullopt;
}

}  // namespace culprit::insights
