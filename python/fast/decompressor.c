/* ZstdDecompressor. */

#include <string.h>

#include "docs.h"
#include "fast.h"

/* Input and content up to these sizes do not take so long that other threads should run meanwhile. */
enum { SHORT = 4 << 10, SHORT_CONTENT = 32 << 10 };
/* A recorded size is believed, without a look at the blocks, up to so many bytes or times the size of the input. */
enum { SMALL = 128 << 10, PLAUSIBLE = 64 };

static int decompressor_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    Native *self = (Native *)object;
    zst_decompressor *handle = NULL;
    if (PyTuple_Size(args) == 0 && (kwargs == NULL || PyDict_Size(kwargs) == 0)) {
        zst_error err;
        if (zst_decompressor_new(NULL, &handle, &err) < 0) {
            failed(&err, NULL);
            return -1;
        }
    } else {
        PyObject *address = PyObject_Call(package.new_decompressor, args, kwargs);
        if (address == NULL)
            return -1;
        handle = PyLong_AsVoidPtr(address);
        Py_DECREF(address);
    }
    return own(self, handle, (void (*)(void *))zst_decompressor_free);
}

/* Into memory of this size, of which not all may be needed. NULL without an exception if that does not work: then the
 * usual way tells why. */
static PyObject *decompress_into(const zst_decompressor *handle, const Py_buffer *data, uint64_t limit, int32_t flags,
                                 size_t size)
{
    PyObject *content = new_bytes(size);
    if (content == NULL) {
        PyErr_Clear();
        return NULL;
    }
    size_t length = (size_t)data->len, written, used;
    zst_error err;
    char *place = PyBytes_AsString(content);
    PyThreadState *state = leave_python(length > SHORT || size > SHORT_CONTENT);
    zst_status status =
        zst_decompressor_decompress_into(handle, data->buf, length, limit, flags, place, size, &written, &used, &err);
    enter_python(state);
    if (status >= 0)
        return shortened(content, written);
    Py_DECREF(content);
    return NULL;
}

/* The size of a result that can be reserved beforehand: recorded, or the most that the blocks can hold. */
static bool find_size(const Py_buffer *data, uint64_t limit, bool across_frames, uint64_t *out)
{
    size_t length = (size_t)data->len;
    uint64_t recorded, bound;
    zst_error err;
    if (zst_frame_content_size(data->buf, length, ZST_FORMAT_ZSTD1, &recorded, &err) < 0)
        return false;
    bool known = recorded != ZST_CONTENTSIZE_UNKNOWN && !across_frames;
    *out = recorded;
    if (known && (recorded <= SMALL || recorded / PLAUSIBLE <= length))
        return true;
    if ((recorded == ZST_CONTENTSIZE_UNKNOWN && limit == 0) || !can_resize() ||
        zst_decompress_bound(data->buf, length, ZST_FORMAT_ZSTD1, &bound, &err) < 0)
        return false;
    if (known)
        return recorded <= bound;
    *out = limit == 0 || bound < limit ? bound : limit;
    return *out <= SMALL || *out / PLAUSIBLE <= length;
}

/* A limit that no allocation can satisfy; it does not matter to frames that record their size. */
static const uint64_t IMPOSSIBLE = (uint64_t)1 << 47;

static PyObject *decompress(const zst_decompressor *handle, const Py_buffer *data, uint64_t limit, int32_t flags)
{
    size_t length = (size_t)data->len, used;
    uint64_t size;
    zst_error err;
    bool impossible = limit >= IMPOSSIBLE;
    if (impossible)
        limit = 0;
    if (find_size(data, limit, flags & ZST_DECOMPRESS_READ_ACROSS_FRAMES, &size) && size <= PY_SSIZE_T_MAX) {
        PyObject *content = decompress_into(handle, data, limit, flags, (size_t)size);
        if (content != NULL || PyErr_Occurred())
            return content;
    }
    zst_bytes bytes = {0};
    PyThreadState *state = leave_python(true);
    zst_status status = zst_decompressor_decompress(handle, data->buf, length, limit, flags, &bytes, &used, &err);
    enter_python(state);
    if (status < 0 && impossible && strstr(err.message, "could not determine content size") != NULL) {
        PyErr_SetString(PyExc_MemoryError, "max_output_size is too large");
        return NULL;
    }
    return status < 0 ? failed(&err, NULL) : take_bytes(&bytes);
}

