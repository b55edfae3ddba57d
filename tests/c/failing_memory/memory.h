/* The memory of the whole process, of the library and libzstd too: it fails as planned, and tells what is leaked. */

#ifndef MEMORY_H
#define MEMORY_H

enum memory_mode { FAILS_NEVER, FAILS_ONCE, FAILS_FROM_THEN_ON };

/** Of what is asked for while memory_fails(1) holds, the `which`-th is refused, or it and all that follow. */
void memory_plan(enum memory_mode mode, long which);

/** Whether the plan is in force. It is not at first. */
void memory_fails(int in_force);

/** How often memory was asked for while a plan was in force, and how often it was refused. */
long memory_asked(void);
long memory_refused(void);

/** From here on, blocks are listed as long as they live. */
void memory_watch(void);

/** How many of them live; tells of them on stderr. */
int memory_leaked(void);

#endif
