/* The way into the C library and back: the GIL, exceptions, memory. */

#include "fast.h"

/* Behind Python.h, which asks for all of it. */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The state of the thread while it is in the C library without the GIL. */
static _Thread_local PyThreadState *outside;

PyThreadState *leave_python(bool long_call)
{
    PyThreadState *before = outside;
    outside = long_call ? PyEval_SaveThread() : NULL;
    return before;
}

void leave_python_inside(void)
{
    if (outside == NULL)
        outside = PyEval_SaveThread();
}

void enter_python(PyThreadState *before)
{
    if (outside != NULL)
        PyEval_RestoreThread(outside);
    outside = before;
}

/* When the process ends, Python makes a thread exit that wants the GIL. Frames of the library cannot be unwound, so that
 * the thread stays where it is for the rest of the time. */
static void stay(void *unused)
{
    (void)unused;
    for (;;)
        pause();
}

int32_t in_python(int32_t (*callback)(void *call), void *call)
{
    PyThreadState *state = outside;
    int32_t status;
    pthread_cleanup_push(stay, NULL);
    if (state != NULL)
        PyEval_RestoreThread(state);
    outside = NULL;
    status = callback(call);
    outside = state;
    if (state != NULL)
        PyEval_SaveThread();
    pthread_cleanup_pop(0);
    return status;
}

PyObject *failed(const zst_error *err, Native *stream)
{
    PyObject *exception;
    /* Of a busy stream the exception belongs to the other call. */
    if (stream != NULL && stream->exception != NULL && err->status != ZST_ERROR_BUSY) {
        exception = stream->exception;
        stream->exception = NULL;
    } else {
        exception = PyObject_CallFunction(package.exception_for, "isi", err->status, err->message, err->zstd_code);
    }
    if (exception != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
        Py_DECREF(exception);
    }
    return NULL;
}

bool begin_steps(Native *stream)
{
    if (!stream->running)
        return stream->running = true;
    zst_error err = {.status = ZST_ERROR_BUSY, .message = "the object is busy: another call on it is running"};
    failed(&err, stream);
    return false;
}

void replace(PyObject **place, PyObject *value)
{
    PyObject *before = *place;
    *place = value;
    Py_XDECREF(before);
}

void keep_exception(Native *stream)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL)
        PyException_SetTraceback(value, traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    replace(&stream->exception, value);
}

int view(PyObject *data, Py_buffer *out)
{
    return PyObject_GetBuffer(data, out, PyBUF_SIMPLE);
}

/* Without the detour over an exception, which costs as much as all the rest. What the type has may run code that raises
 * something else. */
static bool is_missing(PyObject *object, PyObject *name)
{
    static PyObject *(*look_up)(PyTypeObject *, PyObject *);
    static bool looked;
    if (!looked) {
        *(void **)&look_up = dlsym(RTLD_DEFAULT, "_PyType_Lookup");
        looked = true;
    }
    PyTypeObject *type = Py_TYPE(object);
    return look_up != NULL && PyType_GetSlot(type, Py_tp_getattro) == (void *)PyObject_GenericGetAttr &&
           look_up(type, name) == NULL && !PyObject_HasAttr(object, name);
}

PyObject *attribute(PyObject *object, const char *text)
{
    PyObject *name = PyUnicode_InternFromString(text);
    PyObject *value = name == NULL || is_missing(object, name) ? NULL : PyObject_GetAttr(object, name);
    Py_XDECREF(name);
    if (value == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return value;
}

PyObject *take_bytes(zst_bytes *bytes)
{
    PyObject *taken = PyBytes_FromStringAndSize((const char *)bytes->data, (Py_ssize_t)bytes->len);
    zst_bytes_free(bytes);
    return taken;
}

#ifdef MADV_HUGEPAGE
/* As the library does for its own results: to touch large memory for the first time costs less in large pages. */
static void advise_huge_pages(const char *place, size_t size)
{
    const size_t HUGE_RESULT = 32 << 20, PAGE = 4096;
    uintptr_t first = (uintptr_t)place & ~(PAGE - 1);
    if (size >= HUGE_RESULT)
        madvise((void *)first, (uintptr_t)place + size - first, MADV_HUGEPAGE);
}
#else
static void advise_huge_pages(const char *place, size_t size)
{
    (void)place, (void)size;
}
#endif

PyObject *new_bytes(size_t size)
{
    if (size > PY_SSIZE_T_MAX)
        return PyErr_NoMemory();
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (bytes != NULL)
        advise_huge_pages(PyBytes_AsString(bytes), size);
    return bytes;
}

/* Not part of the stable ABI, so that it is looked for. */
static int (*resize)(PyObject **, Py_ssize_t);

bool can_resize(void)
{
    static bool looked;
    if (!looked) {
        *(void **)&resize = dlsym(RTLD_DEFAULT, "_PyBytes_Resize");
        looked = true;
    }
    return resize != NULL;
}

PyObject *shortened(PyObject *bytes, size_t length)
{
    /* What malloc has mapped for a large object stays a mapping, of a page or more, and a process may have few. */
    enum { SMALL = 32 << 10, MAPPED = 128 << 10 };
    size_t size = (size_t)PyBytes_Size(bytes);
    if (size == length)
        return bytes;
    if ((length <= SMALL && size >= MAPPED) || !can_resize()) {
        PyObject *copy = PyBytes_FromStringAndSize(PyBytes_AsString(bytes), (Py_ssize_t)length);
        if (copy != NULL || !can_resize()) {
            Py_DECREF(bytes);
            return copy;
        }
        PyErr_Clear();
    }
    /* It sets the place to NULL when it fails. */
    resize(&bytes, (Py_ssize_t)length);
    return bytes;
}

bool lengthen(PyObject **bytes, size_t length)
{
    PyObject *before = *bytes;
    size_t kept = (size_t)PyBytes_Size(before), head = (size_t)(PyBytes_AsString(before) - (char *)before);
    if (length > PY_SSIZE_T_MAX - head - 1)
        return false;
    if (can_resize()) {
        /* _PyBytes_Resize() would free what it cannot make longer. */
        PyObject *longer = PyObject_Realloc(before, head + length + 1);
        if (longer == NULL)
            return false;
        Py_SET_SIZE((PyVarObject *)longer, (Py_ssize_t)length);
        PyBytes_AsString(longer)[length] = 0;
        *bytes = longer;
        return true;
    }
    PyObject *copy = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    if (copy == NULL) {
        PyErr_Clear();
        return false;
    }
    memcpy(PyBytes_AsString(copy), PyBytes_AsString(before), kept);
    replace(bytes, copy);
    return true;
}