static int output_limit(PyObject *value, uint64_t *out)
{
    *out = 0;
    if (value == NULL)
        return 0;
    long long limit;
    int overflow;
    if (int64(value, "max_output_size", &limit, &overflow) < 0)
        return -1;
    if (overflow < 0 || (overflow == 0 && limit < 0)) {
        PyErr_SetString(PyExc_ValueError, "max_output_size must not be negative");
        return -1;
    }
    if (overflow > 0 || limit > PY_SSIZE_T_MAX) {
        PyErr_SetString(PyExc_OverflowError, "max_output_size is too large");
        return -1;
    }
    *out = (uint64_t)limit;
    return 0;
}

static const Signature DECOMPRESS = {
    "decompress", 1, 4, 4, {"data", "max_output_size", "read_across_frames", "allow_extra_data"}};

static PyObject *decompressor_decompress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[4];
    uint64_t limit;
    if (arguments(&DECOMPRESS, args, count, names, given) < 0 || native_handle(self) == NULL)
        return NULL;
    Py_buffer data;
    if (view(given[0], &data) < 0)
        return NULL;
    int across = 0, extra = 0;
    PyObject *content = NULL;
    if (output_limit(given[1], &limit) == 0 && (across = flag(given[2], false)) >= 0 &&
        (extra = flag(given[3], true)) >= 0) {
        int32_t flags = ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE | (across ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0) |
                        (extra ? 0 : ZST_DECOMPRESS_REFUSE_EXTRA_DATA);
        PyObject *owner = self->owner;
        Py_INCREF(owner);
        content = decompress(self->handle, &data, limit, flags);
        Py_DECREF(owner);
    }
    PyBuffer_Release(&data);
    return content;
}

static const Signature DECOMPRESSOBJ = {"decompressobj", 0, 2, 2, {"write_size", "read_across_frames"}};

