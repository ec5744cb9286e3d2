#include "products/monitor/sentiment/scoring.h"

#include <utility>

#include "products/monitor/sentiment/segments.h"

namespace yupu::monitor {
namespace {

struct Asked {
  ReadyDocument* document = nullptr;
  Segments segments;
  std::size_t begin = 0;  // of its texts among all
};

Probabilities mean_of(const std::vector<Piece>& pieces, const std::vector<Probabilities>& scores, std::size_t begin) {
  Probabilities mean;
  for (const Piece& piece : pieces) {
    const Probabilities& score = scores[begin + piece.text];
    mean.negative += piece.weight * score.negative;
    mean.neutral += piece.weight * score.neutral;
    mean.positive += piece.weight * score.positive;
  }
  return mean;
}

}  // namespace

Status score_documents(std::vector<ReadyDocument>& documents, const TopicDictionary& dictionary,
                       SentimentScorer& scorer) {
  std::vector<Asked> asked;
  std::vector<std::string> texts;
  for (ReadyDocument& document : documents) {
    if (document.document.sentiment || document.topics.empty()) continue;
    Asked one{.document = &document,
              .segments = segments_of(document.document.title, document.document.text, document.topics, dictionary),
              .begin = texts.size()};
    for (std::string& text : one.segments.texts) texts.push_back(std::move(text));
    asked.push_back(std::move(one));
  }
  if (asked.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const std::vector<Probabilities> scores, scorer.score(texts));
  if (scores.size() != texts.size()) return internal_error("the scorer did not answer for every text");
  for (const Asked& one : asked) {
    DocumentScores result{
        .release = scorer.release(), .whole = mean_of(one.segments.whole, scores, one.begin), .topics = {}};
    for (const auto& pieces : one.segments.topics)
      result.topics.push_back(pieces.empty() ? result.whole : mean_of(pieces, scores, one.begin));
    one.document->document.sentiment = result.whole.likeliest();
    one.document->scores = std::move(result);
  }
  return ok_status();
}

}  // namespace yupu::monitor
