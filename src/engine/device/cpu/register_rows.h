// YUPU_ROWS_n(X) is X(0) ... X(n-1): the accumulators of a register kernel are named variables, because arrays of
// vectors do not stay in registers.
// YUPU_32_REGISTERS, where a Highway target is being compiled: it has 32 vector registers; the others count on 16.
#pragma once

#define YUPU_32_REGISTERS (HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON)

#define YUPU_ROWS_1(X) X(0)
#define YUPU_ROWS_2(X) YUPU_ROWS_1(X) X(1)
#define YUPU_ROWS_3(X) YUPU_ROWS_2(X) X(2)
#define YUPU_ROWS_4(X) YUPU_ROWS_3(X) X(3)
#define YUPU_ROWS_5(X) YUPU_ROWS_4(X) X(4)
#define YUPU_ROWS_6(X) YUPU_ROWS_5(X) X(5)
#define YUPU_ROWS_7(X) YUPU_ROWS_6(X) X(6)
#define YUPU_ROWS_8(X) YUPU_ROWS_7(X) X(7)
#define YUPU_ROWS_9(X) YUPU_ROWS_8(X) X(8)
#define YUPU_ROWS_10(X) YUPU_ROWS_9(X) X(9)
#define YUPU_ROWS_11(X) YUPU_ROWS_10(X) X(10)
#define YUPU_ROWS_12(X) YUPU_ROWS_11(X) X(11)
#define YUPU_ROWS_13(X) YUPU_ROWS_12(X) X(12)
#define YUPU_ROWS_14(X) YUPU_ROWS_13(X) X(13)
