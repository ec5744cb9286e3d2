#include "products/monitor/documents/document.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "http/url.h"
#include "products/monitor/documents/identity.h"
#include "products/monitor/documents/likeness.h"
#include "text/phrases/phrases.h"
#include "text/unicode.h"

namespace yupu::monitor {
namespace {

constexpr std::array<std::string_view, 3> kSentiments = {"negative", "neutral", "positive"};

bool has_word(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    if (text::is_word_part(point.value)) return true;
    at += static_cast<std::size_t>(point.bytes);
  }
  return false;
}

Status check(const IncomingDocument& document, SentimentFrom from) {
  const auto refuse = [](std::string_view reason, std::string_view why) {
    return invalid_argument(std::string(why), std::string(reason));
  };
  if (document.received_ns < 0) return refuse("received", "received before 1970");
  if (document.title.size() + document.text.size() > kDocumentBytesMax)
    return refuse("too_large", fmt::format("title and text have more than {} bytes", kDocumentBytesMax));
  if (document.publisher.size() > kPublisherBytesMax)
    return refuse("too_large", fmt::format("the publisher's name has more than {} bytes", kPublisherBytesMax));
  if (!has_word(document.title) && !has_word(document.text))
    return refuse("empty", "neither title nor text holds a letter or a number");
  const std::int64_t published_ns = document.published_ns.value_or(document.received_ns);
  if (published_ns < 0) return refuse("published", "published before 1970");
  if (published_ns - document.received_ns > kPublishedAheadMaxNs)
    return refuse("published", "published more than 10 minutes after it was received");
  if (!document.sentiment && from == SentimentFrom::kDocument) return refuse("sentiment", "has no sentiment");
  return ok_status();
}

}  // namespace

std::string_view sentiment_name(Sentiment sentiment) { return kSentiments[static_cast<std::size_t>(sentiment)]; }

std::optional<Sentiment> sentiment_of(std::string_view name) {
  for (std::size_t i = 0; i < kSentiments.size(); ++i) {
    if (kSentiments[i] == name) return static_cast<Sentiment>(i);
  }
  return std::nullopt;
}

Sentiment Probabilities::likeliest() const {
  if (negative > neutral && negative > positive) return Sentiment::kNegative;
  return positive > neutral ? Sentiment::kPositive : Sentiment::kNeutral;
}

std::string compared_text(std::string_view title, std::string_view text) {
  return text::fold_phrase(has_word(text) ? text : title);
}

Result<ReadyDocument> make_ready(IncomingDocument document, const TopicDictionary& topics, SentimentFrom from) {
  for (std::string* text : {&document.title, &document.text, &document.publisher, &document.guid, &document.source})
    *text = text::replace_invalid_utf8(*text).text;
  YUPU_RETURN_IF_ERROR(check(document, from));
  const std::string title = text::fold_phrase(document.title);
  const std::string text = text::fold_phrase(document.text);
  ReadyDocument ready;
  ready.content = content_hash(title, text);
  YUPU_ASSIGN_OR_RETURN(
      ready.id,
      document_id({.source = document.source, .url = document.url, .guid = document.guid, .content = ready.content}));
  if (document.publisher.empty() && !document.url.empty()) {
    YUPU_ASSIGN_OR_RETURN(const http::Url url, http::parse_url(document.url));
    document.publisher = url.host;
  }
  if (document.publisher.empty()) document.publisher = document.source;
  ready.topics = topics.find(title, text);
  ready.bands = bands_of(shingles_of(has_word(text) ? text : title));
  ready.document = std::move(document);
  return ready;
}

}  // namespace yupu::monitor
