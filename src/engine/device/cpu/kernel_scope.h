// What a path of kernels wants before a thread multiplies, and after: AMX its tiles.
#pragma once

namespace yupu::engine {

// Path has begin and end, functions without arguments or null.
template <class Path>
class KernelScope {
 public:
  explicit KernelScope(const Path& path) : path_(path) {
    if (path_.begin != nullptr) path_.begin();
  }
  KernelScope(const KernelScope&) = delete;
  KernelScope& operator=(const KernelScope&) = delete;
  ~KernelScope() {
    if (path_.end != nullptr) path_.end();
  }

 private:
  const Path& path_;
};

}  // namespace yupu::engine
