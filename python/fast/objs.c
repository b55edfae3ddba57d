/* ZstdCompressionObj, ZstdDecompressionObj. */

#include <string.h>

#include "docs.h"
#include "fast.h"

/* Content up to this size is decoded on the stack. */
enum { SMALL = 16 << 10 };
/* Input up to this size does not take so long that other threads should run meanwhile, when it is decoded. */
enum { SHORT = 4 << 10 };

/* ---- ZstdCompressionObj ---- */

PyObject *new_compression_obj(Native *parent, uint64_t size)
{
    zst_compression_obj *handle = NULL;
    zst_error err;
    if (zst_compressor_compressobj(parent->handle, size, &handle, &err) < 0)
        return failed(&err, NULL);
    return native_new(package.compression_obj, handle, (void (*)(void *))zst_compression_obj_free, NULL);
}

static const Signature COMPRESS = {"compress", 1, 1, 1, {"data"}};

static PyObject *obj_compress(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    Py_buffer data;
    if (arguments(&COMPRESS, args, count, names, given) < 0)
        return NULL;
    zst_bytes bytes = {0};
    zst_error err;
    if (self->finished) {
        err.status = ZST_ERROR_STATE;
        err.zstd_code = 0;
        strcpy(err.message, "cannot call compress() after compressor finished");
        return failed(&err, NULL);
    }
    if (view(given[0], &data) < 0)
        return NULL;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_compression_obj_compress(self->handle, data.buf, (size_t)data.len, &bytes, &err);
    enter_python(state);
    PyBuffer_Release(&data);
    return status < 0 ? failed(&err, NULL) : take_bytes(&bytes);
}

static const Signature COMPRESSION_FLUSH = {"flush", 0, 1, 1, {"flush_mode"}};

static PyObject *obj_compression_flush(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[1];
    int32_t mode = ZST_COMPRESSOBJ_FLUSH_FINISH;
    if (arguments(&COMPRESSION_FLUSH, args, count, names, given) < 0 ||
        (given[0] != NULL && int32(given[0], "flush_mode", &mode) < 0))
        return NULL;
    zst_bytes bytes = {0};
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_compression_obj_flush(self->handle, mode, &bytes, &err);
    enter_python(state);
    if (status != ZST_ERROR_BUSY && mode == ZST_COMPRESSOBJ_FLUSH_FINISH)
        self->finished = true;
    return status < 0 ? failed(&err, NULL) : take_bytes(&bytes);
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

PyType_Spec compression_obj_spec = NATIVE_TYPE("zstandard._zst.CompressionObj", compression_slots);

/* ---- ZstdDecompressionObj ---- */

PyObject *new_decompression_obj(Native *parent, int32_t flags)
{
    zst_decompression_obj *handle = NULL;
    zst_error err;
    if (zst_decompressor_decompressobj(parent->handle, flags, &handle, &err) < 0)
        return failed(&err, NULL);
    return native_new(package.decompression_obj, handle, (void (*)(void *))zst_decompression_obj_free, NULL);
}

static bool complete(Native *self, const Py_buffer *data, size_t used)
{
    return used == (size_t)data->len || zst_decompression_obj_eof(self->handle);
}

/* Content that does not fit the stack: as large a bytes object as it needs, which grows by half. */
static PyObject *decompress_more(Native *self, const Py_buffer *data, const uint8_t *start, size_t length, size_t *used)
{
    size_t capacity = 4 * length + 2 * (size_t)data->len;
    PyObject *content = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)capacity);
    if (content == NULL)
        return NULL;
    memcpy(PyBytes_AsString(content), start, length);
    for (;;) {
        char *place = PyBytes_AsString(content);
        size_t written = 0, step = 0;
        zst_error err;
        PyThreadState *state = leave_python(true);
        zst_status status =
            zst_decompression_obj_decompress_into(self->handle, (const char *)data->buf + *used,
                                                  (size_t)data->len - *used, place + length, capacity - length,
                                                  &written, &step, &err);
        enter_python(state);
        if (status < 0) {
            Py_DECREF(content);
            return failed(&err, NULL);
        }
        length += written;
        *used += step;
        if (length < capacity && complete(self, data, *used))
            return shortened(content, length);
        if (length == capacity) {
            capacity += capacity / 2;
            if ((content = lengthened(content, capacity)) == NULL)
                return NULL;
        }
    }
}

/* The content of `data`, of which so much was used. */
static PyObject *decompress(Native *self, const Py_buffer *data, size_t *used)
{
    zst_bytes bytes = {0};
    zst_error err;
    zst_status status;
    if (can_resize()) {
        uint8_t small[SMALL];
        size_t written;
        PyThreadState *state = leave_python((size_t)data->len > SHORT);
        status = zst_decompression_obj_decompress_into(self->handle, data->buf, (size_t)data->len, small, sizeof small,
                                                       &written, used, &err);
        enter_python(state);
        if (status < 0)
            return failed(&err, NULL);
        if (written < sizeof small && complete(self, data, *used))
            return PyBytes_FromStringAndSize((const char *)small, (Py_ssize_t)written);
        return decompress_more(self, data, small, written, used);
    }
    PyThreadState *state = leave_python(true);
    status = zst_decompression_obj_decompress(self->handle, data->buf, (size_t)data->len, &bytes, used, &err);
    enter_python(state);
    return status < 0 ? failed(&err, NULL) : take_bytes(&bytes);
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
    size_t used = 0;
    PyObject *content = NULL;
    if (begin_steps(self)) {
        content = decompress(self, &data, &used);
        self->running = false;
    }
    if (content != NULL && used < (size_t)data.len) {
        PyObject *unused = PyBytes_FromStringAndSize((const char *)data.buf + used, data.len - (Py_ssize_t)used);
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

PyType_Spec decompression_obj_spec = NATIVE_TYPE("zstandard._zst.DecompressionObj", decompression_slots);