static PyObject *decompressor_decompressobj(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[2];
    size_t size;
    if (arguments(&DECOMPRESSOBJ, args, count, names, given) < 0 ||
        piece_size(given[0], ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE, "write_size", &size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    int across = flag(given[1], false);
    if (across < 0)
        return NULL;
    return new_decompression_obj((Native *)object, across ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0);
}

static const Signature STREAM_READER = {
    "stream_reader", 1, 4, 5, {"source", "read_size", "read_across_frames", "closefd", "strict"}};

static PyObject *decompressor_stream_reader(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[5];
    size_t read_size;
    if (arguments(&STREAM_READER, args, count, names, given) < 0 ||
        piece_size(given[1], ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE, "read_size", &read_size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    int across = flag(given[2], false), closefd = flag(given[3], false), strict = flag(given[4], false);
    if (across < 0 || closefd < 0 || strict < 0)
        return NULL;
    int32_t flags = (across ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0) | (strict ? ZST_DECOMPRESS_STRICT : 0);
    return new_reader((Native *)object, false, given[0], 0, read_size, flags, closefd);
}

static const Signature STREAM_WRITER = {
    "stream_writer", 1, 4, 5, {"writer", "write_size", "write_return_read", "closefd", "strict"}};

static PyObject *decompressor_stream_writer(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[5];
    size_t write_size;
    if (arguments(&STREAM_WRITER, args, count, names, given) < 0 ||
        piece_size(given[1], ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE, "write_size", &write_size) < 0 ||
        native_handle((Native *)object) == NULL)
        return NULL;
    int returns_read = flag(given[2], false), closefd = flag(given[3], true), strict = flag(given[4], false);
    if (returns_read < 0 || closefd < 0 || strict < 0)
        return NULL;
    return new_writer((Native *)object, false, given[0], 0, write_size, strict ? ZST_DECOMPRESS_STRICT : 0,
                      returns_read, closefd);
}

static PyObject *decompressor_batch(PyObject *object, PyObject *args)
{
    return batch((Native *)object, false, args);
}

static bool sizes(PyObject *const *given, size_t *read_size, size_t *write_size)
{
    return piece_size(given[0], ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE, "read_size", read_size) == 0 &&
           piece_size(given[1], ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE, "write_size", write_size) == 0;
}

static bool skip_bytes(PyObject *value, size_t read_size, size_t *out)
{
    long long skip = 0;
    int overflow = 0;
    if (value != NULL && int64(value, "skip_bytes", &skip, &overflow) < 0)
        return false;
    bool negative = overflow < 0 || (overflow == 0 && skip < 0);
    *out = (size_t)skip;
    if (negative)
        PyErr_SetString(PyExc_ValueError, "skip_bytes must not be negative");
    else if (overflow > 0 || (unsigned long long)skip >= read_size)
        PyErr_SetString(PyExc_ValueError, "skip_bytes must be smaller than read_size");
    return !PyErr_Occurred();
}

static const Signature READ_TO_ITER = {
    "read_to_iter", 1, 4, 6, {"reader", "read_size", "write_size", "skip_bytes", "read_across_frames", "strict"}};

static PyObject *decompressor_read_to_iter(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[6];
    size_t read_size, write_size, skip;
    if (arguments(&READ_TO_ITER, args, count, names, given) < 0 || !sizes(given + 1, &read_size, &write_size) ||
        !skip_bytes(given[3], read_size, &skip) || native_handle(self) == NULL)
        return NULL;
    int across_frames = flag(given[4], false), strict = across_frames < 0 ? -1 : flag(given[5], false);
    if (strict < 0)
        return NULL;
    int32_t flags = (across_frames ? ZST_DECOMPRESS_READ_ACROSS_FRAMES : 0) | (strict ? ZST_DECOMPRESS_STRICT : 0);
    return new_iterator(self, false, given[0], 0, read_size, write_size, skip, flags);
}

static const Signature COPY_STREAM = {"copy_stream", 2, 4, 5, {"ifh", "ofh", "read_size", "write_size", "strict"}};

static PyObject *decompressor_copy_stream(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[5];
    size_t read_size, write_size;
    if (arguments(&COPY_STREAM, args, count, names, given) < 0 || !sizes(given + 2, &read_size, &write_size) ||
        native_handle(self) == NULL)
        return NULL;
    int strict = flag(given[4], false);
    if (strict < 0)
        return NULL;
    return copy_stream(self, false, given, 0, read_size, write_size, strict ? 0 : ZST_DECOMPRESS_ALLOW_TRUNCATED);
}

static PyObject *chain(Native *self, PyObject *frames)
{
    Py_ssize_t count = PyTuple_Size(frames), number = 0;
    zst_slice *slices = PyMem_Calloc((size_t)count, sizeof *slices);
    zst_bytes content = {0};
    zst_error err;
    if (slices == NULL)
        return PyErr_NoMemory();
    for (; number < count && PyBytes_Check(PyTuple_GetItem(frames, number)); number++) {
        PyObject *frame = PyTuple_GetItem(frames, number);
        slices[number] = (zst_slice){(const uint8_t *)PyBytes_AsString(frame), (size_t)PyBytes_Size(frame)};
    }
    zst_status status = ZST_OK;
    /* What comes before one that is not bytes is checked first. */
    if (number > 0 || count == 0) {
        PyObject *owner = self->owner;
        Py_INCREF(owner);
        PyThreadState *state = leave_python(true);
        status = zst_decompressor_decompress_content_dict_chain(self->handle, slices, (size_t)number, &content, &err);
        enter_python(state);
        Py_DECREF(owner);
    }
    PyMem_Free(slices);
    if (status < 0)
        return failed(&err, NULL);
    if (number == count)
        return take_bytes(&content);
    zst_bytes_free(&content);
    return PyErr_Format(PyExc_ValueError, "chunk %zd must be bytes", number);
}

static const Signature CHAIN = {"decompress_content_dict_chain", 1, 1, 1, {"frames"}};

static PyObject *decompressor_chain(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[1];
    if (arguments(&CHAIN, args, count, names, given) < 0 || native_handle((Native *)object) == NULL)
        return NULL;
    if (!PyList_Check(given[0]))
        return PyErr_Format(PyExc_TypeError, "argument must be a list");
    PyObject *frames = PyList_AsTuple(given[0]);
    PyObject *content = frames == NULL ? NULL : chain((Native *)object, frames);
    Py_XDECREF(frames);
    return content;
}

static PyObject *decompressor_memory_size(PyObject *object, PyObject *unused)
{
    (void)unused;
    size_t size;
    zst_error err;
    if (native_handle((Native *)object) == NULL)
        return NULL;
    zst_status status = zst_decompressor_memory_size(((Native *)object)->handle, &size, &err);
    return status < 0 ? failed(&err, NULL) : PyLong_FromSize_t(size);
}

static PyMethodDef methods[] = {
    METHOD("decompress", decompressor_decompress, DOC_Decompressor_decompress),
    METHOD("decompressobj", decompressor_decompressobj, DOC_Decompressor_decompressobj),
    METHOD("stream_reader", decompressor_stream_reader, DOC_Decompressor_stream_reader),
    METHOD("stream_writer", decompressor_stream_writer, DOC_Decompressor_stream_writer),
    METHOD("read_to_iter", decompressor_read_to_iter, DOC_Decompressor_read_to_iter),
    METHOD("copy_stream", decompressor_copy_stream, DOC_Decompressor_copy_stream),
    METHOD("decompress_content_dict_chain", decompressor_chain, DOC_Decompressor_decompress_content_dict_chain),
    {"memory_size", decompressor_memory_size, METH_NOARGS, DOC_Decompressor_memory_size},
    {"_batch", decompressor_batch, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, decompressor_init},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec decompressor_spec = NATIVE_TYPE("zstandard._zst.Decompressor", slots);
