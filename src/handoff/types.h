// The bodies of the records, typed.  Each has to_json / from_json; from_json names the missing or wrong member.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::handoff {

// One labelled text. On disk: one JSON object a line, keys text, label, lang, source, weight left out when default.
struct Row {
  std::string text;    // cleaned, NFC
  std::string label;   // intent, topic, ...; kOutOfScope for a text no label fits
  std::string lang;    // "zh", "en" or empty
  std::string source;  // "data/train.csv:17", "feedback:fb_..."
};
inline constexpr std::string_view kOutOfScope = "out_of_scope";

// Record kind "dataset": split files in WORKDIR/datasets/<content hash>/{train,valid,test}.jsonl.
struct Dataset {
  std::string directory;                             // relative to the workdir
  std::string content_sha256;                        // over the bytes of the three files
  std::map<std::string, std::int64_t> row_counts;    // "train", "valid", "test" -> rows
  std::map<std::string, std::int64_t> label_counts;  // over all splits
  std::vector<std::string> labels;                   // sorted; the model's output order; without kOutOfScope
  std::map<std::string, std::string> source_sha256;  // file -> content hash
  std::int64_t rejected_count = 0;                   // lines in rejects.jsonl
  std::int64_t duplicate_count = 0;                  // exact duplicates dropped
  std::int64_t conflict_count = 0;                   // texts seen under two labels (left out, listed in rejects)
  Json to_json() const;
  static Result<Dataset> from_json(const Json& json);
};

// Record kind "run": one training run. Model directory WORKDIR/runs/<id>/model (HuggingFace layout + yupu.json).
struct Run {
  std::string dataset_id;
  std::string task;             // "classify"
  std::string model_directory;  // relative to the workdir
  std::string weights_sha256;
  Json config;                            // everything that decided the result: encoder config, hyper-parameters, seed
  std::string version;                    // yupu's version
  std::map<std::string, double> figures;  // "valid.accuracy", "test.accuracy", "test.macro_f1", "train.seconds", ...
  Json report;  // the classification report on the test rows, as `yupu evaluate --json` prints it
  Json to_json() const;
  static Result<Run> from_json(const Json& json);
};

// Record kind "release": a run that passed the gate. Which release is live stands in live_release (release.h).
struct Release {
  std::string run_id;
  std::string model_directory;
  std::string weights_sha256;
  std::string replaces;  // release id it was measured against, empty for the first
  Json gate;             // the figures of both on the same rows, per slice, and the rule
  Json to_json() const;
  static Result<Release> from_json(const Json& json);
};

// Feedback on one answer, or on the conversation it ended: table `feedback`, append-only.
struct Feedback {
  std::string id;
  std::string tenant_id;
  std::string trace_id;
  std::optional<int> rating;              // +1, -1
  std::optional<std::string> correction;  // the right label
  std::string reason;
  std::int64_t created_ns = 0;
  std::optional<int> satisfaction = {};  // 1 (bad) to 5 (good) with the whole conversation; then:
  std::string conversation = {};         // which one, trace_id being of its last call
  std::string author = {};               // "agent:<id>" of a person who takes over; empty: who asked, or the shop
};

}  // namespace yupu::handoff
