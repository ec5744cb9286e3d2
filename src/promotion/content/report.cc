#include "promotion/content/report.h"

#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "handoff/live_release.h"
#include "handoff/types.h"
#include "promotion/content/facts.h"
#include "promotion/content/page.h"
#include "promotion/content/page_check.h"
#include "promotion/content/words.h"

namespace yupu::promotion {
namespace {

struct Gathered {
  Facts facts;
  ReportSubject subject;
};

// Which run the page is about: the live release's; without a release, the newest.
Result<handoff::Record> reported_run(store::Store& store, const std::string& model, Gathered& gathered) {
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(store, model));
  if (live) {
    YUPU_ASSIGN_OR_RETURN(const handoff::Record release, handoff::get_record(store, live->release_id));
    YUPU_ASSIGN_OR_RETURN(const handoff::Release body, handoff::Release::from_json(release.body));
    gathered.facts.add(release);
    gathered.subject.release_id = release.id;
    return handoff::get_record(store, body.run_id);
  }
  YUPU_ASSIGN_OR_RETURN(const auto newest, handoff::latest_record(store, "run", model));
  if (!newest) return not_found(fmt::format("model '{}' has no run to report yet; train it first", model));
  return *newest;
}

Result<Gathered> gather(store::Store& store, const std::string& model) {
  Gathered gathered;
  YUPU_ASSIGN_OR_RETURN(const handoff::Record run, reported_run(store, model, gathered));
  YUPU_ASSIGN_OR_RETURN(const handoff::Run body, handoff::Run::from_json(run.body));
  gathered.facts.add(run);
  gathered.subject.model = model;
  gathered.subject.run_id = run.id;

  const Result<handoff::Record> dataset = handoff::get_record(store, body.dataset_id);
  if (dataset.ok()) {
    gathered.facts.add(dataset.value());
    gathered.subject.dataset_id = dataset.value().id;
  } else if (dataset.status().code() != Code::kNotFound && dataset.status().code() != Code::kInvalidArgument) {
    return dataset.status();
  }

  YUPU_ASSIGN_OR_RETURN(const auto newest, handoff::latest_record(store, "run", model));
  if (newest && newest->id != run.id && newest->created_ns > run.created_ns) {
    gathered.facts.add(*newest);
    gathered.subject.newer_run_id = newest->id;
  }
  return gathered;
}

Result<std::string> checked_page(const Gathered& gathered, std::string_view lang) {
  if (lang != "zh" && lang != "en") {
    return invalid_argument(fmt::format("the report is written in 'zh' and 'en', not in '{}'", lang), "lang");
  }
  std::string page = report_page(gathered.facts, gathered.subject, report_words(lang));
  const Status bound = check_page(page, gathered.facts);
  if (!bound.ok()) return internal_error("the report was not written: " + bound.message());
  return page;
}

}  // namespace

Result<std::string> render_report(store::Store& store, const ReportOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const Gathered gathered, gather(store, options.model));
  return checked_page(gathered, options.lang);
}

Result<handoff::Record> write_report(store::Store& store, const std::string& workdir, const ReportOptions& options,
                                     const Clock& clock) {
  YUPU_ASSIGN_OR_RETURN(const Gathered gathered, gather(store, options.model));
  const ReportSubject& subject = gathered.subject;
  YUPU_RETURN_IF_ERROR(make_directories(workdir + "/site"));
  Json pages = Json::object();
  for (const std::string lang : {"zh", "en"}) {
    YUPU_ASSIGN_OR_RETURN(const std::string page, checked_page(gathered, lang));
    const std::string path = fmt::format("site/report.{}.html", lang);
    YUPU_RETURN_IF_ERROR(write_file_atomic(workdir + "/" + path, page));
    pages[lang] = {{"path", path}, {"sha256", sha256_hex(page)}};
  }
  std::vector<std::string> parents = {subject.run_id};
  if (!subject.dataset_id.empty()) parents.push_back(subject.dataset_id);
  if (!subject.release_id.empty()) parents.push_back(subject.release_id);
  const handoff::Record record = handoff::make_record("report", options.model, std::move(parents),
                                                      {{"run_id", subject.run_id},
                                                       {"release_id", subject.release_id},
                                                       {"stale", subject.newer_run_id.has_value()},
                                                       {"pages", pages}},
                                                      clock.now_ns());
  YUPU_RETURN_IF_ERROR(handoff::put_record(store, record));
  return record;
}

}  // namespace yupu::promotion
