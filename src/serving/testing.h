// For tests of serving: a model whose answer tells which question it read, an Admission that counts, and the whole
// service on a real socket.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "handoff/admission.h"
#include "serving/text_model.h"

namespace yupu::serving::testing {

// Labels "n0".."n9": the text's last digit is its label, sure of it; a text without digits scores evenly.
class DigitModel final : public TextModel {
 public:
  struct Watch {
    std::atomic<int> batches{0};
    std::atomic<int> texts_max{0};
    std::atomic<int> tokens_max{0};
    std::atomic<int> at_once{0};  // callers of logits() now: never above one
    std::atomic<bool> overlapped{false};
    std::atomic<int> delay_ms{0};
    std::atomic<bool> fail{false};
    std::atomic<bool> hold{false};
    std::atomic<int> entered{0};
  };

  explicit DigitModel(std::shared_ptr<Watch> watch = std::make_shared<Watch>()) : watch_(std::move(watch)) {
    for (int i = 0; i < 10; ++i) card_.labels.push_back("n" + std::to_string(i));
    card_.answer_threshold = 0.8;
    card_.clarify_threshold = 0.3;
  }
  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return "digits"; }
  text::Encoding encode(std::string_view text) const override {
    text::Encoding encoding;
    encoding.ids.push_back(-1);
    for (const char c : text) encoding.ids.push_back(c);
    encoding.ids.push_back(-2);
    return encoding;
  }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    if (watch_->at_once.fetch_add(1) > 0) watch_->overlapped = true;
    watch_->entered.fetch_add(1);
    if (watch_->delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(watch_->delay_ms));
    while (watch_->hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::vector<std::vector<float>> rows;
    int tokens = 0;
    for (const auto& [model, encoding] : texts) {
      if (model != this) return internal_error("a text of another model");
      tokens += static_cast<int>(encoding.ids.size());
      std::vector<float> row(10, 0.0F);
      for (const std::int32_t id : encoding.ids) {
        if (id >= '0' && id <= '9') {
          row.assign(10, 0.0F);
          row[static_cast<std::size_t>(id - '0')] = 9.0F;
        }
      }
      rows.push_back(std::move(row));
    }
    watch_->batches.fetch_add(1);
    watch_->texts_max = std::max(watch_->texts_max.load(), static_cast<int>(texts.size()));
    watch_->tokens_max = std::max(watch_->tokens_max.load(), tokens);
    watch_->at_once.fetch_sub(1);
    if (watch_->fail) return Status(Code::kResourceExhausted, "out of memory");
    return rows;
  }

 private:
  ModelCard card_;
  std::shared_ptr<Watch> watch_;
};

// Vectors of three: the bytes of the text, their count, one.
class LengthModel final : public TextModel {
 public:
  LengthModel() { card_.embedding_width = 3; }
  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return "lengths"; }
  text::Encoding encode(std::string_view text) const override {
    text::Encoding encoding;
    encoding.ids.assign(text.begin(), text.end());
    return encoding;
  }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    std::vector<std::vector<float>> rows;
    for (const BatchText& text : texts) {
      float sum = 0;
      for (const std::int32_t id : text.encoding.ids) sum += static_cast<float>(id);
      rows.push_back({sum, static_cast<float>(text.encoding.ids.size()), 1.0F});
    }
    return rows;
  }

 private:
  ModelCard card_;
};

// Of a query and a document: the share of the query's bytes among the document's.
class ShareModel final : public TextModel {
 public:
  ShareModel() { card_.ranks_pairs = true; }
  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return "shares"; }
  text::Encoding encode(std::string_view text) const override { return encode_pair("", text); }
  text::Encoding encode_pair(std::string_view first, std::string_view second) const override {
    text::Encoding encoding;
    encoding.ids.assign(first.begin(), first.end());
    encoding.ids.push_back(kBetween);
    encoding.ids.insert(encoding.ids.end(), second.begin(), second.end());
    return encoding;
  }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    std::vector<std::vector<float>> rows;
    for (const BatchText& text : texts) {
      const auto& ids = text.encoding.ids;
      const auto between = std::find(ids.begin(), ids.end(), kBetween);
      const auto shared = std::count_if(
          between + 1, ids.end(), [&](std::int32_t id) { return std::find(ids.begin(), between, id) != between; });
      rows.push_back({static_cast<float>(shared) / static_cast<float>(ids.end() - between - 1)});
    }
    return rows;
  }

 private:
  static constexpr std::int32_t kBetween = -3;
  ModelCard card_;
};

// Keys: "yp_good" (all scopes), "yp_read" (read only), "yp_other" (another tenant). Counts what was held, charged,
// released.
class CountingAdmission final : public handoff::Admission {
 public:
  explicit CountingAdmission(store::Store& store) : store_(store) {}

  Result<handoff::Caller> authenticate(std::string_view bearer) override {
    if (bearer == "yp_good") return handoff::Caller{"t_1", "k_1", {"inference", "feedback", "read"}};
    if (bearer == "yp_read") return handoff::Caller{"t_1", "k_2", {"read"}};
    if (bearer == "yp_other") return handoff::Caller{"t_2", "k_3", {"inference", "feedback", "read"}};
    return Status(Code::kUnauthenticated, "this key is not known");
  }
  Result<handoff::Hold> hold(const handoff::Caller& caller, const handoff::Usage& estimate) override {
    if (quota_used_up) return Status(Code::kPaymentRequired, "the month's quota is used up");
    MutexLock lock(mutex_);
    open_.insert(estimate.request_id);
    return handoff::Hold{estimate.request_id, caller, estimate.request_id, Money::from_ufen(estimate.tokens)};
  }
  Result<Money> capture(const handoff::Hold& hold, const handoff::Usage& used, const store::Work& also) override {
    if (capture_fails) return unavailable("the store is away");
    YUPU_RETURN_IF_ERROR(store_.write(also));
    MutexLock lock(mutex_);
    open_.erase(hold.id);
    tokens_[used.meter] += used.tokens;
    ++charged_;
    return Money::from_ufen(used.tokens);
  }
  void release(const handoff::Hold& hold) override {
    MutexLock lock(mutex_);
    open_.erase(hold.id);
    ++released_;
  }
  int charged() const { return locked(charged_); }
  int released() const { return locked(released_); }
  std::size_t open() const {
    MutexLock lock(mutex_);
    return open_.size();
  }
  std::int64_t tokens(const std::string& meter) {
    MutexLock lock(mutex_);
    return tokens_[meter];
  }

  std::atomic<bool> quota_used_up{false};
  std::atomic<bool> capture_fails{false};

 private:
  int locked(const int& value) const {
    MutexLock lock(mutex_);
    return value;
  }
  store::Store& store_;
  mutable Mutex mutex_;
  std::set<std::string> open_;
  std::map<std::string, std::int64_t> tokens_;
  int charged_ = 0;
  int released_ = 0;
};

}  // namespace yupu::serving::testing
