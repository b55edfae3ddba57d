/* BufferWithSegments and its relatives, and batches of lists. */

#include "fast.h"

/* ---- Memory ---- */

static int get_buffer(PyObject *object, Py_buffer *out, int flags)
{
    const Py_buffer *memory = &((Native *)object)->block;
    return PyBuffer_FillInfo(out, object, memory->len == 0 ? (void *)"" : memory->buf, memory->len, 1, flags);
}

static PyObject *tobytes(PyObject *object, PyObject *unused)
{
    (void)unused;
    const Py_buffer *memory = &((Native *)object)->block;
    return PyBytes_FromStringAndSize(memory->buf, memory->len);
}

/* _lend(address, length, keep): the memory at an address, which `keep` keeps alive. */
static PyObject *lend(PyObject *object, PyObject *args)
{
    Native *self = (Native *)object;
    unsigned long long address;
    Py_ssize_t length;
    PyObject *keep;
    if (!PyArg_ParseTuple(args, "KnO", &address, &length, &keep))
        return NULL;
    Py_INCREF(keep);
    replace(&self->end, keep);
    self->block.buf = (void *)(uintptr_t)address;
    self->block.len = length;
    Py_RETURN_NONE;
}

static PyObject *get_length(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSsize_t(((Native *)self)->block.len);
}

static PyObject *get_offset(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(((Native *)self)->offset);
}

