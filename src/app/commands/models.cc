// yupu models: which release answers, and what stands behind it.
#include <filesystem>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/shadow.h"
#include "app/workplace.h"
#include "base/file.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/int8_copy.h"

namespace yupu::app {
namespace {

// What a release's model is an adapter of: null for a whole model. Its files may be gone: then that is said.
Json adapter_json(const Workplace& place, const handoff::Release& release) {
  const auto adapter = tasks::adapter_of(place.workdir + "/" + release.model_directory);
  if (!adapter.ok()) return Json{{"error", adapter.status().message()}};
  if (!*adapter) return nullptr;
  return Json{{"method", (*adapter)->method}, {"base", (*adapter)->base}, {"base_sha256", (*adapter)->base_sha256}};
}

Status list(Workplace& place, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto records, handoff::list_records(*place.store, "release", {}, 1000));
  Json rows = Json::array();
  std::string text =
      fmt::format("{:<24} {:<16} {:<25} {:<5} {:<24} {}", "RELEASE", "MODEL", "CREATED", "LIVE", "RUN", "ADAPTER OF");
  for (const auto& record : records) {
    YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(record.body));
    YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(*place.store, record.name));
    const bool is_live = live && live->release_id == record.id;
    const Json adapter = adapter_json(place, release);
    rows.push_back({{"release_id", record.id},
                    {"model", record.name},
                    {"created", format_utc(record.created_ns)},
                    {"live", is_live},
                    {"run_id", release.run_id},
                    {"replaces", release.replaces},
                    {"adapter", adapter}});
    text += fmt::format("\n{:<24} {:<16} {:<25} {:<5} {:<24} {}", record.id, record.name, format_utc(record.created_ns),
                        is_live ? "yes" : "", release.run_id, adapter.is_null() ? "" : adapter.value("base", "?"));
  }
  json ? print_json(Json{{"releases", rows}}) : print_text(text);
  return ok_status();
}

Result<handoff::Record> live_record(Workplace& place, const std::string& name) {
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(*place.store, name));
  if (!live)
    return not_found(fmt::format("model '{}' has no live release; `yupu models list` shows what there is", name));
  return handoff::get_record(*place.store, live->release_id);
}

Status show(Workplace& place, const std::string& name) {
  YUPU_ASSIGN_OR_RETURN(const auto release, live_record(place, name));
  YUPU_ASSIGN_OR_RETURN(const auto body, handoff::Release::from_json(release.body));
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::get_record(*place.store, body.run_id));
  YUPU_ASSIGN_OR_RETURN(const auto history, handoff::live_history(*place.store, name));
  Json changes = Json::array();
  for (const auto& change : history) {
    changes.push_back(
        {{"release_id", change.release_id}, {"reason", change.reason}, {"changed", format_utc(change.changed_ns)}});
  }
  print_json(Json{{"model", name},
                  {"release_id", release.id},
                  {"release", release.body},
                  {"adapter", adapter_json(place, body)},
                  {"run_id", run.id},
                  {"run", run.body},
                  {"history", changes}});
  return ok_status();
}

Status export_model(Workplace& place, const std::string& name, const std::string& target) {
  YUPU_ASSIGN_OR_RETURN(const auto release, live_record(place, name));
  YUPU_ASSIGN_OR_RETURN(const auto body, handoff::Release::from_json(release.body));
  if (file_exists(target)) return conflict(fmt::format("{} is there already; name a folder that is not", target));
  const std::string source = place.workdir + "/" + body.model_directory;
  YUPU_ASSIGN_OR_RETURN(const auto adapter, tasks::adapter_of(source));
  if (adapter) {  // written anew: it names its base from where it lies
    YUPU_ASSIGN_OR_RETURN(const auto classifier, tasks::Classifier::load(source));
    YUPU_RETURN_IF_ERROR(classifier->save(target));
    print_text(fmt::format("{} ({}) is in {}: an adapter of {}", name, release.id, target, adapter->base));
    return ok_status();
  }
  std::error_code error;
  std::filesystem::copy(source, target, std::filesystem::copy_options::recursive, error);
  if (error) return errno_status(error.value(), fmt::format("copy {} to {}", body.model_directory, target));
  print_text(fmt::format("{} ({}) is in {}", name, release.id, target));
  return ok_status();
}

