#include "strategy/topic_reader.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"

namespace yupu::strategy {

Result<data::TopicOffsets> topic_offsets(const std::string& position, const std::string& topic) {
  data::TopicOffsets offsets;
  if (position.empty()) return offsets;
  const auto wrong = [&] { return internal_error(fmt::format("no position of a topic: '{}'", position)); };
  const auto json = parse_json(position);
  if (!json.ok() || !json->is_object() || !json->contains("topic") || !json->contains("offsets")) return wrong();
  if (json->at("topic") != topic) return offsets;
  if (!json->at("offsets").is_object()) return wrong();
  for (const auto& [name, offset] : json->at("offsets").items()) {
    std::int32_t partition = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), partition);
    if (error != std::errc() || end != name.data() + name.size() || !offset.is_number_integer()) return wrong();
    offsets[partition] = offset.get<std::int64_t>();
  }
  return offsets;
}

std::string topic_position(const data::TopicOffsets& offsets, const std::string& topic) {
  Json json = {{"topic", topic}, {"offsets", Json::object()}};
  for (const auto& [partition, offset] : offsets) json["offsets"][std::to_string(partition)] = offset;
  return to_text(json);
}

Status TopicReader::open() {
  YUPU_ASSIGN_OR_RETURN(position_, stored_());
  YUPU_ASSIGN_OR_RETURN(offsets_, topic_offsets(position_, options_.topic));
  YUPU_ASSIGN_OR_RETURN(topic_, open_(options_, offsets_));
  // It ends before where it was read up to: made anew, cut, or another cluster's. From its beginning, then; what is
  // known already is known by its content.
  for (const auto& [partition, end] : topic_->ends()) {
    const auto known = offsets_.find(partition);
    if (known == offsets_.end() || known->second <= end) continue;
    log::warn("topic_begins_anew", {{"topic", options_.topic}, {"partition", partition}, {"end", end}});
    offsets_.erase(known);
  }
  opened_ns_ = clock_.now_ns();
  return ok_status();
}

Status TopicReader::fail(Status why) {
  topic_.reset();
  retry_ns_ = clock_.now_ns() + kRetryNs;
  return why;
}

Result<TopicBatch> TopicReader::read(int wait_ms) {
  const std::int64_t now_ns = clock_.now_ns();
  if (topic_ != nullptr && now_ns - opened_ns_ >= kReopenNs) topic_.reset();
  if (topic_ == nullptr) {
    if (now_ns < retry_ns_) return TopicBatch();
    if (const Status opened = open(); !opened.ok()) return fail(opened);
  }
  auto messages = topic_->poll(kBatchMessages, wait_ms);
  if (!messages.ok()) return fail(messages.status());
  return batch_of(std::move(messages).value());
}

// Nothing twice, whatever the topic gives.
TopicBatch TopicReader::batch_of(std::vector<data::TopicMessage> messages) {
  TopicBatch batch;
  read_ = offsets_;
  for (data::TopicMessage& message : messages) {
    const auto known = read_.find(message.partition);
    if (known != read_.end() && message.offset < known->second) continue;
    read_[message.partition] = message.offset + 1;
    batch.messages.push_back(std::move(message));
  }
  batch.position_before = position_;
  batch.position = batch.messages.empty() ? position_ : topic_position(read_, options_.topic);
  return batch;
}

void TopicReader::keep(const TopicBatch& batch) {
  position_ = batch.position;
  offsets_ = read_;
}

bool TopicReader::is_caught_up() const {
  if (topic_ == nullptr) return false;
  for (const auto& [partition, end] : topic_->ends()) {
    const auto known = offsets_.find(partition);
    if (end > 0 && (known == offsets_.end() || known->second < end)) return false;
  }
  return true;
}

}  // namespace yupu::strategy
