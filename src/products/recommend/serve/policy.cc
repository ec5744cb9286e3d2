#include "products/recommend/serve/policy.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "products/recommend/records.h"
#include "products/recommend/serve/lists.h"
#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

constexpr double kHalfLifeDaysMost = 36'500.0;
constexpr double kExploreMost = 0.1;  // a list has one such place at most

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

Status too_many(const char* field, std::size_t count) {
  return {Code::kTooLarge, fmt::format("{}: {} entries, {} are allowed", field, count, kPolicyEntriesMost), field};
}

Result<std::vector<std::string>> texts_in(const Json& object, const char* field) {
  std::vector<std::string> texts;
  const auto found = object.find(field);
  if (found == object.end()) return texts;
  if (!found->is_array()) return invalid_argument(fmt::format("{} is no array of texts", field), field);
  if (found->size() > kPolicyEntriesMost) return too_many(field, found->size());
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Json& text = found->at(i);
    const std::string where = fmt::format("{}[{}]", field, i);
    if (!text.is_string() || text.get_ref<const std::string&>().empty() ||
        text.get_ref<const std::string&>().size() > kTagBytesMax)
      return invalid_argument(fmt::format("{} is no text of 1 to {} bytes", where, kTagBytesMax), where);
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

Result<Pin> pin_of(const Json& json, const std::string& where) {
  if (!json.is_object()) return invalid_argument(where + " is no object", where);
  YUPU_RETURN_IF_ERROR(serving::check_members(json, {"item", "position", "surface"}, where + "."));
  Pin pin;
  YUPU_ASSIGN_OR_RETURN(pin.item, serving::optional_string(json, "item", kIdBytesMax, where + "."));
  if (pin.item.empty()) return invalid_argument(where + ".item is missing", where + ".item");
  YUPU_ASSIGN_OR_RETURN(pin.surface, serving::optional_string(json, "surface", serving::kNameBytesMax, where + "."));
  const auto found = json.find("position");
  if (found == json.end()) return pin;
  const std::int64_t position = found->is_number_integer() ? found->get<std::int64_t>() : 0;
  if (position < 1 || position > static_cast<std::int64_t>(kListCountMax)) {
    return invalid_argument(fmt::format("{}.position is a whole number from 1 to {}", where, kListCountMax),
                            where + ".position");
  }
  pin.position = static_cast<std::size_t>(position);
  return pin;
}

Result<std::vector<Pin>> pins_in(const Json& object) {
  std::vector<Pin> pins;
  const auto found = object.find("pin");
  if (found == object.end()) return pins;
  if (!found->is_array()) return invalid_argument("pin is no array", "pin");
  if (found->size() > kPolicyEntriesMost) return too_many("pin", found->size());
  for (std::size_t i = 0; i < found->size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(Pin pin, pin_of(found->at(i), fmt::format("pin[{}]", i)));
    pins.push_back(std::move(pin));
  }
  return pins;
}

// An object of tags; `read` takes a value or says what it should be.
template <class Value, class Read>
Result<std::map<std::string, Value>> by_tag(const Json& object, const char* field, const char* wanted,
                                            const Read& read) {
  std::map<std::string, Value> values;
  const auto found = object.find(field);
  if (found == object.end()) return values;
  if (!found->is_object()) return invalid_argument(fmt::format("{} is no object of tags", field), field);
  if (found->size() > kPolicyEntriesMost) return too_many(field, found->size());
  for (const auto& [tag, value] : found->items()) {
    const std::string where = fmt::format("{}.{}", field, tag.substr(0, kTagBytesMax));
    const std::optional<Value> taken = read(value);
    if (!taken || tag.empty() || tag.size() > kTagBytesMax)
      return invalid_argument(fmt::format("{} is no {}", where, wanted), where);
    values.emplace(tag, *taken);
  }
  return values;
}

std::optional<double> lift_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double lift = value.get<double>();
  return lift >= -1.0 && lift <= 1.0 ? std::optional(lift) : std::nullopt;
}

std::optional<std::size_t> cap_of(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  const std::int64_t cap = value.get<std::int64_t>();
  if (cap < 1 || cap > static_cast<std::int64_t>(kListCountMax)) return std::nullopt;
  return static_cast<std::size_t>(cap);
}

std::vector<std::uint32_t> numbers_of(const Collection& collection, const std::vector<std::string>& tags) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& tag : tags) {
    const auto at = std::lower_bound(collection.tag_names.begin(), collection.tag_names.end(), tag);
    if (at != collection.tag_names.end() && *at == tag)
      numbers.push_back(static_cast<std::uint32_t>(at - collection.tag_names.begin()));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool has_one_of(const std::vector<std::uint32_t>& tags, const std::vector<std::uint32_t>& wanted) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](std::uint32_t tag) { return std::binary_search(wanted.begin(), wanted.end(), tag); });
}

}  // namespace

OrderedJson Policy::to_json() const {
  OrderedJson json = {{"pin", OrderedJson::array()}};
  for (const Pin& pin : pins) {
    OrderedJson one = {{"item", pin.item}, {"position", pin.position}};
    if (!pin.surface.empty()) one["surface"] = pin.surface;
    json["pin"].push_back(std::move(one));
  }
  json["lift"] = OrderedJson(lifts);
  json["half_life_days"] = half_life_days;
  json["caps"] = OrderedJson(caps);
  json["blocked_tags"] = blocked_tags;
  json["blocked_words"] = blocked_words;
  json["unnamed_tags"] = unnamed_tags;
  json["explore"] = explore;
  return json;
}

