/* What CPython does most often with zst, without a detour through cffi: methods in C for the stable ABI.
 *
 * Everything here is also there in Python, on cffi, for other Pythons; the tests run both. The public classes derive
 * from the types here, and add what is seldom called. One file for each noun, as in the Python package.
 */
#ifndef ZST_FAST_H
#define ZST_FAST_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#include "zst.h"

/* An object that owns a handle of the C library. */
typedef struct {
    PyObject_HEAD
    void *handle;
    void (*free)(void *handle);
    /* Owns the handle instead, where __init__ may exchange it while a call is running. A capsule. */
    PyObject *owner;
    /* What its type needs: a table of functions. */
    const void *functions;
    /* Of streams: the object at the other end, its read() or write(), an exception that this has raised, and what its
     * flush() has returned. */
    PyObject *end;
    PyObject *method;
    PyObject *exception;
    PyObject *flushed;
    /* What the C library reads from; of buffers and their segments, their memory, which `end` keeps alive. */
    Py_buffer block;
    /* Of segments: where they begin in their buffer. Of readers: how much a failed read has taken that nobody got. */
    uint64_t offset;
    /* Of iterators: the most that a piece has. */
    size_t write_size;
    /* What was behind the end of a frame. Of readers: what a failed read has left for the next one. */
    PyObject *unused;
    /* While a call makes several calls into the C library. */
    bool running;
    /* The source has said that it would block. */
    bool blocked;
    /* Of readers: a read has given more than a little. */
    bool much;
    bool entered, closefd, raw, returns_read, finished, feeding;
} Native;

/* ---- module.c ---- */

/* What is needed of the package: types, functions. */
extern struct Package {
    PyObject *compression_obj, *decompression_obj, *compression_reader, *decompression_reader, *compression_writer,
        *decompression_writer, *compressor_iterator, *decompressor_iterator, *chunker, *chunker_iterator, *collection,
        *buffer, *segments, *segment, *frame_parameters, *compression_parameters;
    PyObject *exception_for, *new_compressor, *new_decompressor, *cdata;
    /* And of io. */
    PyObject *raw_io, *bytes_io;
    /* The base of all types here. */
    PyObject *native;
} package;

extern PyType_Spec compressor_spec, decompressor_spec, compression_obj_spec, decompression_obj_spec,
    compression_reader_spec, decompression_reader_spec, compression_writer_spec, decompression_writer_spec,
    compressor_iterator_spec, decompressor_iterator_spec, chunker_spec, chunker_iterator_spec, memory_spec, buffer_spec,
    segments_spec, segment_spec, collection_spec, frame_parameters_spec, parameters_spec, dict_spec;
PyObject *frame_content_size(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names);
PyObject *estimate_decompression_context_size(PyObject *module, PyObject *unused);
PyObject *frame_header_size(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names);
PyObject *get_frame_parameters(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names);

/* ---- native.c ---- */

/* The base of all types here, which add to it nothing but methods and attributes. */
extern PyType_Spec native_spec;
/* More than the base has, so that `__class__` cannot be assigned: all types would look alike. */
#define NATIVE_SIZE ((int)(sizeof(Native) + sizeof(void *)))
#define NATIVE_TYPE(name, slots)                                                                                       \
    {                                                                                                                  \
        name, NATIVE_SIZE, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots                                          \
    }
/* Of objects that only C makes, with their handle: object.__new__() refuses them. */
#define MADE_TYPE(name, slots)                                                                                         \
    {                                                                                                                  \
        name, NATIVE_SIZE, 0,                                                                                          \
            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots                        \
    }

PyObject *native_new(PyObject *type, void *handle, void (*free)(void *), const void *functions);
/* NULL with an exception when __init__ was not called. */
void *native_handle(Native *self);
/* A capsule that frees a handle. Without one the handle is freed at once. */
PyObject *new_owner(void *handle, void (*free)(void *));
/* Gives an object a handle of its own. Calls that are running hold the one before. 0, or -1 with an exception. */
int own(Native *self, void *handle, void (*free)(void *));

/* ---- call.c ---- */

/* A call into the C library, with or without the GIL. Callbacks of the library take it back. */
PyThreadState *leave_python(bool long_call);
/* In a callback, when the rest of the call will be long after all. */
void leave_python_inside(void);
void enter_python(PyThreadState *state);
int32_t in_python(int32_t (*callback)(void *call), void *call);

