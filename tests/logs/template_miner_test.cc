#include "logs/template_miner.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <set>

#include "logs/template_match.h"

namespace culprit {
namespace {

std::vector<std::string> case_lines(const std::string& file) {
  std::ifstream in(std::string(CULPRIT_SOURCE_DIR) + "/tests/logs/cases/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with('#')) lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> texts_of(const TemplateSet& set) {
  std::vector<std::string> texts;
  for (const auto& t : set.templates) texts.push_back(t.text);
  return texts;
}

// The template of each message.
std::vector<std::string> mine(const std::vector<std::string>& messages) {
  TemplateMiner miner;
  std::vector<TemplateMiner::FormNumber> forms;
  for (const auto& m : messages) forms.push_back(miner.add(m));
  const auto set = miner.templates();
  std::vector<std::string> texts;
  for (const auto form : forms) texts.push_back(set.templates[set.template_of_form[form]].text);
  return texts;
}

TEST(TemplateMiner, TellsVariablesByTheirForm) {
  const auto lines = case_lines("template_masks.tsv");
  ASSERT_GT(lines.size(), 20U);
  for (const auto& line : lines) {
    const auto tab = line.rfind('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    TemplateMiner miner;
    miner.add(line.substr(0, tab));
    const auto set = miner.templates();
    ASSERT_EQ(set.templates.size(), 1U);
    EXPECT_EQ(set.templates[0].typed, line.substr(tab + 1)) << line.substr(0, tab);
    EXPECT_TRUE(matches_template(set.templates[0].text, line.substr(0, tab))) << line;
  }
}

TEST(TemplateMiner, GroupsMessagesByWhatVaries) {
  std::vector<std::string> messages;
  std::vector<std::string> expected;
  std::string current;
  int blocks = 0;
  auto lines = case_lines("template_groups.txt");
  lines.emplace_back();
  for (const auto& line : lines) {
    if (line.starts_with("= ")) {
      current = line.substr(2);
    } else if (!line.empty()) {
      messages.push_back(line);
      expected.push_back(current);
    } else if (!messages.empty()) {
      EXPECT_EQ(mine(messages), expected);
      ++blocks;
      messages.clear();
      expected.clear();
    }
  }
  EXPECT_GT(blocks, 12);
}

// Messages as programs print them: a sentence with slots.
class Messages {
 public:
  explicit Messages(std::uint32_t seed) : random_(seed) {}

  std::string next() {
    static const std::vector<std::vector<std::string>> kSentences = {
        {"Received block ", "I", " of size ", "N", " from /", "A"},
        {"session opened for user ", "W", " by (uid=", "N", ")"},
        {"{\"level\":\"", "L", "\",\"msg\":\"", "W", " failed\",\"n\":", "N", "}"},
        {"cache ", "W", " of ", "W", " hit ratio ", "D", "%"},
        {"ask ", "A", ":", "N", " to delete ", "R"},
        {"link eth", "N", " is ", "L"},
        {"IN (", "C", ") took ", "D", " ms\n\tDETAIL: ", "W"},
        {"\x01\x0f ", "W", " \xff\xfe ", "B"},
    };
    std::string text;
    for (const auto& part : kSentences[pick(kSentences.size())]) text += slot(part);
    return text;
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }
  std::string number(std::size_t below) { return std::to_string(pick(below)); }
  std::string slot(const std::string& part) {
    static const std::vector<std::string> kWords = {"alpha", "beta", "gamma", "delta",
                                                    "root",  "eps7", "<*>",   "x-1.y"};
    if (part.size() != 1) return part;
    switch (part[0]) {
      case 'I':
        return "blk_" + std::string(pick(2) != 0 ? "-" : "") + number(1000000);
      case 'N':
        return number(100);
      case 'D':
        return number(100) + "." + number(1000);
      case 'A':
        return number(255) + "." + number(255) + ".0." + number(9);
      case 'W':
        return kWords[pick(kWords.size())];
      case 'L':
        return pick(2) != 0 ? "INFO" : "ERROR";
      case 'R':
        return repeated(" ");
      case 'C':
        return repeated(", ");
      case 'B':
        return std::string(pick(3), '\x12');
      default:
        return part;
    }
  }
  std::string repeated(const std::string& between) {
    std::string text = number(1000);
    for (auto n = pick(20); n > 0; --n) text += between + number(1000);
    return text;
  }

  std::mt19937 random_;
};

TEST(TemplateMiner, EachMessageMatchesItsTemplate) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Messages source(seed);
    std::vector<std::string> messages;
    for (int i = 0; i < 400; ++i) messages.push_back(source.next());
    const auto texts = mine(messages);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      ASSERT_TRUE(matches_template(texts[i], messages[i])) << "seed " << seed << "\n"
                                                           << texts[i] << "\n"
                                                           << messages[i];
    }
  }
}

TEST(TemplateMiner, OrderMakesNoDifference) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    Messages source(seed);
    std::vector<std::string> messages;
    for (int i = 0; i < 500; ++i) messages.push_back(source.next());
    const auto before = mine(messages);
    std::map<std::string, std::string> template_of;
    for (std::size_t i = 0; i < messages.size(); ++i) template_of[messages[i]] = before[i];
    std::shuffle(messages.begin(), messages.end(), std::mt19937(seed));
    const auto after = mine(messages);
    for (std::size_t i = 0; i < messages.size(); ++i)
      ASSERT_EQ(after[i], template_of[messages[i]]) << "seed " << seed;
  }
}

