// Rows of a matrix at length one, and the way back: what losses over cosines share.
//   z = e / max(||e||, 1e-12)        d_e = (d_z - (d_z.z) z) / ||e||
// Threads  pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace yupu::tasks {

double dot(std::span<const double> a, std::span<const double> b);
void add_scaled(std::span<double> to, double factor, std::span<const double> from);  // to += factor * from

// out[i] = x . row i.  REQUIRES: rows of x's width, as many as `out` has places.
void dot_rows(std::span<const float> x, std::span<const float> rows, std::span<float> out);

class UnitRows {
 public:
  // REQUIRES: width > 0, whole rows.
  UnitRows(std::span<const double> values, std::size_t width);
  std::span<const double> row(std::size_t i) const { return std::span(values_).subspan(i * width_, width_); }
  std::size_t rows() const { return lengths_.size(); }
  std::size_t width() const { return width_; }
  // The gradient with respect to z becomes that with respect to e, in place.
  void back(std::span<double> gradient) const;

 private:
  std::size_t width_;
  std::vector<double> values_, lengths_;
};

}  // namespace yupu::tasks