Result<Policy> parse_policy(const Json& object) {
  if (!object.is_object()) return invalid_argument("rules are an object", "body");
  YUPU_RETURN_IF_ERROR(serving::check_members(
      object, {"pin", "lift", "half_life_days", "caps", "blocked_tags", "blocked_words", "unnamed_tags", "explore"}));
  Policy policy;
  YUPU_ASSIGN_OR_RETURN(policy.pins, pins_in(object));
  YUPU_ASSIGN_OR_RETURN(policy.lifts, by_tag<double>(object, "lift", "number from -1 to 1", lift_of));
  YUPU_ASSIGN_OR_RETURN(policy.caps, by_tag<std::size_t>(object, "caps", "whole number from 1 to 100", cap_of));
  YUPU_ASSIGN_OR_RETURN(policy.blocked_tags, texts_in(object, "blocked_tags"));
  YUPU_ASSIGN_OR_RETURN(policy.blocked_words, texts_in(object, "blocked_words"));
  YUPU_ASSIGN_OR_RETURN(policy.unnamed_tags, texts_in(object, "unnamed_tags"));
  if (const auto found = object.find("half_life_days"); found != object.end()) {
    policy.half_life_days = found->is_number() ? found->get<double>() : -1.0;
    if (!(policy.half_life_days >= 0.0 && policy.half_life_days <= kHalfLifeDaysMost))
      return invalid_argument("half_life_days is a number from 0 (none) on", "half_life_days");
  }
  if (const auto found = object.find("explore"); found != object.end()) {
    policy.explore = found->is_number() ? found->get<double>() : -1.0;
    if (!(policy.explore >= 0.0 && policy.explore <= kExploreMost))
      return invalid_argument(fmt::format("explore is a number from 0 (none) to {}", kExploreMost), "explore");
  }
  return policy;
}

Result<Policy> policy_of(store::Transaction& transaction, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT rules FROM recommend_policy WHERE tenant_id = ?", {tenant_id}));
  if (rows.empty()) return Policy{};
  YUPU_ASSIGN_OR_RETURN(const Json object, parse_json(rows[0].text(0)));
  return parse_policy(object);
}

Status put_policy(store::Store& store, const Clock& clock, const std::string& tenant_id, const Policy& policy,
                  const std::string& changed_by) {
  return store.write([&](store::Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO recommend_policy (tenant_id, rules, changed_by, changed_ns) VALUES (?, ?, ?, ?) ON CONFLICT "
            "(tenant_id) DO UPDATE SET rules = excluded.rules, changed_by = excluded.changed_by, changed_ns = "
            "excluded.changed_ns",
            {tenant_id, policy.to_json().dump(), changed_by, clock.now_ns()})
        .status();
  });
}

PolicyView::PolicyView(const Policy& policy, const Collection& collection)
    : policy_(policy),
      collection_(collection),
      blocked_(numbers_of(collection, policy.blocked_tags)),
      unnamed_(numbers_of(collection, policy.unnamed_tags)) {
  for (const std::string& word : policy.blocked_words) words_.push_back(lowered(word));
  for (const auto& [tag, lift] : policy.lifts) {
    for (const std::uint32_t number : numbers_of(collection, {tag})) lifts_.emplace(number, lift);
  }
  for (const auto& [tag, cap] : policy.caps) {
    const bool begins = tag.ends_with('*');
    const std::string_view wanted = std::string_view(tag).substr(0, tag.size() - (begins ? 1 : 0));
    for (std::uint32_t number = 0; number < collection.tag_names.size(); ++number) {
      const std::string& name = collection.tag_names[number];
      if (begins ? !name.starts_with(wanted) : name != wanted) continue;
      const auto [at, is_new] = caps_.emplace(number, cap);
      if (!is_new) at->second = std::min(at->second, cap);
    }
  }
}

bool PolicyView::is_blocked(std::uint32_t item) const {
  return has_one_of(collection_.tags[item], blocked_) || has_blocked_word(collection_.texts[item]);
}

bool PolicyView::blocks(const std::vector<std::string>& tags, const std::string& text) const {
  const std::vector<std::string>& blocked = policy_.blocked_tags;
  return has_blocked_word(text) || std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
           return std::find(blocked.begin(), blocked.end(), tag) != blocked.end();
         });
}

bool PolicyView::has_blocked_word(const std::string& text) const {
  if (words_.empty()) return false;
  const std::string small = lowered(text);
  return std::any_of(words_.begin(), words_.end(),
                     [&](const std::string& word) { return small.find(word) != std::string::npos; });
}

bool PolicyView::may_be_named(std::uint32_t item) const { return !has_one_of(collection_.tags[item], unnamed_); }

double PolicyView::lift(std::uint32_t item) const {
  double sum = 0.0;
  for (const std::uint32_t tag : collection_.tags[item]) {
    const auto found = lifts_.find(tag);
    if (found != lifts_.end()) sum += found->second;
  }
  return sum;
}

double PolicyView::freshness(double age_days) const {
  return policy_.half_life_days <= 0.0 ? 1.0 : std::exp2(-std::max(0.0, age_days) / policy_.half_life_days);
}

}  // namespace yupu::recommend
