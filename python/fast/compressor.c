/* ZstdCompressor. */

#include "docs.h"
#include "fast.h"

/* Results up to this size are made on the stack. */
enum { SMALL = 8 << 10 };
/* Input up to this size does not take so long that other threads should run meanwhile. */
enum { SHORT = 1 << 10 };

static int own_compressor(PyObject *self, void *handle)
{
    return own((Native *)self, handle, (void (*)(void *))zst_compressor_free);
}

static int compressor_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    PyObject *level = NULL;
    Py_ssize_t positional = PyTuple_Size(args), named = kwargs == NULL ? 0 : PyDict_Size(kwargs);
    bool only_level = positional + named == 0;
    if (positional + named == 1) {
        level = positional == 1 ? PyTuple_GetItem(args, 0) : PyDict_GetItemString(kwargs, "level");
        only_level = level != NULL && PyLong_CheckExact(level);
    }
    long number = 3;
    int overflow = 0;
    if (only_level && level != NULL)
        number = PyLong_AsLongAndOverflow(level, &overflow);
    if (only_level && overflow == 0 && number >= INT32_MIN && number <= ZST_MAX_COMPRESSION_LEVEL) {
        zst_compressor *handle = NULL;
        zst_error err;
        if (zst_compressor_new((int32_t)number, NULL, &handle, &err) < 0) {
            failed(&err, NULL);
            return -1;
        }
        return own_compressor(object, handle);
    }
    PyObject *address = PyObject_Call(package.new_compressor, args, kwargs);
    if (address == NULL)
        return -1;
    void *handle = PyLong_AsVoidPtr(address);
    Py_DECREF(address);
    return own_compressor(object, handle);
}

/* The frame on the stack, or in a bytes object that is made as large as it may get. */
static PyObject *compress(const zst_compressor *handle, const Py_buffer *data)
{
    size_t length = (size_t)data->len, bound = zst_compress_bound(length), written;
    uint8_t small[SMALL];
    PyObject *frame = NULL;
    zst_bytes bytes = {0};
    zst_error err;
    zst_status status;
    if (bound <= sizeof small) {
        PyThreadState *state = leave_python(length > SHORT);
        status = zst_compressor_compress_into(handle, data->buf, length, small, sizeof small, &written, &err);
        enter_python(state);
        return status < 0 ? failed(&err, NULL) : PyBytes_FromStringAndSize((const char *)small, (Py_ssize_t)written);
    }
    if (bound <= PY_SSIZE_T_MAX && can_resize())
        frame = new_bytes(bound);
    PyErr_Clear();
    if (frame != NULL) {
        char *place = PyBytes_AsString(frame);
        PyThreadState *state = leave_python(true);
        status = zst_compressor_compress_into(handle, data->buf, length, place, bound, &written, &err);
        enter_python(state);
        if (status >= 0)
            return shortened(frame, written);
        Py_DECREF(frame);
        return failed(&err, NULL);
    }
    PyThreadState *state = leave_python(true);
    status = zst_compressor_compress(handle, data->buf, length, &bytes, &err);
    enter_python(state);
    return status < 0 ? failed(&err, NULL) : take_bytes(&bytes);
}

static const Signature COMPRESS = {"compress", 1, 1, 1, {"data"}};

static PyObject *compressor_compress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    if (arguments(&COMPRESS, args, count, names, given) < 0 || native_handle(self) == NULL)
        return NULL;
    Py_buffer data;
    if (view(given[0], &data) < 0)
        return NULL;
    PyObject *owner = self->owner;
    Py_INCREF(owner);
    PyObject *frame = compress(self->handle, &data);
    Py_DECREF(owner);
    PyBuffer_Release(&data);
    return frame;
}

static const Signature COMPRESSOBJ = {"compressobj", 0, 1, 1, {"size"}};

