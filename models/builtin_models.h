// The model directories of this folder, inside the binary: `--base yupu-base` needs no file beside it.
#pragma once

namespace yupu::models {

// Makes every embedded directory readable as "builtin:NAME" (base/builtin.h).  Call once, before anything reads.
void add_builtin_models();

}  // namespace yupu::models
