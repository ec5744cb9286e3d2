// Names of people, by what stands around them: no dictionary of persons, and no model.  Internal to src/text/personal.
//
//   said       "我叫张伟", "姓名：欧阳娜娜", "my name is Li Lei", "Name: Ann Smith": whatever may be a name is one
//   hinted     "我是王建国", "I'm Tom", "this is Anna": only what is hardly anything else
//   titled     "李女士", "张伟经理", "Mr. Smith": the name, not the title
//
// A name without such words about it ("张三 13812345678", "ask Tom") is not found.
#pragma once

#include <cstddef>

#include "text/personal/folded_text.h"

namespace yupu::text {

// How sure the words before a place are that a name follows.
enum class NameHint { kHinted, kSaid };

// Where a name in Chinese, in Latin letters, that begins at i ends; i: none begins there.
std::size_t chinese_name_end(const FoldedText& text, std::size_t i, NameHint hint);
std::size_t latin_name_end(const FoldedText& text, std::size_t i, NameHint hint);

// Each appends what it finds, in order.
void find_chinese_names(const FoldedText& text, std::vector<PersonalSpan>& found);
void find_latin_names(const FoldedText& text, std::vector<PersonalSpan>& found);

}  // namespace yupu::text