static PyObject *compressor_compressobj(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[1];
    uint64_t size;
    if (arguments(&COMPRESSOBJ, args, count, names, given) < 0 || content_size(given[0], "size", &size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    return new_compression_obj((Native *)object, size);
}

static const Signature STREAM_READER = {"stream_reader", 1, 4, 4, {"source", "size", "read_size", "closefd"}};

static PyObject *compressor_stream_reader(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[4];
    uint64_t size;
    size_t read_size;
    if (arguments(&STREAM_READER, args, count, names, given) < 0 || content_size(given[1], "size", &size) < 0 ||
        piece_size(given[2], ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE, "read_size", &read_size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    int closefd = flag(given[3], false);
    return closefd < 0 ? NULL : new_reader((Native *)object, true, given[0], size, read_size, 0, closefd);
}

static const Signature STREAM_WRITER = {
    "stream_writer", 1, 5, 5, {"writer", "size", "write_size", "write_return_read", "closefd"}};

static PyObject *compressor_stream_writer(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[5];
    uint64_t size;
    size_t write_size;
    if (arguments(&STREAM_WRITER, args, count, names, given) < 0 || content_size(given[1], "size", &size) < 0 ||
        piece_size(given[2], ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, "write_size", &write_size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    int returns_read = flag(given[3], false), closefd = flag(given[4], true);
    if (returns_read < 0 || closefd < 0)
        return NULL;
    return new_writer((Native *)object, true, given[0], size, write_size, 0, returns_read, closefd);
}

static PyObject *compressor_batch(PyObject *object, PyObject *args)
{
    return batch((Native *)object, true, args);
}

/* The sizes that come one behind the other in the arguments of a method. */
static bool sizes(PyObject *const *given, uint64_t *size, size_t *read_size, size_t *write_size)
{
    return content_size(given[0], "size", size) == 0 &&
           piece_size(given[1], ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE, "read_size", read_size) == 0 &&
           piece_size(given[2], ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, "write_size", write_size) == 0;
}

static const Signature READ_TO_ITER = {"read_to_iter", 1, 4, 4, {"reader", "size", "read_size", "write_size"}};

static PyObject *compressor_read_to_iter(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[4];
    uint64_t size;
    size_t read_size, write_size;
    if (arguments(&READ_TO_ITER, args, count, names, given) < 0 ||
        !sizes(given + 1, &size, &read_size, &write_size) || native_handle(self) == NULL)
        return NULL;
    return new_iterator(self, true, given[0], size, read_size, write_size, 0, 0);
}

static const Signature COPY_STREAM = {"copy_stream", 2, 5, 5, {"ifh", "ofh", "size", "read_size", "write_size"}};

static PyObject *compressor_copy_stream(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[5];
    uint64_t size;
    size_t read_size, write_size;
    if (arguments(&COPY_STREAM, args, count, names, given) < 0 ||
        !sizes(given + 2, &size, &read_size, &write_size) || native_handle(self) == NULL)
        return NULL;
    return copy_stream(self, true, given, size, read_size, write_size, 0);
}

static const Signature CHUNKER = {"chunker", 0, 2, 2, {"size", "chunk_size"}};

static PyObject *compressor_chunker(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[2];
    uint64_t size;
    size_t chunk_size;
    if (arguments(&CHUNKER, args, count, names, given) < 0 || content_size(given[0], "size", &size) < 0 ||
        piece_size(given[1], ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, "chunk_size", &chunk_size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    return new_chunker((Native *)object, size, chunk_size);
}

static PyObject *compressor_memory_size(PyObject *object, PyObject *unused)
{
    (void)unused;
    size_t size;
    zst_error err;
    if (native_handle((Native *)object) == NULL)
        return NULL;
    zst_status status = zst_compressor_memory_size(((Native *)object)->handle, &size, &err);
    return status < 0 ? failed(&err, NULL) : PyLong_FromSize_t(size);
}

static PyObject *compressor_frame_progression(PyObject *object, PyObject *unused)
{
    (void)unused;
    zst_frame_progression now;
    zst_error err;
    if (native_handle((Native *)object) == NULL)
        return NULL;
    if (zst_compressor_frame_progression(((Native *)object)->handle, &now, &err) < 0)
        return failed(&err, NULL);
    return Py_BuildValue("KKK", (unsigned long long)now.ingested, (unsigned long long)now.consumed,
                         (unsigned long long)now.produced);
}

static PyMethodDef methods[] = {
    METHOD("compress", compressor_compress, DOC_Compressor_compress),
    METHOD("compressobj", compressor_compressobj, DOC_Compressor_compressobj),
    METHOD("stream_reader", compressor_stream_reader, DOC_Compressor_stream_reader),
    METHOD("stream_writer", compressor_stream_writer, DOC_Compressor_stream_writer),
    METHOD("read_to_iter", compressor_read_to_iter, DOC_Compressor_read_to_iter),
    METHOD("copy_stream", compressor_copy_stream, DOC_Compressor_copy_stream),
    METHOD("chunker", compressor_chunker, DOC_Compressor_chunker),
    {"memory_size", compressor_memory_size, METH_NOARGS, DOC_Compressor_memory_size},
    {"frame_progression", compressor_frame_progression, METH_NOARGS, DOC_Compressor_frame_progression},
    {"_batch", compressor_batch, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, compressor_init},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec compressor_spec = NATIVE_TYPE("zstandard._zst.Compressor", slots);
