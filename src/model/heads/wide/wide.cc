#include "model/heads/wide/wide.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "engine/ops/sparse_linear/sparse_linear.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::model {
namespace {

constexpr std::string_view kFile = "/wide.safetensors";

// The n-grams in at least `documents_min` texts, those in most texts first (ties: by hash), sorted by hash.
std::vector<std::pair<std::uint64_t, std::int64_t>> frequent(std::span<const std::string> texts,
                                                             const WideOptions& options) {
  std::unordered_map<std::uint64_t, std::int64_t> documents;
  for (const std::string& text : texts) {
    for (const text::NgramCount& ngram : text::count_ngrams(text)) ++documents[ngram.hash];
  }
  std::vector<std::pair<std::uint64_t, std::int64_t>> kept;
  for (const auto& entry : documents) {
    if (entry.second >= options.documents_min) kept.emplace_back(entry);
  }
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (static_cast<std::int64_t>(kept.size()) > options.features_max)
    kept.resize(static_cast<std::size_t>(options.features_max));
  std::sort(kept.begin(), kept.end());
  return kept;
}

void scale_to_length_one(std::vector<float>& values, const std::vector<bool>& is_char, bool chars) {
  double squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) squares += is_char[i] == chars ? double{values[i]} * values[i] : 0.0;
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (is_char[i] == chars) values[i] *= factor;
  }
}

Status check_shape(const TensorEntry* entry, const std::string& name, std::span<const std::int64_t> shape,
                   const std::string& path) {
  if (entry == nullptr) return invalid_argument(fmt::format("{}: tensor '{}' is missing", path, name), name);
  if (!std::equal(shape.begin(), shape.end(), entry->shape.begin(), entry->shape.end())) {
    return invalid_argument(
        fmt::format("{}: tensor '{}' has shape {}, not {}", path, name, shape_text(entry->shape), shape_text(shape)),
        name);
  }
  return ok_status();
}

}  // namespace

WideBranch::WideBranch(std::vector<std::uint64_t> hashes, std::vector<float> idf, engine::Tensor weight)
    : hashes_(std::move(hashes)),
      idf_(std::move(idf)),
      weight_(std::make_unique<engine::Parameter>("wide.weight", std::move(weight), false)) {}

std::unique_ptr<WideBranch> WideBranch::fit(std::span<const std::string> texts, std::int64_t class_count,
                                            const WideOptions& options) {
  CHECK(class_count > 0, "a branch needs a class");
  const auto kept = frequent(texts, options);
  if (kept.empty()) return nullptr;
  std::vector<std::uint64_t> hashes;
  std::vector<float> idf;
  for (const auto& [hash, documents] : kept) {
    hashes.push_back(hash);
    idf.push_back(static_cast<float>(
        1.0 + std::log((1.0 + static_cast<double>(texts.size())) / (1.0 + static_cast<double>(documents)))));
  }
  const auto rows = static_cast<std::int64_t>(hashes.size());
  return std::unique_ptr<WideBranch>(
      new WideBranch(std::move(hashes), std::move(idf), engine::Tensor::zeros({rows, class_count})));
}

text::SparseRow WideBranch::features(std::string_view text) const {
  text::SparseRow row;
  std::vector<bool> is_char;
  auto at = hashes_.begin();
  for (const text::NgramCount& ngram : text::count_ngrams(text)) {
    at = std::lower_bound(at, hashes_.end(), ngram.hash);  // both are sorted
    if (at == hashes_.end()) break;
    if (*at != ngram.hash) continue;
    const auto index = static_cast<std::size_t>(at - hashes_.begin());
    row.indices.push_back(static_cast<std::int32_t>(index));
    row.values.push_back(idf_[index] * (1.0f + std::log(static_cast<float>(ngram.count))));
    is_char.push_back(ngram.is_char());
  }
  scale_to_length_one(row.values, is_char, false);
  scale_to_length_one(row.values, is_char, true);
  return row;
}

