/* What libyupu_mpi.so offers to the program: the MPI calls that engine/collective/mpi.cc needs, as plain functions.
   The program is neither compiled nor linked against MPI; it opens this module when a launcher started it as one of
   several ranks.  So it starts as fast as without MPI, runs where there is none, and another MPI means another module.
   Every function returns 0 or an MPI error code, for error_text.  Nothing blocks but begin and end.
   Threads: one. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum { kYupuMpiVersion = 1 };

struct YupuMpiTable {
  int version;
  const char* library;                                    /* which MPI */
  int (*begin)(int* rank, int* size);                     /* MPI_Init */
  int (*sum_f32)(float* data, int count, void** request); /* over all ranks, in place */
  int (*sum_f64)(double* data, int count, void** request);
  int (*broadcast)(void* bytes, int count, int root, void** request);
  int (*test)(void** request, int* done); /* frees the request when done */
  void (*error_text)(int code, char* text, int text_bytes);
  int (*end)(void); /* MPI_Finalize: every rank has come here */
};

/* The symbol the program looks up. */
const struct YupuMpiTable* yupu_mpi_table(void);

#ifdef __cplusplus
}
#endif
