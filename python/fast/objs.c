/* ZstdCompressionObj, ZstdDecompressionObj. */

#include <string.h>

#include "docs.h"
#include "fast.h"

/* Results up to this size are made on the stack. */
enum { SMALL = 16 << 10 };
/* Input up to this size does not take so long that other threads should run meanwhile, when it is decoded. */
enum { SHORT = 4 << 10 };

/* What goes into an object, and how much of it has gone. */
typedef struct {
    const char *start;
    size_t length, used;
    int32_t flush_mode;
} Input;

/* One call of the library: puts what it can at `place`. 1 when that is all, 0 when there is more, or an error. */
typedef zst_status (*Step)(Native *self, Input *input, void *place, size_t room, size_t *written, zst_error *err);

/* The result of as many calls as it takes: on the stack, or else a bytes object that grows from `likely` bytes on. */
static PyObject *take_steps(Native *self, Step step, Input *input, size_t likely, bool long_call)
{
    char small[SMALL];
    char *place = small;
    size_t capacity = sizeof small, length = 0;
    PyObject *bytes = NULL;
    for (;;) {
        size_t written;
        zst_error err;
        PyThreadState *state = leave_python(long_call);
        zst_status status = step(self, input, place + length, capacity - length, &written, &err);
        enter_python(state);
        if (status < 0) {
            Py_XDECREF(bytes);
            return failed(&err, NULL);
        }
        length += written;
        if (status > 0)
            return bytes == NULL ? PyBytes_FromStringAndSize(small, (Py_ssize_t)length) : shortened(bytes, length);
        if (bytes == NULL) {
            capacity = likely < 2 * sizeof small ? 2 * sizeof small : likely;
            bytes = new_bytes(capacity);
            if (bytes != NULL)
                memcpy(PyBytes_AsString(bytes), small, length);
        } else if (length == capacity) {
            capacity += capacity / 2;
            if (!lengthen(&bytes, capacity)) {
                Py_DECREF(bytes);
                return PyErr_NoMemory();
            }
        }
        if (bytes == NULL)
            return NULL;
        place = PyBytes_AsString(bytes);
    }
}

/* The same, and nobody else has a turn in between. */
static PyObject *make_result(Native *self, Step step, Input *input, size_t likely, bool long_call)
{
    if (!begin_steps(self))
        return NULL;
    PyObject *result = take_steps(self, step, input, likely, long_call);
    self->running = false;
    return result;
}

/* ---- ZstdCompressionObj ---- */

PyObject *new_compression_obj(Native *parent, uint64_t size)
{
    zst_compression_obj *handle = NULL;
    zst_error err;
    if (zst_compressor_compressobj(parent->handle, size, &handle, &err) < 0)
        return failed(&err, NULL);
    return native_new(package.compression_obj, handle, (void (*)(void *))zst_compression_obj_free, NULL);
}

static zst_status compress_step(Native *self, Input *input, void *place, size_t room, size_t *written, zst_error *err)
{
    size_t used = 0;
    zst_status status = zst_compression_obj_compress_into(self->handle, input->start + input->used,
                                                          input->length - input->used, place, room, written, &used, err);
    input->used += used;
    /* A full place may not have held all that is ready. */
    return status < 0 ? status : input->used == input->length && *written < room;
}

static const Signature COMPRESS = {"compress", 1, 1, 1, {"data"}};

static PyObject *obj_compress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    Py_buffer data;
    if (arguments(&COMPRESS, args, count, names, given) < 0)
        return NULL;
    if (self->finished) {
        zst_error err = {.status = ZST_ERROR_STATE, .message = "cannot call compress() after compressor finished"};
        return failed(&err, NULL);
    }
    if (view(given[0], &data) < 0)
        return NULL;
    Input input = {.start = data.buf, .length = (size_t)data.len};
    /* What was taken in before may come as well. */
    size_t likely = zst_compress_bound(input.length) + ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE;
    PyObject *ready = make_result(self, compress_step, &input, likely, true);
    PyBuffer_Release(&data);
    return ready;
}

static zst_status flush_step(Native *self, Input *input, void *place, size_t room, size_t *written, zst_error *err)
{
    zst_status status = zst_compression_obj_flush_into(self->handle, input->flush_mode, place, room, written, err);
    if (status != ZST_ERROR_BUSY && input->flush_mode == ZST_COMPRESSOBJ_FLUSH_FINISH)
        self->finished = true;
    return status;
}