engine::Var WideBranch::logits(engine::Tape& tape, std::span<const text::SparseRow* const> rows) const {
  engine::SparseRows sparse;
  for (const text::SparseRow* row : rows) {
    sparse.indices.insert(sparse.indices.end(), row->indices.begin(), row->indices.end());
    sparse.values.insert(sparse.values.end(), row->values.begin(), row->values.end());
    sparse.offsets.push_back(static_cast<std::int64_t>(sparse.indices.size()));
  }
  return engine::sparse_linear(std::move(sparse), tape.leaf(*weight_));
}

std::string WideBranch::content_id() const {
  Sha256 hash;
  hash.field({reinterpret_cast<const char*>(hashes_.data()), hashes_.size() * sizeof(hashes_[0])});
  hash.field({reinterpret_cast<const char*>(idf_.data()), idf_.size() * sizeof(idf_[0])});
  return hash.finish_hex();
}

bool WideBranch::exists(const std::string& directory) { return file_exists(directory + std::string(kFile)); }

Status WideBranch::remove(const std::string& directory) { return remove_tree(directory + std::string(kFile)); }

Status WideBranch::save(const std::string& directory) const {
  const auto count = feature_count();
  std::vector<std::int32_t> halves;
  for (const std::uint64_t hash : hashes_) {
    halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(hash)));
    halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(hash >> 32)));
  }
  const std::vector<std::pair<std::string, engine::Tensor>> tensors{
      {"wide.hashes", engine::Tensor::from({count, 2}, std::span<const std::int32_t>(halves))},
      {"wide.idf", engine::Tensor::from({count}, std::span<const float>(idf_))},
      {"wide.weight", weight_->value}};
  return write_safetensors(directory + std::string(kFile), tensors);
}

Result<std::unique_ptr<WideBranch>> WideBranch::load(const std::string& directory, std::int64_t class_count) {
  const std::string path = directory + std::string(kFile);
  YUPU_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::open(path));
  const TensorEntry* hashes = file.find("wide.hashes");
  const TensorEntry* idf = file.find("wide.idf");
  const TensorEntry* weight = file.find("wide.weight");
  const std::int64_t count = hashes != nullptr && hashes->shape.size() == 2 ? hashes->shape[0] : 0;
  YUPU_RETURN_IF_ERROR(check_shape(hashes, "wide.hashes", std::array{count, std::int64_t{2}}, path));
  YUPU_RETURN_IF_ERROR(check_shape(idf, "wide.idf", std::array{count}, path));
  YUPU_RETURN_IF_ERROR(check_shape(weight, "wide.weight", std::array{count, class_count}, path));
  if (hashes->dtype != "I32" || count == 0)
    return invalid_argument(fmt::format("{}: tensor 'wide.hashes' must be (F,2) of I32", path), "wide.hashes");
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    std::uint64_t key = 0;  // two little-endian halves are one little-endian whole
    for (std::size_t b = 0; b < 8; ++b)
      key |= std::uint64_t{static_cast<unsigned char>(hashes->bytes[i * 8 + b])} << (8 * b);
    if (!keys.empty() && key <= keys.back())
      return invalid_argument(fmt::format("{}: 'wide.hashes' is not in ascending order at row {}", path, i),
                              "wide.hashes");
    keys.push_back(key);
  }
  std::vector<float> scales(static_cast<std::size_t>(count));
  YUPU_RETURN_IF_ERROR(copy_to_f32(*idf, scales, path));
  engine::Tensor values = engine::Tensor::zeros({count, class_count});
  YUPU_RETURN_IF_ERROR(copy_to_f32(*weight, values.values(), path));
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(scales.begin(), scales.end(), finite))
    return invalid_argument(fmt::format("{}: tensor 'wide.idf' has a value that is not finite", path), "wide.idf");
  if (!std::all_of(values.values().begin(), values.values().end(), finite))
    return invalid_argument(fmt::format("{}: tensor 'wide.weight' has a value that is not finite", path),
                            "wide.weight");
  return std::unique_ptr<WideBranch>(new WideBranch(std::move(keys), std::move(scales), std::move(values)));
}

}  // namespace yupu::model
