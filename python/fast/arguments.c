/* Arguments of Python calls. */

#include "fast.h"

static int place_of(const Signature *signature, PyObject *name)
{
    for (int place = 0; place < signature->count; place++)
        if (PyUnicode_CompareWithASCIIString(name, signature->names[place]) == 0)
            return place;
    PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", signature->function, name);
    return -1;
}

int arguments_as_given(const Signature *signature, PyObject *const *args, Py_ssize_t count, PyObject *names,
                       PyObject **out)
{
    if (count > signature->positional) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d positional arguments (%zd given)", signature->function,
                     signature->positional, count);
        return -1;
    }
    for (int place = 0; place < signature->count; place++)
        out[place] = place < count ? args[place] : NULL;
    Py_ssize_t named = names == NULL ? 0 : PyTuple_Size(names);
    for (Py_ssize_t number = 0; number < named; number++) {
        int place = place_of(signature, PyTuple_GetItem(names, number));
        if (place < 0)
            return -1;
        if (out[place] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got multiple values for argument '%s'", signature->function,
                         signature->names[place]);
            return -1;
        }
        out[place] = args[count + number];
    }
    for (int place = 0; place < signature->required; place++) {
        if (out[place] == NULL) {
            PyErr_Format(PyExc_TypeError, "%s() missing required argument: '%s'", signature->function,
                         signature->names[place]);
            return -1;
        }
    }
    return 0;
}

int arguments(const Signature *signature, PyObject *const *args, Py_ssize_t count, PyObject *names, PyObject **out)
{
    if (arguments_as_given(signature, args, count, names, out) < 0)
        return -1;
    for (int place = signature->required; place < signature->count; place++)
        if (out[place] == Py_None)
            out[place] = NULL;
    return 0;
}

PyObject *integer(PyObject *value, const char *name)
{
    PyObject *number = PyNumber_Index(value);
    if (number == NULL && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__name__");
        if (type != NULL)
            PyErr_Format(PyExc_TypeError, "%s must be an integer, not %U", name, type);
        Py_XDECREF(type);
    }
    return number;
}

int int64(PyObject *value, const char *name, long long *out, int *overflow)
{
    if (PyLong_CheckExact(value)) {
        *out = PyLong_AsLongLongAndOverflow(value, overflow);
        return 0;
    }
    PyObject *number = integer(value, name);
    if (number == NULL)
        return -1;
    *out = PyLong_AsLongLongAndOverflow(number, overflow);
    Py_DECREF(number);
    return 0;
}

int content_size(PyObject *value, const char *name, uint64_t *out)
{
    long long size;
    int overflow;
    *out = ZST_CONTENTSIZE_UNKNOWN;
    if (value == NULL)
        return 0;
    if (int64(value, name, &size, &overflow) < 0)
        return -1;
    if (overflow > 0) {
        PyObject *number = integer(value, name);
        if (number == NULL)
            return -1;
        *out = PyLong_AsUnsignedLongLong(number);
        Py_DECREF(number);
        if (PyErr_Occurred()) {
            PyErr_Format(PyExc_OverflowError, "%s is more than 64 bits", name);
            return -1;
        }
    } else if (overflow == 0 && size >= 0) {
        *out = (uint64_t)size;
    }
    return 0;
}

int piece_size(PyObject *value, size_t standard, const char *name, size_t *out)
{
    long long size;
    int overflow;
    *out = standard;
    if (value == NULL)
        return 0;
    if (int64(value, name, &size, &overflow) < 0)
        return -1;
    if (overflow < 0 || (overflow == 0 && size <= 0)) {
        PyErr_Format(PyExc_ValueError, "%s must be positive", name);
        return -1;
    }
    if (overflow > 0 || size > PY_SSIZE_T_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s is too large", name);
        return -1;
    }
    *out = (size_t)size;
    return 0;
}

int int32(PyObject *value, const char *name, int32_t *out)
{
    long long number;
    int overflow;
    if (int64(value, name, &number, &overflow) < 0)
        return -1;
    if (overflow != 0 || number < INT32_MIN || number > INT32_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s does not fit 32 bits", name);
        return -1;
    }
    *out = (int32_t)number;
    return 0;
}

int flag(PyObject *value, bool standard)
{
    return value == NULL ? standard : value == Py_True ? 1 : value == Py_False ? 0 : PyObject_IsTrue(value);
}