/* Sets the exception for a failed call; that of the stream's end, if it has one in store. Returns NULL. */
PyObject *failed(const zst_error *err, Native *stream);
/* false with an exception if another call is between its steps. */
bool begin_steps(Native *stream);
void keep_exception(Native *stream);
/* 0, or -1 with a TypeError. */
int view(PyObject *data, Py_buffer *out);
/* Puts a value into a place, and lets go of what was there. */
void replace(PyObject **place, PyObject *value);
/* Of an attribute that may be missing: NULL without an exception. */
PyObject *attribute(PyObject *object, const char *name);
/* Bytes objects out of what the library has made, which is freed. */
PyObject *take_bytes(zst_bytes *bytes);
/* A bytes object to write into. */
PyObject *new_bytes(size_t size);
/* Makes a new bytes object shorter. */
PyObject *shortened(PyObject *bytes, size_t length);
/* Makes a new bytes object longer. false without an exception if there is no memory for it; then it is as before. */
bool lengthen(PyObject **bytes, size_t length);
/* Whether a bytes object can be made shorter or longer where it is. */
bool can_resize(void);

/* ---- buffers.c ---- */

/* _batch(items, sizes, threads) of compressors and decompressors. */
PyObject *batch(Native *parent, bool compression, PyObject *args);

/* ---- arguments.c ---- */

/* A line of a PyMethodDef for a function that takes its arguments by arguments(). */
#define METHOD(name, function, doc)                                                                                    \
    {                                                                                                                  \
        name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, doc                                \
    }

typedef struct {
    const char *function;
    int required, positional, count;
    const char *names[9];
} Signature;

/* Puts arguments where their parameters are; NULL where there is none, or None. 0, or -1 with a TypeError. */
int arguments(const Signature *signature, PyObject *const *args, Py_ssize_t count, PyObject *names, PyObject **out);
/* Without None becoming NULL. */
int arguments_as_given(const Signature *signature, PyObject *const *args, Py_ssize_t count, PyObject *names,
                       PyObject **out);
int content_size(PyObject *value, const char *name, uint64_t *out);
int piece_size(PyObject *value, size_t standard, const char *name, size_t *out);
/* The integer that a value is, or NULL with a TypeError. */
PyObject *integer(PyObject *value, const char *name);
/* -1 with an exception. Beyond 64 bits `*overflow` has the sign. */
int int64(PyObject *value, const char *name, long long *out, int *overflow);
int int32(PyObject *value, const char *name, int32_t *out);
/* A flag; `standard` where there is no value. -1 with an exception. */
int flag(PyObject *value, bool standard);

/* ---- ends.c ---- */

/* Input up to this size does not take so long that other threads should run meanwhile, when it is decoded. */
enum { SHORT_INPUT = 4 << 10 };
/* Makes an object, or bytes, the source of a stream. The known size of bytes goes into `size`. */
/* Calls a method of the stream's end without arguments, if there is one. 0, or 1 with an exception. */
int32_t call_if_there(Native *stream, const char *name, PyObject **out);
int begin_source(Native *stream, PyObject *object, zst_source *out, uint64_t *size);
int begin_sink(Native *stream, PyObject *object, bool closefd, zst_sink *out);

/* ---- readers.c, writers.c, iterators.c, objs.c, chunker.c: what compressors and decompressors make ---- */

PyObject *new_reader(Native *parent, bool compression, PyObject *source, uint64_t size, size_t read_size, int32_t flags,
                     bool closefd);
PyObject *new_writer(Native *parent, bool compression, PyObject *sink, uint64_t size, size_t write_size, int32_t flags,
                     bool returns_read, bool closefd);
PyObject *new_iterator(Native *parent, bool compression, PyObject *source, uint64_t size, size_t read_size,
                       size_t write_size, size_t skip_bytes, int32_t flags);
/* `ends` are the source and the sink. */
PyObject *copy_stream(Native *parent, bool compression, PyObject *const ends[2], uint64_t size, size_t read_size,
                      size_t write_size, int32_t flags);
PyObject *new_chunker(Native *parent, uint64_t size, size_t chunk_size);
PyObject *new_compression_obj(Native *parent, uint64_t size);
PyObject *new_decompression_obj(Native *parent, int32_t flags);

#endif
