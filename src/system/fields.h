// Tables of fields: how a YAML map becomes a struct, said once and declaratively. A table lists each key, its
// member and what may stand there; read_map refuses keys that are not in it and misses those that must be.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/reading.h"

namespace culprit {

template <class T>
struct Field {
  std::string_view key;
  std::function<void(Reading&, const YamlNode&, T&)> read;
  bool is_required = false;

  Field required() const {
    Field copy = *this;
    copy.is_required = true;
    return copy;
  }
};

template <class T>
struct Fields {
  std::string_view noun;  // "component", for messages
  std::vector<Field<T>> fields;
};

// Values. Each reports what is wrong at the node and gives nothing then.
std::optional<std::string> read_text(Reading& reading, const YamlNode& node, std::string_view key);
std::optional<double> read_number(Reading& reading, const YamlNode& node, std::string_view key);
std::optional<bool> read_bool(Reading& reading, const YamlNode& node, std::string_view key);
std::optional<std::chrono::seconds> read_duration(Reading& reading, const YamlNode& node,
                                                  std::string_view key);
std::optional<std::string> read_id(Reading& reading, const YamlNode& node, std::string_view key);
std::optional<std::string> read_word(Reading& reading, const YamlNode& node, std::string_view key,
                                     const std::vector<std::string_view>& allowed);
std::optional<std::string> read_regex(Reading& reading, const YamlNode& node, std::string_view key);
std::optional<std::string> read_filter(Reading& reading, const YamlNode& node, std::string_view key);

// Frame of read_map: kind, unknown and missing keys. True when it is a map.
bool check_keys(Reading& reading, const YamlNode& node, std::string_view noun,
                const std::vector<std::pair<std::string_view, bool>>& keys);

template <class T>
void read_map(Reading& reading, const YamlNode& node, const Fields<T>& fields, T& value) {
  std::vector<std::pair<std::string_view, bool>> keys;
  for (const auto& field : fields.fields) keys.emplace_back(field.key, field.is_required);
  if (!check_keys(reading, node, fields.noun, keys)) return;
  for (const auto& field : fields.fields)
    if (const YamlNode* child = node.find(field.key)) field.read(reading, *child, value);
}

// Calls `read` on every item; a lone value is no list.
void for_each_item(Reading& reading, const YamlNode& node, std::string_view key,
                   const std::function<void(const YamlNode&)>& read);

template <class T>
std::vector<T> read_list(Reading& reading, const YamlNode& node, const Fields<T>& fields,
                         std::string_view key) {
  std::vector<T> values;
  for_each_item(reading, node, key, [&](const YamlNode& item) {
    T value;
    read_map(reading, item, fields, value);
    values.push_back(std::move(value));
  });
  return values;
}

template <class T>
Field<T> text(std::string_view key, std::string T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            if (auto text = read_text(reading, node, key)) value.*member = std::move(*text);
          }};
}

// An id that this map defines.
template <class T>
Field<T> id(std::string_view key, std::string T::*member, NameKind kind) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            auto id = read_id(reading, node, key);
            if (!id) return;
            reading.define(kind, node, *id);
            value.*member = std::move(*id);
          }};
}

// The id of something defined elsewhere in the file.
template <class T>
Field<T> reference(std::string_view key, std::string T::*member, NameKind kind) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            auto id = read_id(reading, node, key);
            if (!id) return;
            reading.refer(kind, node, *id);
            value.*member = std::move(*id);
          }};
}

// Ids of the same kind that this one depends on; `own_id` must be read before (earlier in the table).
template <class T>
Field<T> dependencies(std::string_view key, std::vector<std::string> T::*member, NameKind kind,
                      std::string T::*own_id) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              auto id = read_id(reading, item, key);
              if (!id) return;
              reading.refer(kind, item, *id, value.*own_id);
              (value.*member).push_back(std::move(*id));
            });
          }};
}

template <class T>
Field<T> texts(std::string_view key, std::vector<std::string> T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              if (auto text = read_text(reading, item, key)) (value.*member).push_back(std::move(*text));
            });
          }};
}

template <class T>
Field<T> regexes(std::string_view key, std::vector<std::string> T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              if (auto regex = read_regex(reading, item, key)) (value.*member).push_back(std::move(*regex));
            });
          }};
}

template <class T>
Field<T> filter(std::string_view key, std::string T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            if (auto text = read_filter(reading, node, key)) value.*member = std::move(*text);
          }};
}

template <class T>
Field<T> word(std::string_view key, std::string T::*member, std::vector<std::string_view> allowed) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            if (auto word = read_word(reading, node, key, allowed)) value.*member = std::move(*word);
          }};
}

template <class T>
Field<T> words(std::string_view key, std::vector<std::string> T::*member,
               std::vector<std::string_view> allowed) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              if (auto word = read_word(reading, item, key, allowed))
                (value.*member).push_back(std::move(*word));
            });
          }};
}

template <class T, class Enum>
Field<T> choice(std::string_view key, Enum T::*member,
                std::vector<std::pair<std::string_view, Enum>> choices) {
  std::vector<std::string_view> allowed;
  for (const auto& c : choices) allowed.push_back(c.first);
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            const auto word = read_word(reading, node, key, allowed);
            for (const auto& [name, meaning] : choices)
              if (word && *word == name) value.*member = meaning;
          }};
}

// Number: double or std::optional<double>.
template <class T, class Number>
Field<T> number(std::string_view key, Number T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            if (auto number = read_number(reading, node, key)) value.*member = *number;
          }};
}

template <class T>
Field<T> flag(std::string_view key, bool T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            if (auto flag = read_bool(reading, node, key)) value.*member = *flag;
          }};
}

// Member: a std::chrono duration (or an optional of one) that seconds, or minutes, can be cast to.
template <class Unit = std::chrono::seconds, class T, class Member>
Field<T> duration(std::string_view key, Member T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            const auto seconds = read_duration(reading, node, key);
            if (!seconds) return;
            if (*seconds % std::chrono::seconds{Unit{1}} != std::chrono::seconds{0}) {
              reading.problem(node, std::string(key) + " must be whole minutes", "Write for example 5m.");
              return;
            }
            value.*member = std::chrono::duration_cast<Unit>(*seconds);
          }};
}

template <class T, class Part>
Field<T> map(std::string_view key, Part T::*member, const Fields<Part>& fields) {
  return {key, [member, &fields](Reading& reading, const YamlNode& node, T& value) {
            read_map(reading, node, fields, value.*member);
          }};
}

template <class T, class Part>
Field<T> list(std::string_view key, std::vector<Part> T::*member, const Fields<Part>& fields) {
  return {key, [key, member, &fields](Reading& reading, const YamlNode& node, T& value) {
            value.*member = read_list(reading, node, fields, key);
          }};
}

}  // namespace culprit
