// Looking at a version of a dataset: `data show`, `data check`, `data diff`, as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"

namespace yupu::data {

// {"id","name","created","parents","directory","splits":{split: rows},"labels":{label:{"train","valid","test"}},
//  "languages":{lang: rows},"rejects":{reason: rows},"samples":{split:[first 3 rows]},"sources":{file: sha256}}
Result<Json> show(const handoff::Record& dataset, const std::string& workdir);

// Reads the files again and proves the version: {"ok","problems":[sentence],"files":{file: "as
// recorded"|"changed"|"missing"}, "rows","duplicates","conflicts","leakage","thin_labels":[{label, examples,
// first}],"examples":[...]}. A label is thin below `min_examples_per_label` rows in train.
Result<Json> check(const handoff::Record& dataset, const std::string& workdir, std::int64_t min_examples_per_label = 2);

// What changed from one version to the next, by canonical text: {"from","to","added","removed","relabelled","moved",
// "unchanged","labels":{label:{"from","to"}},"examples":{"added":[{text,label,split}],"removed":[],"relabelled":[],"moved":[]}}
Result<Json> diff(const handoff::Record& from, const handoff::Record& to, const std::string& workdir);

}  // namespace yupu::data