static PyMethodDef memory_methods[] = {
    {"tobytes", tobytes, METH_NOARGS, "A copy of the bytes."},
    {"__bytes__", tobytes, METH_NOARGS, NULL},
    {"_lend", lend, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef memory_attributes[] = {
    {"_length", get_length, NULL, NULL, NULL},
    {"_offset", get_offset, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot memory_slots[] = {
    {Py_bf_getbuffer, get_buffer}, {Py_tp_methods, memory_methods}, {Py_tp_getset, memory_attributes}, {0, NULL},
};

PyType_Spec memory_spec = NATIVE_TYPE("zstandard._zst.Memory", memory_slots);

/* ---- Items ---- */

/* _adopt(owner, address): the handle at an address, and a tuple that owns it and what it needs. */
static PyObject *adopt(PyObject *object, PyObject *args)
{
    Native *self = (Native *)object;
    PyObject *owner;
    unsigned long long address;
    if (!PyArg_ParseTuple(args, "OK", &owner, &address))
        return NULL;
    self->handle = (void *)(uintptr_t)address;
    Py_INCREF(owner);
    replace(&self->owner, owner);
    Py_RETURN_NONE;
}

static Py_ssize_t buffer_length(PyObject *object)
{
    Native *self = (Native *)object;
    return native_handle(self) == NULL ? -1 : (Py_ssize_t)zst_buffer_with_segments_count(self->handle);
}

static Py_ssize_t collection_length(PyObject *object)
{
    Native *self = (Native *)object;
    return native_handle(self) == NULL ? -1 : (Py_ssize_t)zst_buffer_with_segments_collection_count(self->handle);
}

static PyObject *new_segment(PyObject *parent, const zst_buffer_segment *segment)
{
    Native *self = (Native *)native_new(package.segment, NULL, NULL, NULL);
    if (self == NULL)
        return NULL;
    Py_INCREF(parent);
    self->end = parent;
    /* Which a parent lets go of when __init__ is called again. */
    self->owner = ((Native *)parent)->owner;
    Py_INCREF(self->owner);
    self->block.buf = (void *)segment->data;
    self->block.len = (Py_ssize_t)segment->len;
    self->offset = segment->offset;
    return (PyObject *)self;
}

/* Negative positions were too negative. */
static bool check_position(Py_ssize_t position, Py_ssize_t length)
{
    if (length < 0)
        return false;
    if (position < 0)
        PyErr_SetString(PyExc_IndexError, "offset must be non-negative");
    else if (position >= length)
        PyErr_Format(PyExc_IndexError, "offset must be less than %zd", length);
    return position >= 0 && position < length;
}

static PyObject *buffer_item(PyObject *self, Py_ssize_t position)
{
    zst_buffer_segment segment;
    zst_error err;
    if (!check_position(position, buffer_length(self)))
        return NULL;
    if (zst_buffer_with_segments_segment(((Native *)self)->handle, (size_t)position, &segment, &err) < 0)
        return failed(&err, NULL);
    return new_segment(self, &segment);
}

static PyObject *collection_item(PyObject *self, Py_ssize_t position)
{
    zst_buffer_segment segment;
    zst_error err;
    if (!check_position(position, collection_length(self)))
        return NULL;
    if (zst_buffer_with_segments_collection_segment(((Native *)self)->handle, (size_t)position, &segment, &err) < 0)
        return failed(&err, NULL);
    return new_segment(self, &segment);
}

/* The place of an index, counted from the end if it is negative. */
static bool place_of(PyObject *index, Py_ssize_t length, Py_ssize_t *out)
{
    PyObject *number = length < 0 ? NULL : integer(index, "index");
    if (number == NULL)
        return false;
    *out = PyNumber_AsSsize_t(number, NULL);
    Py_DECREF(number);
    if (*out < 0)
        *out += length;
    return true;
}

static PyObject *buffer_subscript(PyObject *self, PyObject *index)
{
    Py_ssize_t position;
    return place_of(index, buffer_length(self), &position) ? buffer_item(self, position) : NULL;
}

static PyObject *collection_subscript(PyObject *self, PyObject *index)
{
    Py_ssize_t position;
    return place_of(index, collection_length(self), &position) ? collection_item(self, position) : NULL;
}

static PyMethodDef item_methods[] = {
    {"_adopt", adopt, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot buffer_slots[] = {
    {Py_sq_length, buffer_length},       {Py_sq_item, buffer_item},   {Py_mp_length, buffer_length},
    {Py_mp_subscript, buffer_subscript}, {Py_tp_iter, PySeqIter_New}, {Py_tp_methods, item_methods},
    {0, NULL},
};

static PyType_Slot collection_slots[] = {
    {Py_sq_length, collection_length},       {Py_sq_item, collection_item}, {Py_mp_length, collection_length},
    {Py_mp_subscript, collection_subscript}, {Py_tp_iter, PySeqIter_New},   {Py_tp_methods, item_methods},
    {0, NULL},
};

PyType_Spec buffer_spec = NATIVE_TYPE("zstandard._zst.Buffer", buffer_slots);
PyType_Spec collection_spec = NATIVE_TYPE("zstandard._zst.Collection", collection_slots);

/* ---- Batches ---- */

/* The memory of the items of a list. */
typedef struct {
    Py_ssize_t count;
    Py_buffer *views;
    zst_slice *slices;
} Slices;

static void release(Slices *slices)
{
    while (slices->count > 0)
        PyBuffer_Release(&slices->views[--slices->count]);
    PyMem_Free(slices->views);
    PyMem_Free(slices->slices);
}

static bool look_at(PyObject *items, Slices *out)
{
    Py_ssize_t length = PyList_Size(items);
    out->count = 0;
    out->views = PyMem_Calloc((size_t)length, sizeof *out->views);
    out->slices = PyMem_Calloc((size_t)length, sizeof *out->slices);
    if (out->views == NULL || out->slices == NULL) {
        PyErr_NoMemory();
        return false;
    }
    /* The list may change under code that a buffer runs. */
    while (out->count < length && out->count < PyList_Size(items)) {
        PyObject *item = PyList_GetItem(items, out->count);
        Py_buffer *memory = &out->views[out->count];
        Py_INCREF(item);
        int status = view(item, memory);
        Py_DECREF(item);
        if (status < 0) {
            if (PyErr_ExceptionMatches(PyExc_TypeError))
                PyErr_Format(PyExc_TypeError, "item %zd not a bytes like object", out->count);
            return false;
        }
        out->slices[out->count++] = (zst_slice){memory->buf, (size_t)memory->len};
    }
    return true;
}

static PyObject *new_collection(zst_buffer_with_segments_collection *handle)
{
    void (*free)(void *) = (void (*)(void *))zst_buffer_with_segments_collection_free;
    PyObject *owner = new_owner(handle, free);
    Native *self = owner == NULL ? NULL : (Native *)native_new(package.collection, NULL, NULL, NULL);
    if (self == NULL) {
        Py_XDECREF(owner);
        return NULL;
    }
    self->handle = handle;
    self->owner = owner;
    return (PyObject *)self;
}

/* What multi_*_to_buffer() does with a list. */
PyObject *batch(Native *parent, bool compression, PyObject *args)
{
    PyObject *items, *given_sizes;
    int threads;
    if (!PyArg_ParseTuple(args, "O!Oi", &PyList_Type, &items, &given_sizes, &threads) || native_handle(parent) == NULL)
        return NULL;
    Slices slices;
    Py_buffer sizes = {0};
    zst_buffer_with_segments_collection *made = NULL;
    zst_error err;
    zst_status status = ZST_OK;
    bool ready = look_at(items, &slices) && (given_sizes == Py_None || view(given_sizes, &sizes) == 0);
    if (ready) {
        PyObject *owner = parent->owner;
        Py_INCREF(owner);
        PyThreadState *state = leave_python(true);
        if (compression)
            status = zst_compressor_multi_compress_to_buffer(parent->handle, slices.slices, (size_t)slices.count,
                                                             threads, &made, &err);
        else
            /* NULL means that there are no sizes. */
            status = zst_decompressor_multi_decompress_to_buffer(
                parent->handle, slices.slices, (size_t)slices.count,
                sizes.obj == NULL ? NULL : sizes.len == 0 ? "" : sizes.buf, (size_t)sizes.len, threads, &made, &err);
        enter_python(state);
        Py_DECREF(owner);
    }
    release(&slices);
    PyBuffer_Release(&sizes);
    if (!ready)
        return NULL;
    return status < 0 ? failed(&err, NULL) : new_collection(made);
}
