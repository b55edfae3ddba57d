/* Looking at frames without decoding them. */

#include <stddef.h>

#include "fast.h"
/* After it: in the limited API the header is apart. */
#include <structmember.h>

/* The first arguments of a function are the data, also by the name `source`, and the format. */
static int frame_arguments(const Signature *signature, PyObject *const *args, Py_ssize_t count, PyObject *names,
                           Py_buffer *data, int32_t *format)
{
    PyObject *given[3];
    if (arguments_as_given(signature, args, count, names, given) < 0)
        return -1;
    PyObject *source = signature->count == 3 ? given[2] : NULL;
    if (given[0] == NULL && source == NULL) {
        PyErr_Format(PyExc_TypeError, "%s() missing required argument: 'data'", signature->function);
        return -1;
    }
    if (given[0] != NULL && source != NULL) {
        PyErr_Format(PyExc_TypeError, "%s() takes data or source, not both", signature->function);
        return -1;
    }
    if (view(source == NULL ? given[0] : source, data) < 0)
        return -1;
    *format = ZST_FORMAT_ZSTD1;
    if (given[1] != NULL && given[1] != Py_None && int32(given[1], "format", format) < 0) {
        PyBuffer_Release(data);
        return -1;
    }
    return 0;
}

static const Signature CONTENT_SIZE = {"frame_content_size", 0, 2, 3, {"data", "format", "source"}};

PyObject *frame_content_size(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    (void)module;
    Py_buffer data;
    int32_t format;
    if (frame_arguments(&CONTENT_SIZE, args, count, names, &data, &format) < 0)
        return NULL;
    uint64_t size;
    zst_error err;
    zst_status status = zst_frame_content_size(data.buf, (size_t)data.len, format, &size, &err);
    PyBuffer_Release(&data);
    if (status < 0)
        return failed(&err, NULL);
    return size == ZST_CONTENTSIZE_UNKNOWN ? PyLong_FromLong(-1) : PyLong_FromUnsignedLongLong(size);
}

PyObject *estimate_decompression_context_size(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return PyLong_FromSize_t(zst_estimate_decompression_context_size());
}

static const Signature HEADER_SIZE = {"frame_header_size", 0, 2, 3, {"data", "format", "source"}};

PyObject *frame_header_size(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    (void)module;
    Py_buffer data;
    int32_t format;
    if (frame_arguments(&HEADER_SIZE, args, count, names, &data, &format) < 0)
        return NULL;
    size_t size;
    zst_error err;
    zst_status status = zst_frame_header_size(data.buf, (size_t)data.len, format, &size, &err);
    PyBuffer_Release(&data);
    return status < 0 ? failed(&err, NULL) : PyLong_FromSize_t(size);
}

typedef struct {
    PyObject_HEAD
    unsigned long long content_size, window_size;
    unsigned int dict_id;
    char has_checksum;
} FrameParameters;

static PyMemberDef members[] = {
    {"content_size", T_ULONGLONG, offsetof(FrameParameters, content_size), READONLY,
     "Size of the content; CONTENTSIZE_UNKNOWN when it is not recorded."},
    {"window_size", T_ULONGLONG, offsetof(FrameParameters, window_size), READONLY, "Bytes that decoding needs."},
    {"dict_id", T_UINT, offsetof(FrameParameters, dict_id), READONLY, "Id of the dictionary; 0 when there is none."},
    {"has_checksum", T_BOOL, offsetof(FrameParameters, has_checksum), READONLY, "Whether a checksum follows."},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_members, members},
    {0, NULL},
};

PyType_Spec frame_parameters_spec = {"zstandard._zst.FrameParameters", sizeof(FrameParameters), 0,
                                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

static const Signature PARAMETERS = {"get_frame_parameters", 1, 2, 2, {"data", "format"}};

PyObject *get_frame_parameters(PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    (void)module;
    Py_buffer data;
    int32_t format;
    if (frame_arguments(&PARAMETERS, args, count, names, &data, &format) < 0)
        return NULL;
    zst_frame_parameters read;
    zst_error err;
    zst_status status = zst_get_frame_parameters(data.buf, (size_t)data.len, format, &read, &err);
    PyBuffer_Release(&data);
    if (status < 0)
        return failed(&err, NULL);
    PyTypeObject *type = (PyTypeObject *)package.frame_parameters;
    FrameParameters *parameters = (FrameParameters *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (parameters != NULL) {
        parameters->content_size = read.content_size;
        parameters->window_size = read.window_size;
        parameters->dict_id = read.dict_id;
        parameters->has_checksum = read.has_checksum != 0;
    }
    return (PyObject *)parameters;
}
