/* BufferWithSegments and its relatives, and batches of lists. */

#include "docs.h"
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

static PyMethodDef memory_methods[] = {
    {"tobytes", tobytes, METH_NOARGS, DOC_Memory_tobytes},
    {"__bytes__", tobytes, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot memory_slots[] = {
    {Py_bf_getbuffer, get_buffer},
    {Py_tp_methods, memory_methods},
    {0, NULL},
};

PyType_Spec memory_spec = NATIVE_TYPE("zstandard._zst.Memory", memory_slots);

/* ---- Items ---- */

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

/* Memory of a buffer or collection, as an object of this type. */
static PyObject *new_memory(PyObject *type, PyObject *parent, const void *data, size_t length, uint64_t offset)
{
    Native *self = (Native *)native_new(type, NULL, NULL, NULL);
    if (self == NULL)
        return NULL;
    Py_INCREF(parent);
    self->end = parent;
    /* Which a parent lets go of when __init__ is called again. */
    self->owner = ((Native *)parent)->owner;
    Py_XINCREF(self->owner);
    self->block.buf = (void *)data;
    self->block.len = (Py_ssize_t)length;
    self->offset = offset;
    return (PyObject *)self;
}

static PyObject *new_segment(PyObject *parent, const zst_buffer_segment *segment)
{
    return new_memory(package.segment, parent, segment->data, segment->len, segment->offset);
}

static Py_ssize_t segment_length(PyObject *self)
{
    return ((Native *)self)->block.len;
}

static PyObject *segment_offset(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromUnsignedLongLong(((Native *)self)->offset);
}

static PyGetSetDef segment_attributes[] = {
    {"offset", segment_offset, NULL, DOC_Segment_offset, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot segment_slots[] = {
    {Py_mp_length, segment_length},
    {Py_tp_getset, segment_attributes},
    {0, NULL},
};

PyType_Spec segment_spec = NATIVE_TYPE("zstandard._zst.Segment", segment_slots);

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

/* ---- BufferWithSegments ---- */

static PyObject *buffer_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"data", "segments", NULL};
    PyObject *data, *segments;
    Py_buffer pairs;
    zst_buffer_with_segments *handle = NULL;
    zst_error err;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO:BufferWithSegments", names, &data, &segments))
        return NULL;
    Native *self = (Native *)native_new((PyObject *)type, NULL, (void (*)(void *))zst_buffer_with_segments_free, NULL);
    if (self == NULL || view(data, &self->block) < 0 || view(segments, &pairs) < 0) {
        Py_XDECREF((PyObject *)self);
        return NULL;
    }
    zst_status status = zst_buffer_with_segments_new(self->block.buf, (size_t)self->block.len, pairs.buf,
                                                     (size_t)pairs.len, NULL, NULL, &handle, &err);
    PyBuffer_Release(&pairs);
    self->handle = handle;
    if (status >= 0)
        return (PyObject *)self;
    Py_DECREF((PyObject *)self);
    return failed(&err, NULL);
}

/* __new__ has done it. */
static int buffer_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self, (void)args, (void)kwargs;
    return 0;
}

static PyObject *buffer_size(PyObject *self, void *closure)
{
    (void)closure;
    return PyLong_FromSsize_t(((Native *)self)->block.len);
}

static PyObject *buffer_segments(PyObject *self, void *closure)
{
    (void)closure;
    zst_buffer_segments segments;
    zst_error err;
    if (native_handle((Native *)self) == NULL)
        return NULL;
    if (zst_buffer_with_segments_segments(((Native *)self)->handle, &segments, &err) < 0)
        return failed(&err, NULL);
    return new_memory(package.segments, self, segments.segments, segments.count * sizeof *segments.segments, 0);
}

static PyGetSetDef buffer_attributes[] = {
    {"size", buffer_size, NULL, DOC_Buffer_size, NULL},
    {"segments", buffer_segments, NULL, DOC_Buffer_segments, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot buffer_slots[] = {
    {Py_tp_new, buffer_new},
    {Py_tp_init, buffer_init},
    {Py_sq_length, buffer_length},
    {Py_sq_item, buffer_item},
    {Py_mp_length, buffer_length},
    {Py_mp_subscript, buffer_subscript},
    {Py_tp_iter, PySeqIter_New},
    {Py_tp_getset, buffer_attributes},
    {0, NULL},
};

PyType_Spec buffer_spec = NATIVE_TYPE("zstandard._zst.Buffer", buffer_slots);

/* ---- BufferSegments ---- */

static Py_ssize_t segments_length(PyObject *self)
{
    return ((Native *)self)->block.len / (Py_ssize_t)sizeof(zst_segment);
}

static PyObject *segments_item(PyObject *self, Py_ssize_t position)
{
    if (!check_position(position, segments_length(self)))
        return NULL;
    const zst_segment *pair = (const zst_segment *)((Native *)self)->block.buf + position;
    return Py_BuildValue("KK", (unsigned long long)pair->offset, (unsigned long long)pair->length);
}

static PyObject *segments_subscript(PyObject *self, PyObject *index)
{
    Py_ssize_t position;
    return place_of(index, segments_length(self), &position) ? segments_item(self, position) : NULL;
}

static PyObject *segments_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "", names))
        return NULL;
    Py_INCREF(self);
    return self;
}

