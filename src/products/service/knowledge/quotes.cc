#include "products/service/knowledge/quotes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

#include "products/service/knowledge/asked_words.h"
#include "store/text_index.h"
#include "text/sentences/sentences.h"

namespace yupu::products {
namespace {

// How much each word asked about weighs.
class Question {
 public:
  static Result<Question> weigh(Retriever& retriever, std::string_view query) {
    Question out;
    out.words_ = asked_words(query);
    std::vector<std::string> terms;
    for (const AskedWord& word : out.words_) terms.push_back(word.term);
    store::TermCounts counts;
    YUPU_RETURN_IF_ERROR(retriever.store().read([&](store::Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(counts, store::count_terms(transaction, word_index(retriever.tenant_id()), terms));
      return ok_status();
    }));
    const auto total = static_cast<double>(counts.text_count);
    for (const std::int64_t count : counts.texts_with) {
      const auto with_it = static_cast<double>(count);
      out.weights_.push_back(std::log(1.0 + (total - with_it + 0.5) / (with_it + 0.5)));
      out.sum_ += out.weights_.back();
    }
    return out;
  }

  bool empty() const { return words_.empty(); }

  // Of the words that stand in one of `texts`; exactly 1 for all.
  double share(std::initializer_list<const std::unordered_set<std::string>*> texts) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const bool is_there =
          std::any_of(texts.begin(), texts.end(), [&](const auto* text) { return text->contains(words_[i].unit); });
      if (is_there) sum += weights_[i];
    }
    return sum / sum_;
  }

 private:
  std::vector<AskedWord> words_;
  std::vector<double> weights_;  // of each
  double sum_ = 0.0;
};

struct Sentence {
  const FoundPassage* passage;
  text::Span span;  // bytes of the passage's text
  double score = 0.0;
  double own_share = 0.0;  // of its own words alone

  std::string_view text() const { return std::string_view(passage->text).substr(span.begin, span.end - span.begin); }
  std::size_t begin() const { return passage->begin + span.begin; }
};

std::vector<Sentence> sentences_of(std::span<const Hit> hits, const Question& question) {
  std::vector<Sentence> out;
  for (const Hit& hit : hits) {
    const FoundPassage& passage = hit.passage;
    const auto above = units_of(searchable_text(passage.title, passage.headings, ""));
    for (const text::Span& span : text::sentences(passage.text)) {
      Sentence sentence{.passage = &passage, .span = span};
      const auto own = units_of(sentence.text());
      if (own.empty()) continue;
      sentence.own_share = question.share({&own});
      sentence.score = question.share({&own, &above});
      out.push_back(sentence);
    }
  }
  return out;
}

Status add_cosines(Retriever& retriever, std::string_view query, std::vector<Sentence>& sentences) {
  std::vector<std::string> texts = {std::string(query)};
  for (const Sentence& sentence : sentences)
    texts.push_back(searchable_text(sentence.passage->title, sentence.passage->headings, sentence.text()));
  YUPU_ASSIGN_OR_RETURN(const auto vectors, retriever.embed(texts));
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const double near = std::max(0.0, cosine(vectors[0], vectors[i + 1]));
    sentences[i].score = (sentences[i].score + near) / 2.0;
  }
  return ok_status();
}

bool is_before(const Sentence& a, const Sentence& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.own_share != b.own_share) return a.own_share > b.own_share;
  if (a.passage->source != b.passage->source) return a.passage->source < b.passage->source;
  return a.begin() < b.begin();
}

Quote quote_of(const Sentence& sentence) {
  const FoundPassage& passage = *sentence.passage;
  return {.text = std::string(sentence.text()),
          .score = sentence.score,
          .source = passage.source,
          .title = passage.title,
          .headings = passage.headings,
          .version = passage.version,
          .begin = sentence.begin(),
          .end = passage.begin + sentence.span.end,
          .dated_ns = passage.dated_ns,
          .page = passage.page};
}

// Best sentences of best documents, `sentences` being in order.
std::vector<Quote> choose(std::span<const Sentence> sentences, const QuoteOptions& options) {
  std::vector<std::vector<Quote>> documents;
  for (const Sentence& sentence : sentences) {
    const double least = std::max(options.threshold, options.of_best * sentences.front().score);
    if (sentence.score < least) break;
    auto document = std::find_if(documents.begin(), documents.end(), [&](const std::vector<Quote>& quotes) {
      return quotes.front().source == sentence.passage->source;
    });
    if (document == documents.end()) {
      if (documents.size() == options.documents_max) continue;
      document = documents.emplace(documents.end());
    }
    if (document->size() < options.sentences_max) document->push_back(quote_of(sentence));
  }
  std::vector<Quote> out;
  for (std::vector<Quote>& document : documents) {
    std::sort(document.begin(), document.end(), [](const Quote& a, const Quote& b) { return a.begin < b.begin; });
    for (Quote& quote : document) out.push_back(std::move(quote));
  }
  return out;
}

}  // namespace

OrderedJson Quote::to_json() const {
  OrderedJson json = {{"text", text},   {"score", score},       {"source", source},
                      {"title", title}, {"headings", headings}, {"version", version},
                      {"begin", begin}, {"end", end},           {"dated", format_utc(dated_ns)}};
  if (page) json["page"] = *page;
  return json;
}

Result<std::vector<Quote>> quote(Retriever& retriever, std::string_view query, const QuoteOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const Question question, Question::weigh(retriever, query));
  if (question.empty()) return std::vector<Quote>();
  YUPU_ASSIGN_OR_RETURN(const auto hits, retriever.search(query, options.passages_max));
  std::vector<Sentence> sentences = sentences_of(hits, question);
  if (retriever.models().embedder != nullptr && !sentences.empty())
    YUPU_RETURN_IF_ERROR(add_cosines(retriever, query, sentences));
  std::sort(sentences.begin(), sentences.end(), is_before);
  return choose(sentences, options);
}

Result<Found> find_answer(Retriever& retriever, std::string_view query, const QuoteOptions& options) {
  // Which sentences are quoted does not depend on the threshold but for those below it (quotes.h, "chosen").
  QuoteOptions any = options;
  any.threshold = std::numeric_limits<double>::min();
  Found found{.threshold = options.threshold};
  YUPU_ASSIGN_OR_RETURN(auto quotes, quote(retriever, query, any));
  for (Quote& one : quotes) {
    found.score = std::max(found.score, one.score);
    if (one.score >= options.threshold) found.quotes.push_back(std::move(one));
  }
  return found;
}

}  // namespace yupu::products
