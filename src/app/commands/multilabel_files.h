// Files of texts with any number of labels, as commands name their columns.
#pragma once

#include "app/arguments.h"
#include "data/multilabel_set.h"

namespace yupu::app {

// --text and --label: names of columns; --separator: between the labels of a cell; the path is the caller's.
data::MultilabelSource read_multilabel_columns(Arguments& arguments);

}  // namespace yupu::app
