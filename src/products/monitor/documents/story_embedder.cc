#include "products/monitor/documents/story_embedder.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "products/monitor/documents/meaning.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kTextsAtOnce = 64;
constexpr std::size_t kUnknownOneIn = 10;
constexpr std::size_t kModelDigits = 16;

bool is_read(const text::Encoding& encoding, std::int32_t unknown) {
  const auto count = static_cast<std::size_t>(std::count(encoding.ids.begin(), encoding.ids.end(), unknown));
  return count * kUnknownOneIn <= encoding.ids.size();
}

}  // namespace

StoryEmbedder::StoryEmbedder(std::unique_ptr<const tasks::Embedder> embedder, int threads)
    : embedder_(std::move(embedder)),
      model_(embedder_->weights_sha256().substr(0, kModelDigits)),
      context_(threads, engine::Precision::kF32) {}

Result<std::shared_ptr<StoryEmbedder>> StoryEmbedder::open(const std::string& directory, int threads) {
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::Embedder> embedder, tasks::Embedder::load(directory));
  return std::shared_ptr<StoryEmbedder>(new StoryEmbedder(std::move(embedder), threads));
}

Status StoryEmbedder::embed(std::vector<ReadyDocument>& documents) {
  std::vector<std::size_t> places;
  std::vector<text::Encoding> encodings;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (documents[i].topics.empty() || documents[i].bands.empty()) continue;
    const IncomingDocument& document = documents[i].document;
    text::Encoding encoding = embedder_->encode(document.title + "\n" + document.text);
    if (!is_read(encoding, embedder_->tokenizer().special_ids().unk)) continue;
    places.push_back(i);
    encodings.push_back(std::move(encoding));
  }
  std::vector<Meaning> meanings;
  meanings.reserve(encodings.size());
  for (std::size_t begin = 0; begin < encodings.size(); begin += kTextsAtOnce) {
    const std::size_t count = std::min(kTextsAtOnce, encodings.size() - begin);
    MutexLock lock(mutex_);
    YUPU_ASSIGN_OR_RETURN(const auto vectors,
                          embedder_->embed(context_, std::span<const text::Encoding>(encodings).subspan(begin, count)));
    for (const std::vector<float>& vector : vectors) meanings.push_back(meaning_of(model_, vector));
  }
  for (std::size_t i = 0; i < places.size(); ++i) documents[places[i]].meaning = std::move(meanings[i]);
  return ok_status();
}

}  // namespace yupu::monitor
