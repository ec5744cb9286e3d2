// [privacy] of the strategy file: which personal data is masked, and where. Keys: docs/privacy.md.
#pragma once

#include "text/personal/personal_data.h"

namespace yupu::strategy {

struct PrivacyPlan {
  // In datasets, traces and what people say about answers; and in what the bot's model reads, as it learned from the
  // same.
  text::PersonalKinds mask = text::PersonalKinds::all();
  bool masks_conversations = false;  // their messages too, and the stored answers of Idempotency-Keys
  text::PersonalKinds in_conversations() const { return masks_conversations ? mask : text::PersonalKinds(); }
};

}  // namespace yupu::strategy
