// Filling the slots of one answer: what is missing is asked for, one slot at a time, in the order of the text; what the
// shop wants confirmed is confirmed before the next one is asked for.
//
//   begin_form -> kAsk ... fill_form -> kAsk | kAgain | kNothing (-> miss_form) ... -> kFilled
//
// A question may bring values with it ("my order GH12345678 is late"); only what nothing else looks like is taken so,
// and a value that was given changes so too, whatever is asked for: "the order is GH99999999, sorry". Threads: pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "products/service/answers.h"
#include "products/service/conversation/state.h"

namespace yupu::products {

struct FormRules {
  std::int64_t tries_max = 3;  // answers that are none: asked again after each but the last
  std::vector<std::string> yes_words = {"是",   "是的", "对", "对的", "没错", "好",  "好的",    "确认",
                                        "正确", "yes",  "y",  "yeah", "ok",   "yep", "correct", "right"};
  std::vector<std::string> no_words = {"不", "不是", "不对", "错了", "否", "no", "n", "nope", "wrong"};
  // What was said last is asked for again.
  std::vector<std::string> change_words = {"修改", "改一下", "我要修改",  "填错了",  "写错了", "上一步",
                                           "返回", "change", "change it", "go back", "back",   "edit"};
  std::string again_zh = "这个好像不对。";  // before the question, when it is asked again
  std::string again_en = "That does not look right.";
};

enum class FormStep : std::uint8_t {
  kAsk,      // form.slot is to be asked for, or confirmed
  kAgain,    // the same: what was said cannot be
  kFilled,   // every slot of the text has a value
  kLost,     // as many tries as the rules allow came to nothing
  kNothing,  // the text says nothing about the slot; no try was counted yet
};

// What is being filled: the text in the form's language, what day it is, and who finds names.
struct FormPaper {
  const ApprovedAnswers& answers;
  const AnswerText& text;
  CivilDate today;
  const EntityReader* entities = nullptr;
};

FormStep begin_form(Form& form, const FormPaper& paper, std::string_view question);
// REQUIRES: form.slot is one of the text's.
FormStep fill_form(Form& form, const FormPaper& paper, const FormRules& rules, std::string_view said);
// Counts a try: kAgain or kLost.
FormStep miss_form(Form& form, const FormRules& rules);
// What is said for kAsk and kAgain.
std::string form_question(const Form& form, const FormPaper& paper, const FormRules& rules, bool again);

}  // namespace yupu::products
