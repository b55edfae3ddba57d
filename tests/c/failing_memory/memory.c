/*
 * malloc() and its relatives for the whole process. A program's own take the place of libc's, also for the shared
 * libraries that it uses, so Rust and libzstd both get their memory here. What lies behind is glibc's.
 */

#define _GNU_SOURCE

#include "memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void __libc_free(void *place);

/* Lies before each block. */
struct block {
    struct block *next, *previous; /* of those that are listed */
    void *start;                   /* of the whole */
    size_t size;
    long number; /* which of those asked for while a plan was in force; 0 for others */
    long listed;
};

static enum memory_mode mode;
static long which, asked, refused;
static int in_force, watching;
static struct block live = {&live, &live, NULL, 0, 0, 0};
static char locked;

/* What glibc keeps of a thread that has ended, for the next one, is no leak. */
static __thread int making_a_thread;

void memory_plan(enum memory_mode new_mode, long new_which) {
    mode = new_mode;
    which = new_which;
}

void memory_fails(int now) { __atomic_store_n(&in_force, now, __ATOMIC_SEQ_CST); }

long memory_asked(void) { return __atomic_load_n(&asked, __ATOMIC_SEQ_CST); }

long memory_refused(void) { return __atomic_load_n(&refused, __ATOMIC_SEQ_CST); }

void memory_watch(void) { watching = 1; }

static void lock(void) {
    while (__atomic_test_and_set(&locked, __ATOMIC_ACQUIRE)) continue;
}

static void unlock(void) { __atomic_clear(&locked, __ATOMIC_RELEASE); }

int memory_leaked(void) {
    const struct block *block;
    int count = 0;
    lock();
    for (block = live.next; block != &live; block = block->next)
        if (count++ < 10) fprintf(stderr, "leaked: %zu bytes, number %ld\n", block->size, block->number);
    unlock();
    return count;
}

/* The number of this request, or -1 when it is to be refused. */
static long number_of_request(void) {
    long number;
    if (!__atomic_load_n(&in_force, __ATOMIC_SEQ_CST)) return 0;
    number = __atomic_add_fetch(&asked, 1, __ATOMIC_SEQ_CST);
    if ((mode == FAILS_ONCE && number == which) || (mode == FAILS_FROM_THEN_ON && number >= which)) {
        __atomic_add_fetch(&refused, 1, __ATOMIC_SEQ_CST);
        errno = ENOMEM;
        return -1;
    }
    return number;
}

static void *allocate(size_t size, size_t alignment, int zeroed) {
    struct block *block;
    char *start;
    uintptr_t place;
    size_t whole = size + alignment + sizeof *block;
    long number = number_of_request();
    if (number < 0) return NULL;
    start = whole < size ? NULL : zeroed ? __libc_calloc(1, whole) : __libc_malloc(whole);
    if (start == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    place = ((uintptr_t)start + sizeof *block + alignment - 1) / alignment * alignment;
    block = (struct block *)place - 1;
    block->start = start;
    block->size = size;
    block->number = number;
    block->listed = watching && !making_a_thread;
    if (block->listed) {
        lock();
        block->next = live.next;
        block->previous = &live;
        live.next->previous = block;
        live.next = block;
        unlock();
    }
    return (void *)place;
}

enum { USUAL = 16, TAINTED = 1 << 16 };

void *malloc(size_t size) { return allocate(size, USUAL, 0); }

void *calloc(size_t count, size_t size) {
    if (size > 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return allocate(count * size, USUAL, 1);
}

void *memalign(size_t alignment, size_t size) { return allocate(size, alignment < USUAL ? USUAL : alignment, 0); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    int before = errno;
    void *place = memalign(alignment, size);
    errno = before;
    if (place == NULL) return ENOMEM;
    *out = place;
    return 0;
}

void free(void *place) {
    struct block *block = (struct block *)place - 1;
    if (place == NULL) return;
    if (block->listed) {
        lock();
        block->next->previous = block->previous;
        block->previous->next = block->next;
        unlock();
    }
    /* Whoever reads what was freed shall see it. */
    memset(place, 0xDD, block->size < TAINTED ? block->size : TAINTED);
    __libc_free(block->start);
}

void *realloc(void *place, size_t size) {
    void *moved = malloc(size);
    if (place != NULL && moved != NULL) {
        size_t before = ((struct block *)place - 1)->size;
        memcpy(moved, place, before < size ? before : size);
        free(place);
    }
    return moved;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    int outcome;
    if (real == NULL) {
        void *found = dlsym(RTLD_NEXT, "pthread_create");
        memcpy(&real, &found, sizeof real);
    }
    making_a_thread = 1;
    outcome = real(thread, attributes, start, argument);
    making_a_thread = 0;
    return outcome;
}