static PyType_Slot segments_slots[] = {
    {Py_sq_length, segments_length},
    {Py_sq_item, segments_item},
    {Py_mp_length, segments_length},
    {Py_mp_subscript, segments_subscript},
    {Py_tp_iter, PySeqIter_New},
    {Py_tp_call, segments_call},
    {0, NULL},
};

PyType_Spec segments_spec = NATIVE_TYPE("zstandard._zst.Segments", segments_slots);

/* ---- BufferWithSegmentsCollection ---- */

static zst_buffer_with_segments_collection *joined(PyObject *buffers)
{
    Py_ssize_t count = PyTuple_Size(buffers);
    zst_buffer_with_segments_collection *collection = NULL;
    const zst_buffer_with_segments **handles = PyMem_Calloc((size_t)count, sizeof *handles);
    zst_error err;
    bool right = handles != NULL;
    if (!right)
        PyErr_NoMemory();
    for (Py_ssize_t number = 0; right && number < count; number++) {
        PyObject *buffer = PyTuple_GetItem(buffers, number);
        right = PyObject_TypeCheck(buffer, (PyTypeObject *)package.buffer);
        if (right)
            handles[number] = ((Native *)buffer)->handle;
        else
            PyErr_SetString(PyExc_TypeError, "arguments must be BufferWithSegments instances");
    }
    if (right && zst_buffer_with_segments_collection_new(handles, (size_t)count, &collection, &err) < 0)
        failed(&err, NULL);
    PyMem_Free(handles);
    return collection;
}

static int collection_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "BufferWithSegmentsCollection() takes no keyword arguments");
        return -1;
    }
    zst_buffer_with_segments_collection *handle = joined(args);
    void (*free)(void *) = (void (*)(void *))zst_buffer_with_segments_collection_free;
    PyObject *owner = handle == NULL ? NULL : new_owner(handle, free);
    PyObject *all = owner == NULL ? NULL : PyTuple_Pack(2, owner, args);
    Py_XDECREF(owner);
    if (all == NULL)
        return -1;
    Native *self = (Native *)object;
    self->handle = handle;
    replace(&self->owner, all);
    return 0;
}

static PyObject *collection_size(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    if (native_handle(self) == NULL)
        return NULL;
    return PyLong_FromUnsignedLongLong(zst_buffer_with_segments_collection_size(self->handle));
}

static PyMethodDef collection_methods[] = {
    {"size", collection_size, METH_NOARGS, DOC_Collection_size},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot collection_slots[] = {
    {Py_tp_init, collection_init},
    {Py_sq_length, collection_length},
    {Py_sq_item, collection_item},
    {Py_mp_length, collection_length},
    {Py_mp_subscript, collection_subscript},
    {Py_tp_iter, PySeqIter_New},
    {Py_tp_methods, collection_methods},
    {0, NULL},
};

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
