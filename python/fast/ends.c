/* Sources and sinks: Python objects as what C streams read from and write to. */

#include "fast.h"

/* What callbacks answer. */
enum { DONE = 0, FAILED = 1 };

static int32_t outcome(Native *stream, int32_t status)
{
    if (status == FAILED)
        keep_exception(stream);
    return status;
}

/* ---- Sources ---- */

typedef struct {
    Native *stream;
    size_t size_hint;
    const uint8_t **out_data;
    size_t *out_len;
} Read;

static int32_t read_block(Native *stream, const Read *call)
{
    PyObject *size = PyLong_FromSize_t(call->size_hint);
    PyObject *block = size == NULL ? NULL : PyObject_CallFunctionObjArgs(stream->method, size, NULL);
    Py_XDECREF(size);
    if (block == NULL)
        return FAILED;
    if (block == Py_None) {
        Py_DECREF(block);
        stream->blocked = true;
        return ZST_ERROR_WOULD_BLOCK;
    }
    Py_buffer memory;
    int status = view(block, &memory);
    Py_DECREF(block);
    if (status < 0)
        return FAILED;
    PyBuffer_Release(&stream->block);
    stream->block = memory;
    *call->out_data = memory.buf;
    *call->out_len = (size_t)memory.len;
    return DONE;
}

static int32_t read_in_python(void *given)
{
    const Read *call = given;
    return outcome(call->stream, read_block(call->stream, call));
}

static int32_t on_read(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len)
{
    int32_t status = in_python(read_in_python, &(Read){userdata, size_hint, out_data, out_len});
    if (status == DONE && *out_len > SHORT_INPUT)
        leave_python_inside();
    return status;
}

/* None stands for none, as it does in Python. */
static PyObject *method_of(PyObject *object, const char *name)
{
    PyObject *method = attribute(object, name);
    if (method == Py_None)
        replace(&method, NULL);
    return method;
}

int begin_source(Native *stream, PyObject *object, zst_source *out, uint64_t *size)
{
    stream->method = method_of(object, "read");
    if (stream->method == NULL && PyErr_Occurred())
        return -1;
    Py_INCREF(object);
    stream->end = object;
    if (stream->method != NULL) {
        *out = (zst_source){.userdata = stream, .read = on_read};
        return 0;
    }
    if (view(object, &stream->block) < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_SetString(PyExc_TypeError, "must pass an object with a read() method or that conforms to the buffer "
                                             "protocol");
        return -1;
    }
    *size = (uint64_t)stream->block.len;
    zst_error err;
    if (zst_source_from_memory(stream->block.buf, (size_t)stream->block.len, out, &err) < 0) {
        failed(&err, NULL);
        return -1;
    }
    return 0;
}

/* ---- Sinks ---- */

/* Of a raw sink: what it has taken. */
static int32_t obey(PyObject *result, size_t len, size_t *out_written)
{
    if (result == Py_None)
        return ZST_ERROR_WOULD_BLOCK;
    int overflow;
    long long written = PyLong_AsLongLongAndOverflow(result, &overflow);
    if (written == -1 && PyErr_Occurred())
        return FAILED;
    if (overflow != 0 || written < 0 || (unsigned long long)written > len) {
        PyErr_Format(PyExc_OSError, "invalid length: the sink claims to have taken %S bytes of %zu", result, len);
        return FAILED;
    }
    *out_written = (size_t)written;
    return DONE;
}

/* What a BlockingIOError says that was taken. */
static int32_t blocked(Native *stream, size_t len, size_t *out_written)
{
    keep_exception(stream);
    PyObject *count = PyObject_GetAttrString(stream->exception, "characters_written");
    int overflow = 0;
    long long written = count == NULL ? 0 : PyLong_AsLongLongAndOverflow(count, &overflow);
    Py_XDECREF(count);
    PyErr_Clear();
    if (overflow != 0 || written <= 0 || (unsigned long long)written > len)
        return ZST_ERROR_WOULD_BLOCK;
    replace(&stream->exception, NULL);
    *out_written = (size_t)written;
    return DONE;
}

typedef struct {
    Native *stream;
    const uint8_t *data;
    size_t len, *out_written;
} Write;

static int32_t write_piece(Native *stream, const Write *call)
{
    PyObject *piece = PyBytes_FromStringAndSize((const char *)call->data, (Py_ssize_t)call->len);
    PyObject *result = piece == NULL ? NULL : PyObject_CallFunctionObjArgs(stream->method, piece, NULL);
    Py_XDECREF(piece);
    if (result == NULL)
        return FAILED;
    int32_t status = DONE;
    if (stream->raw)
        status = obey(result, call->len, call->out_written);
    else
        *call->out_written = call->len;
    Py_DECREF(result);
    return status;
}

static int32_t write_in_python(void *given)
{
    const Write *call = given;
    int32_t status = write_piece(call->stream, call);
    if (status == FAILED && PyErr_ExceptionMatches(PyExc_BlockingIOError))
        return blocked(call->stream, call->len, call->out_written);
    return outcome(call->stream, status);
}

static int32_t on_write(void *userdata, const uint8_t *data, size_t len, size_t *out_written)
{
    return in_python(write_in_python, &(Write){userdata, data, len, out_written});
}

int32_t call_if_there(Native *stream, const char *name, PyObject **out)
{
    PyObject *method = attribute(stream->end, name);
    if (method == NULL)
        return PyErr_Occurred() ? FAILED : DONE;
    PyObject *result = PyObject_CallFunctionObjArgs(method, NULL);
    Py_DECREF(method);
    if (result == NULL)
        return FAILED;
    if (out != NULL)
        replace(out, result);
    else
        Py_DECREF(result);
    return DONE;
}

static int32_t flush_in_python(void *userdata)
{
    Native *stream = userdata;
    return outcome(stream, call_if_there(stream, "flush", &stream->flushed));
}

static int32_t on_flush(void *userdata)
{
    return in_python(flush_in_python, userdata);
}

static int32_t close_in_python(void *userdata)
{
    return outcome(userdata, call_if_there(userdata, "close", NULL));
}

static int32_t on_close(void *userdata)
{
    return in_python(close_in_python, userdata);
}

int begin_sink(Native *stream, PyObject *object, bool closefd, zst_sink *out)
{
    stream->method = method_of(object, "write");
    if (stream->method == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "must pass an object with a write() method");
        return -1;
    }
    int raw = (PyObject *)Py_TYPE(object) == package.bytes_io ? 0 : PyObject_IsInstance(object, package.raw_io);
    if (raw < 0)
        return -1;
    stream->raw = raw;
    Py_INCREF(object);
    stream->end = object;
    *out = (zst_sink){.userdata = stream, .write = on_write, .flush = on_flush, .close = closefd ? on_close : NULL};
    return 0;
}