static const Signature COMPRESSION_FLUSH = {"flush", 0, 1, 1, {"flush_mode"}};

static PyObject *obj_compression_flush(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[1];
    Input input = {.flush_mode = ZST_COMPRESSOBJ_FLUSH_FINISH};
    if (arguments(&COMPRESSION_FLUSH, args, count, names, given) < 0 ||
        (given[0] != NULL && int32(given[0], "flush_mode", &input.flush_mode) < 0))
        return NULL;
    return make_result((Native *)object, flush_step, &input, ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, true);
}

static PyMethodDef compression_methods[] = {
    METHOD("compress", obj_compress, DOC_CompressionObj_compress),
    METHOD("flush", obj_compression_flush, DOC_CompressionObj_flush),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot compression_slots[] = {
    {Py_tp_methods, compression_methods},
    {0, NULL},
};

PyType_Spec compression_obj_spec = MADE_TYPE("zstandard._zst.CompressionObj", compression_slots);

/* ---- ZstdDecompressionObj ---- */

PyObject *new_decompression_obj(Native *parent, int32_t flags)
{
    zst_decompression_obj *handle = NULL;
    zst_error err;
    if (zst_decompressor_decompressobj(parent->handle, flags, &handle, &err) < 0)
        return failed(&err, NULL);
    return native_new(package.decompression_obj, handle, (void (*)(void *))zst_decompression_obj_free, NULL);
}

static zst_status decompress_step(Native *self, Input *input, void *place, size_t room, size_t *written, zst_error *err)
{
    size_t used = 0;
    zst_status status =
        zst_decompression_obj_decompress_into(self->handle, input->start + input->used, input->length - input->used,
                                              place, room, written, &used, err);
    input->used += used;
    if (status < 0)
        return status;
    return *written < room && (input->used == input->length || zst_decompression_obj_eof(self->handle));
}

static const Signature DECOMPRESS = {"decompress", 1, 1, 1, {"data"}};

static PyObject *obj_decompress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    Py_buffer data;
    if (arguments(&DECOMPRESS, args, count, names, given) < 0)
        return NULL;
    if (zst_decompression_obj_eof(self->handle)) {
        zst_error err = {.status = ZST_ERROR_STATE, .message = "cannot use a decompressobj multiple times"};
        return failed(&err, NULL);
    }
    if (view(given[0], &data) < 0)
        return NULL;
    Input input = {.start = data.buf, .length = (size_t)data.len};
    size_t likely = 4 * SMALL + 2 * input.length;
    PyObject *content = make_result(self, decompress_step, &input, likely, input.length > SHORT);
    if (content != NULL && input.used < input.length) {
        PyObject *unused = PyBytes_FromStringAndSize(input.start + input.used, (Py_ssize_t)(input.length - input.used));
        if (unused == NULL)
            replace(&content, NULL);
        else
            replace(&self->unused, unused);
    }
    PyBuffer_Release(&data);
    return content;
}

static PyObject *obj_eof(PyObject *object, void *closure)
{
    (void)closure;
    return PyBool_FromLong(zst_decompression_obj_eof(((Native *)object)->handle));
}

static PyObject *obj_unused_data(PyObject *object, void *closure)
{
    (void)closure;
    PyObject *unused = ((Native *)object)->unused;
    return unused == NULL ? PyBytes_FromStringAndSize(NULL, 0) : (Py_INCREF(unused), unused);
}

static PyMethodDef decompression_methods[] = {
    METHOD("decompress", obj_decompress, DOC_DecompressionObj_decompress),
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef decompression_attributes[] = {
    {"eof", obj_eof, NULL, NULL, DOC_DecompressionObj_eof},
    {"unused_data", obj_unused_data, NULL, NULL, DOC_DecompressionObj_unused_data},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot decompression_slots[] = {
    {Py_tp_getset, decompression_attributes},
    {Py_tp_methods, decompression_methods},
    {0, NULL},
};

PyType_Spec decompression_obj_spec = MADE_TYPE("zstandard._zst.DecompressionObj", decompression_slots);
