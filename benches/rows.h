/* The rows by subject, each in a file of its name. */
#ifndef ROWS_H
#define ROWS_H

#include "bench.h"

void oneshot_rows(enum mode mode);
void training_rows(void);
void streaming_rows(enum mode mode);
void batch_rows(enum mode mode);

void oneshot_memory(void);
void streaming_memory(void);

#endif
