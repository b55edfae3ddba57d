/* What streams give piece by piece: ZstdCompressorIterator, ZstdDecompressorIterator, copy_stream(). */

#include "docs.h"
#include "fast.h"

/* Pieces up to this size are made where they stay. */
enum { LARGE = 1 << 20 };

typedef struct {
    zst_status (*next)(const void *, const uint8_t **, size_t *, zst_error *);
    zst_status (*next_into)(const void *, void *, size_t, size_t *, zst_error *);
} Functions;

/* The library's functions, for any handle. */
#define FUNCTIONS(kind)                                                                                                \
    {                                                                                                                  \
        (zst_status(*)(const void *, const uint8_t **, size_t *, zst_error *))kind##_next,                             \
            (zst_status(*)(const void *, void *, size_t, size_t *, zst_error *))kind##_next_into                       \
    }

static const Functions COMPRESSION = FUNCTIONS(zst_compressor_iterator);
static const Functions DECOMPRESSION = FUNCTIONS(zst_decompressor_iterator);

PyObject *new_iterator(Native *parent, bool compression, PyObject *object, uint64_t size, size_t read_size,
                       size_t write_size, size_t skip_bytes, int32_t flags)
{
    Native *self = (Native *)native_new(compression ? package.compressor_iterator : package.decompressor_iterator, NULL,
                                        compression ? (void (*)(void *))zst_compressor_iterator_free
                                                    : (void (*)(void *))zst_decompressor_iterator_free,
                                        compression ? &COMPRESSION : &DECOMPRESSION);
    zst_source source;
    zst_error err;
    if (self == NULL)
        return NULL;
    if (begin_source(self, object, &source, &size) < 0) {
        if (self->end != NULL && self->method == NULL && PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_ValueError, "must pass an object with a read() method or conforms to buffer protocol");
        Py_DECREF(self);
        return NULL;
    }
    zst_status status =
        compression ? zst_compressor_read_to_iter(parent->handle, &source, size, read_size, write_size,
                                                  (zst_compressor_iterator **)&self->handle, &err)
                    : zst_decompressor_read_to_iter(parent->handle, &source, read_size, write_size, skip_bytes, flags,
                                                    (zst_decompressor_iterator **)&self->handle, &err);
    if (status < 0) {
        failed(&err, self);
        Py_DECREF(self);
        return NULL;
    }
    self->write_size = write_size;
    return (PyObject *)self;
}

/* The next piece in a bytes object that was made for it. */
static PyObject *next_made(Native *self, size_t size)
{
    size_t length;
    zst_error err;
    PyObject *piece = new_bytes(size);
    if (piece == NULL)
        return NULL;
    char *place = PyBytes_AsString(piece);
    PyThreadState *state = leave_python(true);
    zst_status status = ((const Functions *)self->functions)->next_into(self->handle, place, size, &length, &err);
    enter_python(state);
    if (status == ZST_OK)
        return shortened(piece, length);
    Py_DECREF(piece);
    return status < 0 ? failed(&err, self) : NULL;
}

/* A copy of the next piece. */
static PyObject *next_copied(Native *self)
{
    const uint8_t *data;
    size_t length;
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = ((const Functions *)self->functions)->next(self->handle, &data, &length, &err);
    enter_python(state);
    if (status < 0)
        return failed(&err, self);
    return status == ZST_OK ? PyBytes_FromStringAndSize((const char *)data, (Py_ssize_t)length) : NULL;
}

static PyObject *iterator_next(PyObject *object)
{
    Native *self = (Native *)object;
    if (!begin_steps(self))
        return NULL;
    /* Who asks may have lent its reference, and give it up meanwhile. */
    Py_INCREF(object);
    PyObject *piece = self->write_size <= LARGE && can_resize() ? next_made(self, self->write_size) : next_copied(self);
    self->running = false;
    Py_DECREF(object);
    return piece;
}

static PyType_Slot slots[] = {
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, iterator_next},
    {0, NULL},
};

PyType_Spec compressor_iterator_spec = MADE_TYPE("zstandard._zst.CompressorIterator", slots);
PyType_Spec decompressor_iterator_spec = MADE_TYPE("zstandard._zst.DecompressorIterator", slots);

/* ---- copy_stream() ---- */

static bool has(PyObject *object, const char *name, const char *message)
{
    PyObject *method = attribute(object, name);
    bool found = method != NULL && method != Py_None;
    Py_XDECREF(method);
    if (!found && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, message);
    return found;
}

PyObject *copy_stream(Native *parent, bool compression, PyObject *const ends[2], uint64_t size, size_t read_size,
                      size_t write_size, int32_t flags)
{
    if (!has(ends[0], "read", "first argument must have a read() method") ||
        !has(ends[1], "write", "second argument must have a write() method"))
        return NULL;
    Native *source_end = (Native *)native_new(package.native, NULL, NULL, NULL);
    Native *sink_end = (Native *)native_new(package.native, NULL, NULL, NULL);
    PyObject *counts = NULL;
    zst_source source;
    zst_sink sink;
    zst_error err;
    uint64_t unused, read, written;
    if (source_end != NULL && sink_end != NULL && begin_source(source_end, ends[0], &source, &unused) == 0 &&
        begin_sink(sink_end, ends[1], false, &sink) == 0) {
        PyObject *owner = parent->owner;
        Py_INCREF(owner);
        PyThreadState *state = leave_python(true);
        zst_status status = compression
                                ? zst_compressor_copy_stream(parent->handle, &source, &sink, size, read_size,
                                                             write_size, NULL, &read, &written, &err)
                                : zst_decompressor_copy_stream(parent->handle, &source, &sink, read_size, write_size,
                                                               flags, NULL, &read, &written, &err);
        enter_python(state);
        Py_DECREF(owner);
        if (status < 0)
            failed(&err, source_end->exception != NULL ? source_end : sink_end);
        else
            counts = Py_BuildValue("KK", (unsigned long long)read, (unsigned long long)written);
    }
    Py_XDECREF((PyObject *)source_end);
    Py_XDECREF((PyObject *)sink_end);
    return counts;
}