// A trained adapter and its base as one model directory.
Status merge_model(const std::string& adapter, const std::string& target) {
  if (file_exists(target)) return conflict(fmt::format("{} is there already; name a folder that is not", target));
  YUPU_ASSIGN_OR_RETURN(const auto classifier, tasks::Classifier::load(adapter));
  if (classifier->adapter() == nullptr) {
    return invalid_argument(fmt::format("{} is a whole model: there is no adapter to merge", adapter));
  }
  const std::string base = classifier->adapter()->config().base;
  YUPU_RETURN_IF_ERROR(classifier->merge_adapter());
  YUPU_RETURN_IF_ERROR(classifier->save(target));
  print_text(fmt::format("{} merged into {} is in {}", adapter, base, target));
  return ok_status();
}

std::uint64_t weights_bytes(const std::string& directory) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(fmt::format("{}/{}", directory, model::kWeightsFile), error);
  return error ? 0 : bytes;
}

// From directory to directory: needs no working folder.
Status quantize(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const std::string source = arguments.required_text("--model");
  const std::string target = arguments.required_text("--out");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (file_exists(target)) return conflict(fmt::format("{} is there already; name a folder that is not", target));
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(source, {.placement = model::Placement::kMapped}));
  const Status status = tasks::quantise_with_lineage(*classifier);
  if (!status.ok()) return status.with_context(source);
  YUPU_RETURN_IF_ERROR(classifier->save(target));
  const std::uint64_t before = weights_bytes(source);
  const std::uint64_t after = weights_bytes(target);
  json ? print_json(Json{{"model", target},
                         {"weights_sha256", classifier->weights_sha256()},
                         {"quantized_from_weights_sha256", classifier->lineage()["quantized_from_weights_sha256"]},
                         {"bytes_before", before},
                         {"bytes_after", after}})
       : print_text(fmt::format("{}: int8 weights, {:.1f} MB instead of {:.1f} MB. Compare `yupu evaluate --model {}` "
                                "with --model {} on your held-out rows.",
                                target, static_cast<double>(after) * 1e-6, static_cast<double>(before) * 1e-6, target,
                                source));
  return ok_status();
}

}  // namespace

Status models_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"list", "show", "promote", "rollback", "shadow",
                                                                "export", "merge", "quantize"}));
  if (verb == "quantize") return quantize(arguments);
  if (verb == "merge") {
    YUPU_ASSIGN_OR_RETURN(const auto directories, arguments.finish(2, 2, "adapter directory and target directory"));
    return merge_model(directories[0], directories[1]);
  }
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  ShadowWish shadow;
  if (verb == "shadow") shadow = {.candidate = arguments.text("--candidate"), .stop = arguments.flag("--stop")};
  const std::size_t word_count = verb == "list" ? 0 : verb == "promote" || verb == "export" ? 2 : 1;
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(word_count, word_count,
                                                           verb == "promote" ? "model and release id" : "model name"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (verb == "list") return list(place, json);
  if (verb == "show") return show(place, words[0]);
  if (verb == "shadow") return shadow_command(place, words[0], shadow, json);
  if (verb == "export") return export_model(place, words[0], words[1]);
  if (verb == "promote") {
    YUPU_ASSIGN_OR_RETURN(const auto release, handoff::get_record(*place.store, words[1]));
    if (release.kind != "release" || release.name != words[0]) {
      return invalid_argument(
          fmt::format("{} is a {} of '{}', not a release of '{}'", release.id, release.kind, release.name, words[0]));
    }
    YUPU_RETURN_IF_ERROR(
        handoff::set_live_release(*place.store, words[0], release.id, "promoted by operator", place.clock->now_ns()));
    json ? print_json(Json{{"model", words[0]}, {"release_id", release.id}})
         : print_text(fmt::format("{} answers as {} now", words[0], release.id));
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto change,
                        handoff::roll_back(*place.store, words[0], "rollback by operator", place.clock->now_ns()));
  json ? print_json(Json{{"model", words[0]}, {"release_id", change.release_id}})
       : print_text(fmt::format("{} answers as {} again", words[0], change.release_id));
  return ok_status();
}

}  // namespace yupu::app