TEST(TemplateMiner, OneCallPerFormIsOneCallPerMessage) {
  Messages source(7);
  TemplateMiner each;
  std::map<TemplateMiner::FormNumber, std::pair<std::string, std::uint64_t>> examples;
  for (int i = 0; i < 3000; ++i) {
    const auto message = source.next();
    const auto form = each.add(message);
    ++examples.emplace(form, std::pair{message, 0}).first->second.second;
  }
  TemplateMiner once;
  for (const auto& [form, example] : examples) once.add(example.first, example.second);
  const auto a = each.templates();
  const auto b = once.templates();
  ASSERT_EQ(texts_of(a), texts_of(b));
  for (std::size_t i = 0; i < a.templates.size(); ++i) {
    EXPECT_EQ(a.templates[i].count, b.templates[i].count);
    EXPECT_EQ(a.templates[i].id, b.templates[i].id);
    EXPECT_EQ(a.templates[i].typed, b.templates[i].typed);
  }
}

TEST(TemplateMiner, MinersOfThreadsJoin) {
  Messages source(11);
  TemplateMiner whole, left, right;
  for (int i = 0; i < 2000; ++i) {
    const auto message = source.next();
    whole.add(message);
    (i % 2 == 0 ? left : right).add(message);
  }
  const auto numbers = left.add_all(right);
  EXPECT_EQ(numbers.size(), right.forms());
  const auto a = whole.templates();
  const auto b = left.templates();
  ASSERT_EQ(texts_of(a), texts_of(b));
  for (std::size_t i = 0; i < a.templates.size(); ++i) EXPECT_EQ(a.templates[i].count, b.templates[i].count);
}

TEST(TemplateMiner, IdsAreOfTheTextAndStayForever) {
  EXPECT_EQ(template_id("took <*> ms"), 10178712722600487331ULL);
  TemplateMiner miner;
  miner.add("took 5 ms");
  EXPECT_EQ(miner.templates().templates[0].id, template_id("took <*> ms"));
}

TEST(TemplateMiner, CountsAndExamplesAreOfTheMessages) {
  TemplateMiner miner;
  miner.add("took 5 ms", 10);
  miner.add("took 6 ms");
  miner.add("took 1s ms", 3);
  const auto set = miner.templates();
  ASSERT_EQ(set.templates.size(), 1U);
  EXPECT_EQ(set.templates[0].count, 14U);
  EXPECT_EQ(set.templates[0].forms, 2U);
  EXPECT_EQ(set.templates[0].example, "took 5 ms");
  EXPECT_EQ(set.templates[0].typed, "took <*> ms");
}

TEST(TemplateMiner, LaterLinesAreOneVariable) {
  const auto texts =
      mine({"ERROR:  out of memory", "ERROR:  out of memory\nDETAIL:  Failed on request of size 8",
            "ERROR:  out of memory\nSTATEMENT:  SELECT 1\n\tFROM x", "ERROR:  out of memory\n \n"});
  EXPECT_EQ(texts, (std::vector<std::string>{"ERROR: out of memory", "ERROR: out of memory <*>",
                                             "ERROR: out of memory <*>", "ERROR: out of memory"}));
}

TEST(TemplateMiner, OfALongMessageTheFirstBytesAreMined) {
  const std::string message = "start " + std::string(100000, 'x') + " end";
  const auto texts = mine({message});
  EXPECT_LT(texts[0].size(), 9000U);
  EXPECT_TRUE(texts[0].ends_with("x<*>"));
  EXPECT_TRUE(matches_template(texts[0], message));
}

TEST(TemplateMiner, NothingIsATemplateToo) {
  EXPECT_EQ(mine({"", " \n"}), (std::vector<std::string>{"", ""}));
  EXPECT_TRUE(TemplateMiner().templates().templates.empty());
}

TEST(TemplateMiner, FullItStillCountsEachMessage) {
  MinerLimits limits;
  limits.forms = 50;
  TemplateMiner miner(limits);
  const auto letters = [](int i) {
    std::string word;
    for (; i > 0; i /= 26) word += static_cast<char>('a' + i % 26);
    return word;
  };
  std::vector<std::string> messages;
  for (int i = 0; i < 20000; ++i) messages.push_back("w" + letters(i) + " did " + letters(i * 7) + " it");
  for (int i = 0; i < 100; ++i) messages.push_back(letters(i * 31 + 5) + " ends");
  for (int i = 0; i < 100; ++i) messages.push_back(std::string(300, 'x') + letters(i * 37) + " is long");
  messages.insert(messages.end(), {"lone", "here \x01", std::string(199, 'y') + "\x02z z z", ""});
  std::vector<TemplateMiner::FormNumber> forms;
  for (const auto& m : messages) forms.push_back(miner.add(m));
  EXPECT_TRUE(miner.full());
  EXPECT_LE(miner.forms(), 50U + 4096U + 1U);
  const auto set = miner.templates();
  std::uint64_t total = 0;
  for (const auto& t : set.templates) total += t.count;
  EXPECT_EQ(total, messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ASSERT_TRUE(matches_template(set.templates[set.template_of_form[forms[i]]].text, messages[i]));
  }
  EXPECT_EQ(miner.add(messages[0]), forms[0]);
}

TEST(TemplateValues, AreWhatStandsInThePlaces) {
  using Values = std::vector<std::string>;
  EXPECT_EQ(template_values("took <*> ms for <*>", "took  5 ms for  a b "), (Values{"5", "a b"}));
  EXPECT_EQ(template_values("<*>:<*>", "10.0.0.1:80"), (Values{"10.0.0.1", "80"}));
  EXPECT_EQ(template_values("done", " done"), Values{});
  EXPECT_EQ(template_values("a <*> b", "a  b"), std::nullopt);
  EXPECT_EQ(template_values("x=<*>", "x="), Values{""});
  EXPECT_EQ(template_values("took <*> ms", "took 5 s"), std::nullopt);
  EXPECT_EQ(template_values("a<*>a", "a"), std::nullopt);
}

}  // namespace
}  // namespace culprit
