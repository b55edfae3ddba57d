/* ZstdCompressionDict. */

#include "docs.h"
#include "fast.h"

static int uint32(PyObject *value, const char *name, uint32_t *out)
{
    long long number;
    int overflow;
    *out = 0;
    if (value == Py_None)
        return 0;
    if (int64(value, name, &number, &overflow) < 0)
        return -1;
    if (overflow != 0 || number < 0 || number > UINT32_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s does not fit 32 bits", name);
        return -1;
    }
    *out = (uint32_t)number;
    return 0;
}

static int dict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "dict_type", "k", "d", NULL};
    PyObject *data, *given_type = Py_None, *given_k = Py_None, *given_d = Py_None;
    int32_t type = ZST_DICT_TYPE_AUTO;
    uint32_t k, d;
    Py_buffer memory;
    zst_compression_dict *handle = NULL;
    zst_error err;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOO:ZstdCompressionDict", names, &data, &given_type, &given_k,
                                     &given_d) ||
        (given_type != Py_None && int32(given_type, "dict_type", &type) < 0) || view(data, &memory) < 0)
        return -1;
    bool right = uint32(given_k, "k", &k) == 0 && uint32(given_d, "d", &d) == 0;
    zst_status status =
        right ? zst_compression_dict_new(memory.buf, (size_t)memory.len, type, k, d, &handle, &err) : ZST_OK;
    PyBuffer_Release(&memory);
    if (!right)
        return -1;
    if (status >= 0)
        return own((Native *)self, handle, (void (*)(void *))zst_compression_dict_free);
    failed(&err, NULL);
    return -1;
}

static bool content(PyObject *object, const uint8_t **data, size_t *length)
{
    Native *self = (Native *)object;
    zst_error err;
    if (native_handle(self) == NULL)
        return false;
    if (zst_compression_dict_as_bytes(self->handle, data, length, &err) >= 0)
        return true;
    failed(&err, NULL);
    return false;
}

static Py_ssize_t dict_length(PyObject *self)
{
    const uint8_t *data;
    size_t length;
    return content(self, &data, &length) ? (Py_ssize_t)length : -1;
}

static PyObject *dict_as_bytes(PyObject *self, PyObject *unused)
{
    (void)unused;
    const uint8_t *data;
    size_t length;
    return content(self, &data, &length) ? PyBytes_FromStringAndSize((const char *)data, (Py_ssize_t)length) : NULL;
}

static PyObject *number(PyObject *object, uint32_t (*function)(const zst_compression_dict *))
{
    void *handle = native_handle((Native *)object);
    return handle == NULL ? NULL : PyLong_FromUnsignedLong(function(handle));
}

static PyObject *dict_id(PyObject *self, PyObject *unused)
{
    (void)unused;
    return number(self, zst_compression_dict_id);
}

static PyObject *dict_k(PyObject *self, void *closure)
{
    (void)closure;
    return number(self, zst_compression_dict_k);
}

static PyObject *dict_d(PyObject *self, void *closure)
{
    (void)closure;
    return number(self, zst_compression_dict_d);
}

static const Signature PRECOMPUTE = {"precompute_compress", 0, 2, 2, {"level", "compression_params"}};

static PyObject *dict_precompute(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[2], *params_owner = NULL;
    int32_t level = 0;
    const zst_compression_parameters *params = NULL;
    if (arguments(&PRECOMPUTE, args, count, names, given) < 0 || native_handle(self) == NULL ||
        (given[0] != NULL && int32(given[0], "level", &level) < 0))
        return NULL;
    if (given[1] != NULL) {
        if (!PyObject_TypeCheck(given[1], (PyTypeObject *)package.compression_parameters)) {
            PyErr_SetString(PyExc_TypeError, "compression_params must be a ZstdCompressionParameters");
            return NULL;
        }
        if ((params = native_handle((Native *)given[1])) == NULL)
            return NULL;
        params_owner = ((Native *)given[1])->owner;
    }
    PyObject *owner = self->owner;
    Py_INCREF(owner);
    Py_XINCREF(params_owner);
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_compression_dict_precompute_compress(self->handle, level, params, &err);
    enter_python(state);
    Py_DECREF(owner);
    Py_XDECREF(params_owner);
    if (status < 0)
        return failed(&err, NULL);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"as_bytes", dict_as_bytes, METH_NOARGS, DOC_Dict_as_bytes},
    {"dict_id", dict_id, METH_NOARGS, DOC_Dict_dict_id},
    METHOD("precompute_compress", dict_precompute, DOC_Dict_precompute_compress),
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"k", dict_k, NULL, NULL, NULL},
    {"d", dict_d, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, dict_init},
    {Py_mp_length, dict_length},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

PyType_Spec dict_spec = NATIVE_TYPE("zstandard._zst.Dict", slots);
