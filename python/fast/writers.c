/* ZstdCompressionWriter, ZstdDecompressionWriter. */

#include <errno.h>

#include "docs.h"
#include "fast.h"

typedef struct {
    zst_status (*write)(const void *, const void *, size_t, size_t *, size_t *, zst_error *);
    zst_status (*close)(const void *, zst_error *);
    int32_t (*closed)(const void *);
    zst_status (*memory_size)(const void *, size_t *, zst_error *);
} Functions;

/* The library's functions, for any handle. */
#define FUNCTIONS(kind)                                                                                                \
    {                                                                                                                  \
        (zst_status(*)(const void *, const void *, size_t, size_t *, size_t *, zst_error *))kind##_write,              \
            (zst_status(*)(const void *, zst_error *))kind##_close, (int32_t(*)(const void *))kind##_closed,           \
            (zst_status(*)(const void *, size_t *, zst_error *))kind##_memory_size                                     \
    }

static const Functions COMPRESSION = FUNCTIONS(zst_compression_writer);
static const Functions DECOMPRESSION = FUNCTIONS(zst_decompression_writer);

static const Functions *functions(const Native *self)
{
    return self->functions;
}

PyObject *new_writer(Native *parent, bool compression, PyObject *object, uint64_t size, size_t write_size,
                     int32_t flags, bool returns_read, bool closefd)
{
    Native *self = (Native *)native_new(compression ? package.compression_writer : package.decompression_writer, NULL,
                                        compression ? (void (*)(void *))zst_compression_writer_free
                                                    : (void (*)(void *))zst_decompression_writer_free,
                                        compression ? &COMPRESSION : &DECOMPRESSION);
    zst_sink sink;
    zst_error err;
    if (self == NULL)
        return NULL;
    self->returns_read = returns_read;
    if (begin_sink(self, object, closefd, &sink) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    zst_status status =
        compression ? zst_compressor_stream_writer(parent->handle, &sink, size, write_size,
                                                   (zst_compression_writer **)&self->handle, &err)
                    : zst_decompressor_stream_writer(parent->handle, &sink, write_size, flags,
                                                     (zst_decompression_writer **)&self->handle, &err);
    if (status < 0) {
        failed(&err, self);
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static bool check_open(const Native *self)
{
    if (!functions(self)->closed(self->handle))
        return true;
    PyErr_SetString(PyExc_ValueError, "stream is closed");
    return false;
}

/* The sink would block, after so much was taken. */
static PyObject *would_block(Native *self, size_t consumed)
{
    if (self->exception != NULL) {
        zst_error err = {.status = ZST_ERROR_WOULD_BLOCK};
        return failed(&err, self);
    }
    PyObject *exception = PyObject_CallFunction(PyExc_BlockingIOError, "isn", EAGAIN, "the sink would block",
                                                (Py_ssize_t)consumed);
    if (exception != NULL)
        PyErr_SetObject(PyExc_BlockingIOError, exception);
    Py_XDECREF(exception);
    return NULL;
}

static const Signature WRITE = {"write", 1, 1, 1, {"data"}};

static PyObject *writer_write(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    Py_buffer data;
    if (arguments(&WRITE, args, count, names, given) < 0 || !check_open(self) || view(given[0], &data) < 0)
        return NULL;
    size_t length = (size_t)data.len, consumed, written;
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = functions(self)->write(self->handle, data.buf, length, &consumed, &written, &err);
    enter_python(state);
    PyBuffer_Release(&data);
    if (status < 0)
        return failed(&err, self);
    if (consumed < length)
        return would_block(self, consumed);
    replace(&self->exception, NULL);
    return PyLong_FromSize_t(self->returns_read ? length : written);
}

static const Signature FLUSH = {"flush", 0, 1, 1, {"flush_mode"}};

static PyObject *writer_compression_flush(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    int32_t mode = ZST_FLUSH_BLOCK;
    if (arguments(&FLUSH, args, count, names, given) < 0 ||
        (given[0] != NULL && int32(given[0], "flush_mode", &mode) < 0))
        return NULL;
    size_t written;
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_compression_writer_flush(self->handle, mode, &written, &err);
    enter_python(state);
    return status < 0 ? failed(&err, self) : PyLong_FromSize_t(written);
}

/* Returns what the sink's flush() has returned. */
static PyObject *writer_decompression_flush(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    size_t written;
    zst_error err;
    replace(&self->flushed, NULL);
    PyThreadState *state = leave_python(true);
    zst_status status = zst_decompression_writer_flush(self->handle, &written, &err);
    enter_python(state);
    if (status < 0)
        return failed(&err, self);
    PyObject *flushed = self->flushed;
    self->flushed = NULL;
    if (flushed != NULL)
        return flushed;
    Py_RETURN_NONE;
}

static PyObject *writer_close(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = functions(self)->close(self->handle, &err);
    enter_python(state);
    if (status < 0)
        return failed(&err, self);
    Py_RETURN_NONE;
}

static PyObject *writer_tell(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(zst_compression_writer_tell(((Native *)self)->handle));
}

static PyObject *writer_enter(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    if (!check_open(self))
        return NULL;
    if (self->entered) {
        zst_error err = {.status = ZST_ERROR_STATE, .message = "cannot __enter__ multiple times"};
        return failed(&err, NULL);
    }
    self->entered = true;
    Py_INCREF(object);
    return object;
}

/* An exception that is on its way stays the one that is raised. */
static PyObject *writer_exit(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    ((Native *)object)->entered = false;
    PyObject *closed = PyObject_CallMethod(object, "close", NULL);
    if (closed == NULL) {
        if (count == 0 || args[0] == Py_None || !PyErr_ExceptionMatches(PyExc_Exception))
            return NULL;
        PyErr_Clear();
    }
    Py_XDECREF(closed);
    Py_RETURN_FALSE;
}

static PyObject *writer_closed(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(functions((Native *)self)->closed(((Native *)self)->handle));
}

static PyObject *writer_memory_size(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    size_t size;
    zst_error err;
    return functions(self)->memory_size(self->handle, &size, &err) < 0 ? failed(&err, NULL) : PyLong_FromSize_t(size);
}

#define METHODS                                                                                                        \
    METHOD("write", writer_write, DOC_Writing_write),                                                                  \
        {"close", writer_close, METH_NOARGS, DOC_Writing_close}, {"__enter__", writer_enter, METH_NOARGS, NULL},       \
        {"memory_size", writer_memory_size, METH_NOARGS, DOC_Writing_memory_size},                                     \
    {                                                                                                                  \
        "__exit__", (PyCFunction)(void (*)(void))writer_exit, METH_FASTCALL, NULL                                      \
    }

static PyMethodDef compression_methods[] = {
    METHODS,
    METHOD("flush", writer_compression_flush, DOC_CompressionWriting_flush),
    {"tell", writer_tell, METH_NOARGS, DOC_CompressionWriting_tell},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef decompression_methods[] = {
    METHODS,
    {"flush", writer_decompression_flush, METH_NOARGS, DOC_DecompressionWriting_flush},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"closed", writer_closed, NULL, NULL, DOC_Writing_closed},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot compression_slots[] = {
    {Py_tp_getset, attributes},
    {Py_tp_methods, compression_methods},
    {0, NULL},
};

static PyType_Slot decompression_slots[] = {
    {Py_tp_getset, attributes},
    {Py_tp_methods, decompression_methods},
    {0, NULL},
};

PyType_Spec compression_writer_spec = MADE_TYPE("zstandard._zst.CompressionWriter", compression_slots);
PyType_Spec decompression_writer_spec = MADE_TYPE("zstandard._zst.DecompressionWriter", decompression_slots);
