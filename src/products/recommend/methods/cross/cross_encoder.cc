#include "products/recommend/methods/cross/cross_encoder.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/log.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kLookNs = 10'000'000;  // between two looks at the clock while every context is taken
constexpr std::size_t kNameDigits = 8;

Status check_ranks(const tasks::PairModel& model, const std::string& directory) {
  if (model.target() == tasks::PairTarget::kScore || model.positive()) return ok_status();
  return invalid_argument(directory + "/yupu.json: no label is the positive one: items cannot be ranked by it",
                          "positive");
}

}  // namespace

CrossEncoder::CrossEncoder(std::unique_ptr<const tasks::PairModel> model, const Clock* clock)
    : model_(std::move(model)), clock_(clock != nullptr ? *clock : system_), cache_(kScoresKept) {
  sha256_ = model_->classifier().weights_sha256();
  name_ = std::string(kCrossPrefix) + sha256_.substr(0, kNameDigits);
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < cores; ++i) {
    free_.push_back(std::make_unique<engine::ExecutionContext>(1));
    free_.back()->set_packs_at_once(true);
  }
}

Result<std::unique_ptr<CrossEncoder>> CrossEncoder::open(const std::string& directory, const Clock* clock) {
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<tasks::PairModel> model, tasks::PairModel::load(directory));
  YUPU_RETURN_IF_ERROR(check_ranks(*model, directory));
  return std::unique_ptr<CrossEncoder>(new CrossEncoder(std::move(model), clock));
}

std::int64_t CrossEncoder::end_ns() const {
  const Json options = model_->classifier().lineage().value("options", Json::object());
  return options.value("end_ns", std::int64_t{INT64_MIN});
}

CrossEncoder::Context CrossEncoder::take(std::int64_t deadline_ns) const {
  MutexLock lock(mutex_);
  while (free_.empty()) {
    const std::int64_t left_ns = deadline_ns - clock_.monotonic_ns();
    if (left_ns <= 0) return nullptr;
    freed_.wait_for(mutex_, std::chrono::nanoseconds(std::min(left_ns, kLookNs)));
  }
  Context context = std::move(free_.back());
  free_.pop_back();
  return context;
}

void CrossEncoder::give_back(Context context) const {
  {
    MutexLock lock(mutex_);
    free_.push_back(std::move(context));
  }
  freed_.notify_one();
}

std::vector<std::size_t> CrossEncoder::unknown(std::span<const ScoreCache::Key> keys,
                                               std::vector<std::optional<float>>& scores) const {
  std::vector<std::size_t> left;
  MutexLock lock(mutex_);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    scores[i] = cache_.find(keys[i]);
    if (!scores[i]) left.push_back(i);
  }
  return left;
}

Status CrossEncoder::read(engine::ExecutionContext& context, std::string_view query,
                          std::span<const std::string_view> texts, std::span<const std::size_t> which,
                          std::vector<std::optional<float>>& scores) const {
  std::vector<text::Encoding> encodings;
  encodings.reserve(which.size());
  for (const std::size_t i : which) encodings.push_back(model_->encode(query, texts[i]));
  YUPU_ASSIGN_OR_RETURN(const auto rows, model_->classifier().logits(context, encodings));
  for (std::size_t i = 0; i < which.size(); ++i) {
    if (const auto relevance = model_->relevance(rows[i])) scores[which[i]] = static_cast<float>(*relevance);
  }
  return ok_status();
}

std::vector<std::optional<float>> CrossEncoder::scores(std::string_view query, std::span<const std::string_view> texts,
                                                       std::int64_t deadline_ns) const {
  std::vector<std::optional<float>> scores(texts.size());
  if (query.empty()) return scores;
  std::vector<ScoreCache::Key> keys;
  for (const std::string_view text : texts) keys.push_back(ScoreCache::key_of(query, text));
  std::vector<std::size_t> left = unknown(keys, scores);
  std::erase_if(left, [&](std::size_t i) { return texts[i].empty(); });
  if (left.empty()) return scores;
  Context context = take(deadline_ns);
  std::int64_t last_ns = 0;
  for (std::size_t begin = 0; context != nullptr && begin < left.size(); begin += kPairsAtATime) {
    const std::int64_t now_ns = clock_.monotonic_ns();
    if (now_ns + last_ns >= deadline_ns) break;
    const auto which = std::span(left).subspan(begin, std::min(kPairsAtATime, left.size() - begin));
    if (const Status status = read(*context, query, texts, which, scores); !status.ok()) {
      log::warn("recommend_cross_encoder_failed", {{"why", status.message()}});
      break;
    }
    last_ns = clock_.monotonic_ns() - now_ns;
    MutexLock lock(mutex_);
    for (const std::size_t i : which) {
      if (scores[i]) cache_.keep(keys[i], *scores[i]);
    }
  }
  if (context != nullptr) give_back(std::move(context));
  return scores;
}

Status check_cross_encoder(const std::string& directory) {
  if (directory.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto model, tasks::PairModel::load(directory, {.placement = model::Placement::kMapped}));
  return check_ranks(*model, directory);
}

}  // namespace yupu::recommend
