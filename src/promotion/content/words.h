// The report's sentences in both languages.  No digits in here: the page check would refuse them.
#pragma once

#include <string_view>

namespace yupu::promotion {

struct ReportWords {
  std::string_view html_lang, other_lang, other_name;
  std::string_view title, subtitle, stale, stale_accuracy;
  std::string_view summary, accuracy, macro_f1, test_rows, calibration_error, no_release, release, run, reported_run,
      since;
  std::string_view data, dataset, content_hash, train_rows, valid_rows, test_split, labels, duplicates, conflicts,
      rejected, sources, source_file;
  std::string_view training, task, version, weights, settings, setting, value, all_figures, figure, trained;
  std::string_view per_label, per_label_note, label, precision, recall, f1, support, averages, micro, macro, weighted;
  std::string_view per_language, language, zh, en;
  std::string_view reliability, reliability_note, confidence, share_right, count;
  std::string_view curve, curve_note, epoch, loss, valid_accuracy;
  std::string_view confusions, confusions_note, truth, predicted, times;
  std::string_view gate, gate_note;
  std::string_view honesty, home;
};

// REQUIRES: lang is "zh" or "en".
const ReportWords& report_words(std::string_view lang);

}  // namespace yupu::promotion
