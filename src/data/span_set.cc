#include "data/span_set.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/utf8.h"
#include "data/objects.h"
#include "tasks/tokens/words.h"

namespace yupu::data {
namespace {

constexpr std::array kListNames = {"entities", "spans", "labels", "label"};

Status wrong(const std::string& field, const std::string& detail) {
  return invalid_argument(fmt::format("field '{}': {}", field, detail), field);
}

// A text, where its code points begin, and its words.
struct Sentence {
  std::string text;
  std::vector<std::size_t> bytes;  // of each code point, and the end
  std::vector<tasks::PlacedWord> words;

  std::int64_t code_points() const { return static_cast<std::int64_t>(bytes.size()) - 1; }
  std::string_view part(std::int64_t begin, std::int64_t end) const {
    const std::size_t from = bytes[static_cast<std::size_t>(begin)];
    return std::string_view(text).substr(from, bytes[static_cast<std::size_t>(end)] - from);
  }
};

Result<Sentence> read_sentence(const Json& object) {
  const auto it = object.find("text");
  if (it == object.end() || !it->is_string()) return wrong("text", "a string was expected");
  Sentence sentence{.text = it->get<std::string>(), .bytes = {}, .words = {}};
  for (std::size_t i = 0; i < sentence.text.size(); ++i) {
    if (!is_utf8_continuation(static_cast<unsigned char>(sentence.text[i]))) sentence.bytes.push_back(i);
  }
  sentence.bytes.push_back(sentence.text.size());
  sentence.words = tasks::split_words(sentence.text);
  if (sentence.words.empty()) return wrong("text", "there is no word in it");
  return sentence;
}

// A span as it is marked, in code points, and the words that it touches.
struct Marked {
  std::string field;
  tasks::Span words;
  std::int64_t begin = 0, end = 0;
};

const Json* member(const Json& item, const char* name, const char* other) {
  for (const char* key : {name, other}) {
    if (const auto it = item.find(key); it != item.end()) return &*it;
  }
  return nullptr;
}

Result<Marked> read_marked(const Json& item, const std::string& field) {
  const bool is_list = item.is_array() && item.size() == 3;
  if (!is_list && !item.is_object())
    return wrong(field, "an object with type, begin and end was expected, or an array [begin, end, type]");
  const Json* const begin = is_list ? &item[0] : member(item, "begin", "start");
  const Json* const end = is_list ? &item[1] : member(item, "end", "end");
  const Json* const type = is_list ? &item[2] : member(item, "type", "label");
  if (begin == nullptr || end == nullptr || !begin->is_number_integer() || !end->is_number_integer())
    return wrong(field, "begin and end must be whole numbers");
  if (type == nullptr || !type->is_string()) return wrong(field, "the type must be a string");
  Marked marked{.field = field, .words = {.type = type->get<std::string>()}};
  const bool plain = std::all_of(marked.words.type.begin(), marked.words.type.end(),
                                 [](char c) { return static_cast<unsigned char>(c) > ' '; });
  if (marked.words.type.empty() || !plain)
    return wrong(field, fmt::format("the type \"{}\" is empty or has a blank in it", marked.words.type));
  marked.begin = begin->get<std::int64_t>();
  marked.end = end->get<std::int64_t>();
  return marked;
}

Status check_place(const Marked& marked, const Json& item, const Sentence& sentence) {
  if (marked.begin < 0 || marked.begin >= marked.end || marked.end > sentence.code_points()) {
    return wrong(marked.field, fmt::format("from {} to {} is no part of a text of {} characters", marked.begin,
                                           marked.end, sentence.code_points()));
  }
  const auto text = item.find("text");
  if (text == item.end()) return ok_status();
  const std::string_view there = sentence.part(marked.begin, marked.end);
  if (text->is_string() && text->get_ref<const std::string&>() == there) return ok_status();
  return wrong(marked.field, fmt::format("its text is {}, and from {} to {} stands \"{}\": begin and end count "
                                         "characters (code points)",
                                         to_text(*text), marked.begin, marked.end, there));
}

Result<Marked> read_span(const Json& item, const std::string& field, const Sentence& sentence) {
  YUPU_ASSIGN_OR_RETURN(Marked marked, read_marked(item, field));
  YUPU_RETURN_IF_ERROR(check_place(marked, item, sentence));
  const auto& words = sentence.words;
  const auto first =
      std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.end > marked.begin; });
  const auto past = std::find_if(first, words.end(), [&](const auto& word) { return word.begin >= marked.end; });
  if (first == past) {
    return wrong(field, fmt::format("from {} to {} there is no word", marked.begin, marked.end));
  }
  marked.words.begin = first - words.begin();
  marked.words.end = past - words.begin();
  return marked;
}

bool is_widened(const Marked& marked, const Sentence& sentence) {
  return sentence.words[static_cast<std::size_t>(marked.words.begin)].begin < marked.begin ||
         sentence.words[static_cast<std::size_t>(marked.words.end - 1)].end > marked.end;
}

// In the order of the text.
Result<std::vector<Marked>> read_spans(const Json& object, const Sentence& sentence) {
  const auto* const name =
      std::find_if(kListNames.begin(), kListNames.end(), [&](const char* key) { return object.contains(key); });
  if (name == kListNames.end() || !object[*name].is_array())
    return wrong(kListNames.front(), "a list was expected (also named spans, labels or label)");
  std::vector<Marked> spans;
  for (const Json& item : object[*name]) {
    YUPU_ASSIGN_OR_RETURN(Marked span, read_span(item, fmt::format("{}[{}]", *name, spans.size()), sentence));
    spans.push_back(std::move(span));
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Marked& a, const Marked& b) { return a.words.begin < b.words.begin; });
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].words.begin >= spans[i - 1].words.end) continue;
    return wrong(spans[i].field,
                 fmt::format("the word \"{}\" is part of {} too, and a word has one tag",
                             sentence.words[static_cast<std::size_t>(spans[i].words.begin)].text, spans[i - 1].field));
  }
  return spans;
}

Status add_line(std::int64_t line, const Json& object, tasks::TagSet& set) {
  YUPU_ASSIGN_OR_RETURN(const Sentence sentence, read_sentence(object));
  YUPU_ASSIGN_OR_RETURN(const std::vector<Marked> marked, read_spans(object, sentence));
  std::vector<tasks::Span> spans;
  for (const Marked& span : marked) {
    spans.push_back(span.words);
    if (!is_widened(span, sentence)) continue;
    if (set.widened_spans++ == 0) set.first_widened_line = line;
  }
  tasks::TaggedWords tagged;
  for (const tasks::PlacedWord& word : sentence.words) tagged.words.push_back(word.text);
  tagged.tags = tasks::tags_of(spans, static_cast<std::int64_t>(tagged.words.size()), set.scheme);
  tagged.lines.assign(tagged.words.size(), line);
  set.sentences.push_back(std::move(tagged));
  return ok_status();
}

}  // namespace

bool is_span_file(std::string_view path) { return path.ends_with(".jsonl") || path.ends_with(".ndjson"); }

Result<tasks::TagSet> read_span_set(const TagSource& source) {
  if (source.tag_column)
    return invalid_argument(source.path + ": a column of tags is of column files, these are JSON lines", "column");
  tasks::TagSet set;
  set.path = source.path;
  set.scheme = source.scheme.value_or(tasks::Scheme::kIob2);
  YUPU_RETURN_IF_ERROR(
      read_objects(source.path, [&](std::int64_t line, const Json& object) { return add_line(line, object, set); }));
  return set;
}

}  // namespace yupu::data
