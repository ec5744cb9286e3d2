#include "tasks/tokens/evaluate.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"

namespace yupu::tasks {
namespace {

std::vector<std::string> unknown_types(const Tagger& tagger, const TagSet& set) {
  std::set<std::string> known, unknown;
  for (const Tag& tag : tagger.tags()) known.insert(tag.type);
  for (const TaggedWords& sentence : set.sentences) {
    for (const Tag& tag : sentence.tags) {
      if (!known.contains(tag.type)) unknown.insert(tag.type);
    }
  }
  return {unknown.begin(), unknown.end()};
}

std::string rows_sha256(const TagSet& set) {
  Sha256 hash;
  for (const TaggedWords& sentence : set.sentences) {
    hash.field(std::to_string(sentence.words.size()));
    const auto tags = tag_texts(converted(sentence.tags, Scheme::kIob2), Scheme::kIob2);
    for (std::size_t i = 0; i < tags.size(); ++i) hash.field(sentence.words[i]).field(tags[i]);
  }
  return hash.finish_hex();
}

OrderedJson entity_json(const ScoredSpan& scored, std::string_view text, std::span<const PlacedWord> words) {
  const PlacedWord& first = words[static_cast<std::size_t>(scored.span.begin)];
  const PlacedWord& last = words[static_cast<std::size_t>(scored.span.end - 1)];
  OrderedJson entity;
  entity["type"] = scored.span.type;
  entity["text"] = text.substr(static_cast<std::size_t>(first.begin_byte),
                               static_cast<std::size_t>(last.end_byte - first.begin_byte));
  entity["begin"] = first.begin;
  entity["end"] = last.end;
  entity["begin_byte"] = first.begin_byte;
  entity["end_byte"] = last.end_byte;
  entity["score"] = std::clamp(scored.score, 0.0, 1.0);
  return entity;
}

TagEvaluation judged(const Tagger& tagger, const TagSet& set, std::span<const WordEncoding> encodings,
                     std::span<const std::vector<float>> emissions) {
  TagEvaluation out;
  out.scheme = tagger.scheme();
  std::vector<std::vector<std::string>> truth, predicted;
  SpanTally spans;
  for (std::size_t i = 0; i < set.sentences.size(); ++i) {
    out.windowed_count += encodings[i].windows.size() > 1 ? 1 : 0;
    out.cut_words += encodings[i].cut_words;
    const std::vector<Tag> said = tagger.tags_of_sequence(tagger.decode(emissions[i]));
    spans.add(lenient_spans(set.sentences[i].tags), lenient_spans(said));
    truth.push_back(tag_texts(converted(set.sentences[i].tags, out.scheme), out.scheme));
    predicted.push_back(tag_texts(said, out.scheme));
  }
  out.tokens = token_report(truth, predicted);
  out.spans = spans.report();
  out.sentence_count = static_cast<std::int64_t>(set.sentences.size());
  out.repaired_sentences = set.repaired_sentences;
  out.repaired_tags = set.repaired_tags;
  out.first_repaired_line = set.first_repaired_line;
  out.widened_spans = set.widened_spans;
  out.first_widened_line = set.first_widened_line;
  out.unknown_types = unknown_types(tagger, set);
  out.rows_sha256 = rows_sha256(set);
  return out;
}

}  // namespace

std::vector<WordEncoding> encode_all(const Tagger& tagger, std::span<const TaggedWords> sentences) {
  std::vector<WordEncoding> encodings;
  encodings.reserve(sentences.size());
  for (const TaggedWords& sentence : sentences) encodings.push_back(tagger.encode(sentence.words));
  return encodings;
}

Result<TagEvaluation> evaluate(const Tagger& tagger, engine::ExecutionContext& context, const TagSet& set,
                               std::span<const WordEncoding> encodings) {
  if (set.sentences.empty()) return invalid_argument(set.path + ": no sentence to evaluate on");
  YUPU_ASSIGN_OR_RETURN(const auto emissions, tagger.emissions(context, encodings));
  return judged(tagger, set, encodings, emissions);
}

Result<TagEvaluation> evaluate(const Tagger& tagger, engine::ExecutionContext& context, const TagSet& set) {
  if (set.sentences.empty()) return invalid_argument(set.path + ": no sentence to evaluate on");
  const std::vector<WordEncoding> encodings = encode_all(tagger, set.sentences);
  YUPU_ASSIGN_OR_RETURN(const auto emissions, tagger.emissions(context, encodings));
  TagEvaluation out = judged(tagger, set, encodings, emissions);
  YUPU_ASSIGN_OR_RETURN(out.branches, judge_branches(tagger, context, set, encodings, emissions));
  return out;
}

std::string TagEvaluation::to_text() const {
  std::string text = fmt::format("words ({})\n{}\nspans\n{}\n{} sentences, {} words\n", scheme_name(scheme),
                                 tokens.to_text(), spans.to_text(), sentence_count, tokens.row_count);
  if (windowed_count > 0) text += fmt::format("{} sentences were read in several windows\n", windowed_count);
  if (cut_words > 0)
    text += fmt::format("{} words were longer than a window: only their beginning was read\n", cut_words);
  if (repaired_tags > 0) {
    text += fmt::format("{} tags of {} sentences were not right in their scheme and were repaired (first at line {})\n",
                        repaired_tags, repaired_sentences, first_repaired_line);
  }
  if (widened_spans > 0) {
    text += fmt::format("{} spans began or ended within a word and were widened to it (first at line {})\n",
                        widened_spans, first_widened_line);
  }
  if (branches) text += branches->to_text();
  if (!unknown_types.empty())
    text += fmt::format("types the model does not have, counted as wrong: {}\n", fmt::join(unknown_types, ", "));
  return text;
}

OrderedJson TagEvaluation::to_json() const {
  OrderedJson json;
  json["scheme"] = scheme_name(scheme);
  json["sentence_count"] = sentence_count;
  OrderedJson words = tokens.to_json();
  for (const char* unused : {"expected_calibration_error", "slices"}) words.erase(unused);
  json["tokens"] = std::move(words);
  json["spans"] = spans.to_json();
  if (branches) json["branches"] = branches->to_json();
  json["windowed_count"] = windowed_count;
  json["cut_words"] = cut_words;
  json["repaired"] = {{"sentences", repaired_sentences}, {"tags", repaired_tags}, {"first_line", first_repaired_line}};
  json["widened"] = {{"spans", widened_spans}, {"first_line", first_widened_line}};
  json["unknown_types"] = unknown_types;
  json["rows_sha256"] = rows_sha256;
  return json;
}

Result<std::vector<OrderedJson>> entity_lines(const Tagger& tagger, engine::ExecutionContext& context,
                                              std::span<const std::string> texts) {
  std::vector<std::vector<PlacedWord>> words;
  std::vector<WordEncoding> encodings;
  for (const std::string& text : texts) {
    words.push_back(split_words(text));
    std::vector<std::string> plain;
    for (const PlacedWord& word : words.back()) plain.push_back(word.text);
    encodings.push_back(tagger.encode(plain));
  }
  YUPU_ASSIGN_OR_RETURN(const auto emissions, tagger.emissions(context, encodings));
  std::vector<OrderedJson> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    OrderedJson entities = OrderedJson::array();
    for (const ScoredSpan& span : tagger.spans(emissions[i])) entities.push_back(entity_json(span, texts[i], words[i]));
    lines.push_back({{"text", texts[i]}, {"entities", std::move(entities)}});
  }
  return lines;
}

}  // namespace yupu::tasks
