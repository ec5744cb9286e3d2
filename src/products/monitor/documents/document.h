// A document as a source delivers it, and made ready for the store: checked, folded, told what it is about and what it
// can be compared by. Everything here is a function of the document and the topics alone; what depends on what came
// before it is in intake.h.
//
// Units      times ns UTC.        Threads  pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/monitor/detect/series.h"
#include "products/monitor/documents/topics.h"

namespace yupu::monitor {

std::string_view sentiment_name(Sentiment sentiment);  // "negative", "neutral", "positive"
std::optional<Sentiment> sentiment_of(std::string_view name);

struct IncomingDocument {
  std::string source;                        // of which the monitor reads it
  std::string guid;                          // what the source calls it; may be empty
  std::string url;                           // may be empty
  std::string title;                         // plain text; may be empty
  std::string text;                          // plain text; may be empty
  std::string publisher;                     // empty: the host of its address, else the source
  std::optional<std::int64_t> published_ns;  // absent: when it was received
  std::int64_t received_ns = 0;
  std::optional<Sentiment> sentiment;
};

struct Probabilities {
  double negative = 0, neutral = 0, positive = 0;
  // The highest; of equals neutral before the others.
  Sentiment likeliest() const;
};

// What a model says of a document (products/monitor/sentiment/scoring.h).
struct DocumentScores {
  std::string release;  // of the model; empty: nothing was scored, the document's own sentiment holds
  Probabilities whole;
  std::vector<Probabilities> topics;  // one for each of ReadyDocument::topics
};

// What a sentence encoder makes of a document (meaning.h).
struct Meaning {
  std::string model;
  std::string direction;  // a signed byte a dimension; empty: there is none
};

struct ReadyDocument {
  IncomingDocument document;  // publisher filled in
  std::string id;             // identity.h
  std::string content;        // content_hash
  std::vector<std::string> topics;
  std::vector<std::int64_t> bands;  // likeness.h, of the text (of the title where there is no text)
  DocumentScores scores = {};
  Meaning meaning = {};
  // What it says of topics[index].  REQUIRES: the document has a sentiment.
  Sentiment sentiment_under(std::size_t index) const {
    return scores.release.empty() ? *document.sentiment : scores.topics[index].likeliest();
  }
};

// Gives those documents a sentiment that have none and name a topic. Empty: nobody does.
using ScoreDocuments = std::function<Status(std::vector<ReadyDocument>& documents)>;

// kScored: a document without a sentiment is none to refuse, a model gives it one.
enum class SentimentFrom : std::uint8_t { kDocument, kScored };

inline constexpr std::size_t kDocumentBytesMax = 1 << 20;  // of title and text together
inline constexpr std::size_t kPublisherBytesMax = 1024;    // it is part of keys
inline constexpr std::int64_t kPublishedAheadMaxNs = 10 * kMinuteNs;

// Errors: kInvalidArgument; the field is the reason a source's refusals are counted under:
//   "empty"      neither title nor text holds a letter, number or ideograph
//   "too_large"  more than kDocumentBytesMax, or a publisher's name of more than kPublisherBytesMax
//   "url"        its address is none
//   "published"  before 1970, or more than kPublishedAheadMaxNs after it was received
//   "received"   before 1970
//   "sentiment"  nobody says what it is (kDocument)
Result<ReadyDocument> make_ready(IncomingDocument document, const TopicDictionary& topics,
                                 SentimentFrom from = SentimentFrom::kDocument);

// What a document is compared by: its text, or its title where it has no text; folded.
std::string compared_text(std::string_view title, std::string_view text);

}  // namespace yupu::monitor
