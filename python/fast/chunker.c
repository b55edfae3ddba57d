/* ZstdCompressionChunker and its iterators. */

#include "docs.h"
#include "fast.h"

PyObject *new_chunker(Native *parent, uint64_t size, size_t chunk_size)
{
    zst_compression_chunker *handle = NULL;
    zst_error err;
    if (zst_compressor_chunker(parent->handle, size, chunk_size, &handle, &err) < 0)
        return failed(&err, NULL);
    return native_new(package.chunker, handle, (void (*)(void *))zst_compression_chunker_free, NULL);
}

/* An iterator of pieces. `feeding`: of those that input fills. */
static PyObject *pieces(Native *chunker, bool feeding)
{
    Native *self = (Native *)native_new(package.chunker_iterator, NULL, NULL, NULL);
    if (self == NULL)
        return NULL;
    Py_INCREF((PyObject *)chunker);
    self->end = (PyObject *)chunker;
    self->feeding = feeding;
    return (PyObject *)self;
}

static const Signature COMPRESS = {"compress", 1, 1, 1, {"data"}};

static PyObject *chunker_compress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    Py_buffer data;
    zst_error err;
    if (arguments(&COMPRESS, args, count, names, given) < 0 || view(given[0], &data) < 0)
        return NULL;
    if (!begin_steps(self)) {
        PyBuffer_Release(&data);
        return NULL;
    }
    zst_status status = zst_compression_chunker_compress(self->handle, data.buf, (size_t)data.len, &err);
    /* Until an iterator has used it up. */
    if (status >= 0)
        self->block = data;
    else
        PyBuffer_Release(&data);
    self->running = false;
    return status < 0 ? failed(&err, NULL) : pieces(self, true);
}

static PyObject *begin_end(PyObject *object, zst_status (*function)(const zst_compression_chunker *, zst_error *))
{
    zst_error err;
    return function(((Native *)object)->handle, &err) < 0 ? failed(&err, NULL) : pieces((Native *)object, false);
}

static PyObject *chunker_flush(PyObject *self, PyObject *unused)
{
    (void)unused;
    return begin_end(self, zst_compression_chunker_flush);
}

static PyObject *chunker_finish(PyObject *self, PyObject *unused)
{
    (void)unused;
    return begin_end(self, zst_compression_chunker_finish);
}

static PyMethodDef methods[] = {
    METHOD("compress", chunker_compress, DOC_Chunker_compress),
    {"flush", chunker_flush, METH_NOARGS, DOC_Chunker_flush},
    {"finish", chunker_finish, METH_NOARGS, DOC_Chunker_finish},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec chunker_spec = MADE_TYPE("zstandard._zst.Chunker", slots);

static PyObject *next_piece(Native *chunker)
{
    const uint8_t *data;
    size_t length;
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_compression_chunker_next(chunker->handle, &data, &length, &err);
    enter_python(state);
    if (status < 0)
        return failed(&err, NULL);
    if (status == ZST_OK)
        return PyBytes_FromStringAndSize((const char *)data, (Py_ssize_t)length);
    PyBuffer_Release(&chunker->block);
    return NULL;
}

static PyObject *iterator_next(PyObject *object)
{
    Native *self = (Native *)object, *chunker = (Native *)self->end;
    if (chunker == NULL)
        return NULL;
    bool waiting = chunker->block.obj != NULL;
    if (self->feeding && !waiting)
        return NULL;
    if (!self->feeding && waiting) {
        zst_error err = {.status = ZST_ERROR_STATE,
                         .message = "input should have been fully consumed before calling flush() or finish()"};
        return failed(&err, NULL);
    }
    if (!begin_steps(chunker))
        return NULL;
    /* Who asks may have lent its reference, and give it up meanwhile. */
    Py_INCREF(object);
    PyObject *piece = next_piece(chunker);
    chunker->running = false;
    Py_DECREF(object);
    return piece;
}

static PyType_Slot iterator_slots[] = {
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, iterator_next},
    {0, NULL},
};

PyType_Spec chunker_iterator_spec = MADE_TYPE("zstandard._zst.ChunkerIterator", iterator_slots);
