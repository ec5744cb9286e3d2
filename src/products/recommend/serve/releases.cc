#include "products/recommend/serve/releases.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "handoff/record.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kKind = "recommend_release";

Json body_of(const Release& release) {
  Json settings = Json::object();
  for (const auto& [name, value] : release.settings) settings[name] = value;
  Json body = {{"settings", settings},
               {"tower", release.tower},
               {"tower_sha256", release.tower_sha256},
               {"received_until_ns", release.received_until_ns},
               {"passed", release.passed},
               {"verdict", release.verdict}};
  if (!release.cross.empty()) {  // a release without one is the record it was before there were any
    body["cross_encoder"] = release.cross;
    body["cross_encoder_sha256"] = release.cross_sha256;
  }
  return body;
}

Result<Release> from_record(const handoff::Record& record) {
  const std::string where = fmt::format("release {}", record.id);
  Release release;
  release.id = record.id;
  release.made_ns = record.created_ns;
  YUPU_ASSIGN_OR_RETURN(release.tower, json_string(record.body, "tower", where));
  YUPU_ASSIGN_OR_RETURN(release.tower_sha256, json_string(record.body, "tower_sha256", where));
  YUPU_ASSIGN_OR_RETURN(release.received_until_ns, json_int(record.body, "received_until_ns", where));
  if (record.body.contains("cross_encoder")) {
    YUPU_ASSIGN_OR_RETURN(release.cross, json_string(record.body, "cross_encoder", where));
    YUPU_ASSIGN_OR_RETURN(release.cross_sha256, json_string(record.body, "cross_encoder_sha256", where));
  }
  release.passed = record.body.value("passed", false);
  release.verdict = record.body.value("verdict", Json::object());
  const Json settings = record.body.value("settings", Json::object());
  for (const auto& [name, value] : settings.items()) {
    if (!value.is_number()) return internal_error(fmt::format("{}: setting '{}' is no number", where, name));
    release.settings[name] = value.get<double>();
  }
  return release;
}

}  // namespace

Settings serving_settings() {
  return {{"slice", 0.1}, {"lambda", 300}, {"trees", 100}, {"depth", 4}, {"lr", 0.1}, {"questions_min", 100}};
}

std::string live_name(const std::string& tenant_id) { return "recommend/" + tenant_id; }

Result<Release> keep_release(store::Store& store, const std::string& tenant_id, Release release) {
  const handoff::Record record = handoff::make_record(kKind, tenant_id, {}, body_of(release), release.made_ns);
  YUPU_RETURN_IF_ERROR(handoff::put_record(store, record));
  release.id = record.id;
  return release;
}

Result<Release> release_of(store::Store& store, const std::string& tenant_id, const std::string& id) {
  YUPU_ASSIGN_OR_RETURN(const handoff::Record record, handoff::get_record(store, id));
  if (record.kind != kKind || record.name != tenant_id)
    return Status(Code::kNotFound, fmt::format("there is no release '{}' of these lists", id), "release");
  return from_record(record);
}

Result<std::optional<Release>> live_release(store::Store& store, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store, live_name(tenant_id)));
  if (!live) return std::optional<Release>();
  YUPU_ASSIGN_OR_RETURN(Release release, release_of(store, tenant_id, live->release_id));
  return std::optional<Release>(std::move(release));
}

Result<std::vector<Release>> releases_of(store::Store& store, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto records, handoff::list_records(store, kKind, tenant_id));
  std::vector<Release> releases;
  for (const handoff::Record& record : records) {
    YUPU_ASSIGN_OR_RETURN(Release release, from_record(record));
    releases.push_back(std::move(release));
  }
  return releases;
}

Status promote(store::Store& store, const std::string& tenant_id, const Release& release, std::string_view reason,
               std::int64_t now_ns) {
  if (!release.passed) {
    return {Code::kConflict,
            fmt::format("release {} was refused: {}", release.id, release.verdict.value("why", "the guard")),
            "release"};
  }
  return handoff::set_live_release(store, live_name(tenant_id), release.id, reason, now_ns);
}

Result<OrderedJson> releases_json(store::Store& store, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto changes, handoff::live_history(store, live_name(tenant_id)));
  YUPU_ASSIGN_OR_RETURN(const auto releases, releases_of(store, tenant_id));
  OrderedJson json = {{"live", changes.empty() ? "" : changes[0].release_id},
                      {"releases", OrderedJson::array()},
                      {"changes", OrderedJson::array()}};
  for (const Release& release : releases) {
    OrderedJson row = {{"id", release.id}, {"made", format_utc(release.made_ns)}, {"passed", release.passed}};
    row["why"] = release.verdict.value("why", std::string());
    row["tower"] = release.tower;
    row["cross_encoder"] = release.cross;
    row["learned_until"] = format_utc(release.received_until_ns);
    row["verdict"] = release.verdict;
    row["settings"] = release.settings;
    json["releases"].push_back(std::move(row));
  }
  for (const handoff::LiveChange& change : changes) {
    json["changes"].push_back(
        {{"release", change.release_id}, {"reason", change.reason}, {"time", format_utc(change.changed_ns)}});
  }
  return json;
}

}  // namespace yupu::recommend
