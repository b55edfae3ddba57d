/*
 * zst against libzstd as a careful C programmer calls it. Usage: bench time|counts|memory DIRECTORY [TEXT], where
 * DIRECTORY holds the corpora that run.py makes.
 */
#include "inputs.h"
#include "rows.h"
#include <string.h>

int main(int argc, char **argv) {
    if (argc < 3) fail("usage: bench time|counts|memory DIRECTORY [TEXT]");
    row_filter = argc > 3 ? argv[3] : NULL;
    read_corpora(argv[2]);
    if (strcmp(argv[1], "memory") == 0) {
        oneshot_memory();
        streaming_memory();
        return 0;
    }
    if (strcmp(argv[1], "counts") == 0) {
        oneshot_rows(COUNTS);
        streaming_rows(COUNTS);
        batch_rows(COUNTS);
        return 0;
    }
    oneshot_rows(TIME);
    streaming_rows(TIME);
    training_rows();
    batch_rows(TIME);
    return 0;
}
