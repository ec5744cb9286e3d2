#include "model/heads/wide/wide.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::model {
namespace {

constexpr std::string_view kFile = "/wide.safetensors";

// The features in at least `documents_min` rows, those in most rows first (ties: by hash), sorted by hash.
std::vector<std::pair<std::uint64_t, std::int64_t>> frequent(
    const std::unordered_map<std::uint64_t, std::int64_t>& rows_with, const WideOptions& options) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> kept;
  for (const auto& entry : rows_with) {
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

// Those for which `within(position)` holds.
template <class Within>
void scale_to_length_one(std::span<float> values, const Within& within) {
  double squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) squares += within(i) ? double{values[i]} * values[i] : 0.0;
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (within(i)) values[i] *= factor;
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

void sort_each_once(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace

void FeatureTally::add(std::vector<std::uint64_t>& hashes) {
  sort_each_once(hashes);
  for (const std::uint64_t hash : hashes) ++rows_with_[hash];
  ++row_count_;
}

WideBranch::WideBranch(std::vector<std::uint64_t> hashes, std::vector<float> idf, engine::Tensor weight)
    : hashes_(std::move(hashes)),
      idf_(std::move(idf)),
      weight_(std::make_unique<engine::Parameter>("wide.weight", std::move(weight), false)) {}

std::unique_ptr<WideBranch> WideBranch::fit(const FeatureTally& tally, Weighing weighing, std::int64_t class_count,
                                            const WideOptions& options) {
  CHECK(class_count > 0, "a branch needs a class");
  const auto kept = frequent(tally.rows_with_, options);
  if (kept.empty()) return nullptr;
  std::vector<std::uint64_t> hashes;
  std::vector<float> idf;
  for (const auto& [hash, rows_with] : kept) {
    hashes.push_back(hash);
    const double share = (1.0 + static_cast<double>(tally.row_count_)) / (1.0 + static_cast<double>(rows_with));
    idf.push_back(weighing == Weighing::kNone ? 1.0f : static_cast<float>(1.0 + std::log(share)));
  }
  const auto rows = static_cast<std::int64_t>(hashes.size());
  return std::unique_ptr<WideBranch>(
      new WideBranch(std::move(hashes), std::move(idf), engine::Tensor::zeros({rows, class_count})));
}

std::unique_ptr<WideBranch> WideBranch::fit(std::span<const std::string> texts, std::int64_t class_count,
                                            const WideOptions& options) {
  FeatureTally tally;
  std::vector<std::uint64_t> hashes;
  for (const std::string& text : texts) {
    hashes.clear();
    for (const text::NgramCount& ngram : text::count_ngrams(text)) hashes.push_back(ngram.hash);
    tally.add(hashes);
  }
  return fit(tally, Weighing::kInverseFrequency, class_count, options);
}

std::unique_ptr<WideBranch> WideBranch::fit(const FeatureTally& tally, std::int64_t class_count,
                                            const WideOptions& options) {
  return fit(tally, Weighing::kNone, class_count, options);
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
  for (const bool chars : {false, true})
    scale_to_length_one(row.values, [&](std::size_t i) { return is_char[i] == chars; });
  return row;
}

void WideBranch::append_row(std::vector<std::uint64_t>& hashes, engine::SparseRows& rows) const {
  sort_each_once(hashes);
  const std::size_t before = rows.indices.size();
  auto at = hashes_.begin();
  for (const std::uint64_t hash : hashes) {
    at = std::lower_bound(at, hashes_.end(), hash);
    if (at == hashes_.end()) break;
    if (*at != hash) continue;
    const auto index = static_cast<std::size_t>(at - hashes_.begin());
    rows.indices.push_back(static_cast<std::int32_t>(index));
    rows.values.push_back(idf_[index]);
  }
  scale_to_length_one(std::span(rows.values).subspan(before), [](std::size_t) { return true; });
  rows.offsets.push_back(static_cast<std::int64_t>(rows.indices.size()));
}

engine::Var WideBranch::logits(engine::Tape& tape, engine::SparseRows rows) const {
  return engine::sparse_linear(std::move(rows), tape.table(*weight_));
}

engine::Var WideBranch::logits(engine::Tape& tape, std::span<const text::SparseRow* const> rows) const {
  engine::SparseRows sparse;
  for (const text::SparseRow* row : rows) {
    sparse.indices.insert(sparse.indices.end(), row->indices.begin(), row->indices.end());
    sparse.values.insert(sparse.values.end(), row->values.begin(), row->values.end());
    sparse.offsets.push_back(static_cast<std::int64_t>(sparse.indices.size()));
  }
  return logits(tape, std::move(sparse));
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

Result<std::unique_ptr<WideBranch>> WideBranch::load_recorded(const Json& record, const std::string& directory,
                                                              std::int64_t class_count) {
  const auto it = record.find("wide");
  if (it == record.end() || it->is_null()) return std::unique_ptr<WideBranch>();
  const std::string path = directory + "/yupu.json";
  YUPU_ASSIGN_OR_RETURN(const std::int64_t features, json_int(record, "wide", path));
  YUPU_ASSIGN_OR_RETURN(auto branch, load(directory, class_count));
  if (branch->feature_count() == features) return branch;
  return invalid_argument(
      fmt::format("{}: 'wide' is {} features, wide.safetensors holds {}", path, features, branch->feature_count()),
      "wide");
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
