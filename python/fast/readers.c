/* ZstdCompressionReader, ZstdDecompressionReader. */

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "docs.h"
#include "fast.h"

typedef struct {
    zst_status (*read)(const void *, size_t, zst_bytes *, zst_error *);
    zst_status (*read1)(const void *, size_t, zst_bytes *, zst_error *);
    zst_status (*readinto)(const void *, void *, size_t, size_t *, zst_error *);
    zst_status (*readinto1)(const void *, void *, size_t, size_t *, zst_error *);
    zst_status (*readall)(const void *, zst_bytes *, zst_error *);
    zst_status (*unread)(const void *, const void *, size_t, zst_error *);
    uint64_t (*tell)(const void *);
    zst_status (*close)(const void *, zst_error *);
    int32_t (*closed)(const void *);
    /* What read1(-1) reads at most. */
    size_t read1_size;
} Functions;

/* The library's functions, for any handle. */
#define FUNCTIONS(kind, read1_size)                                                                                    \
    {                                                                                                                  \
        (zst_status(*)(const void *, size_t, zst_bytes *, zst_error *))kind##_read,                                    \
            (zst_status(*)(const void *, size_t, zst_bytes *, zst_error *))kind##_read1,                               \
            (zst_status(*)(const void *, void *, size_t, size_t *, zst_error *))kind##_readinto,                       \
            (zst_status(*)(const void *, void *, size_t, size_t *, zst_error *))kind##_readinto1,                      \
            (zst_status(*)(const void *, zst_bytes *, zst_error *))kind##_readall,                                     \
            (zst_status(*)(const void *, const void *, size_t, zst_error *))kind##_unread,                             \
            (uint64_t(*)(const void *))kind##_tell, (zst_status(*)(const void *, zst_error *))kind##_close,            \
            (int32_t(*)(const void *))kind##_closed, read1_size                                                        \
    }

static const Functions COMPRESSION = FUNCTIONS(zst_compression_reader, ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE);
static const Functions DECOMPRESSION = FUNCTIONS(zst_decompression_reader, ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE);

static const Functions *functions(const Native *self)
{
    return self->functions;
}

PyObject *new_reader(Native *parent, bool compression, PyObject *object, uint64_t size, size_t read_size, int32_t flags,
                     bool closefd)
{
    Native *self = (Native *)native_new(compression ? package.compression_reader : package.decompression_reader, NULL,
                                        compression ? (void (*)(void *))zst_compression_reader_free
                                                    : (void (*)(void *))zst_decompression_reader_free,
                                        compression ? &COMPRESSION : &DECOMPRESSION);
    zst_source source;
    zst_error err;
    if (self == NULL)
        return NULL;
    self->closefd = closefd;
    if (begin_source(self, object, &source, &size) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    zst_status status =
        compression ? zst_compressor_stream_reader(parent->handle, &source, size, read_size,
                                                   (zst_compression_reader **)&self->handle, &err)
                    : zst_decompressor_stream_reader(parent->handle, &source, read_size, flags,
                                                     (zst_decompression_reader **)&self->handle, &err);
    if (status < 0) {
        failed(&err, self);
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static bool check_open(const Native *self)
{
    if (!functions(self)->closed(self->handle))
        return true;
    PyErr_SetString(PyExc_ValueError, "stream is closed");
    return false;
}

/* A copy of what was read. Without memory for it the library takes it back. */
static PyObject *copied(Native *self, const char *place, size_t length)
{
    zst_error err;
    PyObject *bytes = PyBytes_FromStringAndSize(place, (Py_ssize_t)length);
    if (bytes == NULL)
        functions(self)->unread(self->handle, place, length, &err);
    return bytes;
}

/* What the library has made; of all that is left for a negative size. */
static PyObject *read_copied(Native *self, Py_ssize_t size, bool once)
{
    zst_bytes bytes = {0};
    zst_error err;
    PyThreadState *state = leave_python(true);
    zst_status status = size < 0 ? functions(self)->readall(self->handle, &bytes, &err)
                        : once   ? functions(self)->read1(self->handle, (size_t)size, &bytes, &err)
                                 : functions(self)->read(self->handle, (size_t)size, &bytes, &err);
    enter_python(state);
    if (status < 0)
        return failed(&err, self);
    PyObject *copy = copied(self, (const char *)bytes.data, bytes.len);
    zst_bytes_free(&bytes);
    return copy;
}

/* The size of the memory that is kept, and what does not cost much to copy out of it. */
enum { KEPT = 128 << 10, LITTLE = 16 << 10 };
/* Reads up to this size do not take so long that other threads should run meanwhile. */
enum { SHORT_READ = 8 << 10 };

/* Of little input neither do larger ones; a source may yet give more. */
static bool is_long(const Native *self, size_t size)
{
    return self->functions == &COMPRESSION || size > KEPT || (size > SHORT_READ && self->block.len > SHORT_INPUT);
}

static zst_status read_into(Native *self, void *place, size_t size, bool once, size_t *out, zst_error *err)
{
    PyThreadState *state = leave_python(is_long(self, size));
    zst_status status = once ? functions(self)->readinto1(self->handle, place, size, out, err)
                             : functions(self)->readinto(self->handle, place, size, out, err);
    enter_python(state);
    return status;
}

/* Up to these sizes a result is made on the stack, or where it will be, as large as was asked for. */
enum { SMALL = 4 << 10, LARGE = 256 << 20 };
/* So much is made room for at first, where it is not known how much there will be. */
enum { FIRST = 128 << 10 };

/* Reading all has failed after `length` bytes of `bytes`. As with one call of the library they come again in the next
 * read, unless the stream itself has failed. */
static PyObject *after(Native *self, const zst_error *err, PyObject *bytes, size_t length)
{
    if (err->status == ZST_ERROR_WOULD_BLOCK && length > 0) {
        replace(&self->exception, NULL);
        return shortened(bytes, length);
    }
    bool final = err->status == ZST_ERROR_ZSTD || err->status == ZST_ERROR_LIMIT;
    self->offset += length;
    if (length > 0 && !final)
        self->unused = bytes;
    else
        Py_DECREF(bytes);
    return failed(err, self);
}

/* Before a read: the library takes back what the last one has left. */
static bool begin(Native *self)
{
    zst_error err;
    if (!begin_steps(self))
        return false;
    if (self->unused == NULL)
        return true;
    if (functions(self)->unread(self->handle, PyBytes_AsString(self->unused), (size_t)self->offset, &err) < 0) {
        self->running = false;
        failed(&err, NULL);
        return false;
    }
    replace(&self->unused, NULL);
    self->offset = 0;
    return true;
}

/* Whoever asks for much often gets little, which costs less by way of memory that is kept. Nobody else has it while it
 * is in use. */
static PyObject *read_by_kept_memory(Native *self, size_t size, bool once)
{
    static _Atomic(char *) kept;
    size_t length = 0;
    zst_error err;
    char *place = atomic_exchange(&kept, NULL);
    if (place == NULL && (place = malloc(KEPT)) == NULL)
        return PyErr_NoMemory();
    zst_status status = read_into(self, place, size, once, &length, &err);
    PyObject *bytes = status < 0 ? failed(&err, self) : copied(self, place, length);
    self->much = length > LITTLE;
    free(atomic_exchange(&kept, place));
    return bytes;
}

static PyObject *read_size(Native *self, size_t size, bool once)
{
    char small[SMALL];
    size_t length = 0;
    zst_error err;
    if (size <= SMALL) {
        zst_status status = read_into(self, small, size, once, &length, &err);
        return status < 0 ? failed(&err, self) : copied(self, small, length);
    }
    if (size > LITTLE && size <= KEPT && !self->much)
        return read_by_kept_memory(self, size, once);
    PyObject *bytes = size > LARGE || !can_resize() ? NULL : new_bytes(size);
    if (bytes == NULL) {
        PyErr_Clear();
        return read_copied(self, (Py_ssize_t)size, once);
    }
    if (read_into(self, PyBytes_AsString(bytes), size, once, &length, &err) >= 0)
        return shortened(bytes, length);
    Py_DECREF(bytes);
    return failed(&err, self);
}

/* How much there is likely to be to read, and a little more, so that the end is seen. */
static size_t likely_rest(const Native *self)
{
    uint64_t size;
    zst_error err;
    /* Known of one frame, when all of it is there and nothing was read. */
    if (self->functions == &DECOMPRESSION && self->method == NULL && functions(self)->tell(self->handle) == 0 &&
        zst_decompress_bound(self->block.buf, (size_t)self->block.len, ZST_FORMAT_ZSTD1, &size, &err) >= 0 &&
        size < PY_SSIZE_T_MAX / 2)
        return (size_t)size + 1;
    return FIRST;
}

/* Everything, into a bytes object that grows where it is. */
static PyObject *read_all(Native *self)
{
    size_t capacity = likely_rest(self), length = 0;
    PyObject *bytes = can_resize() ? new_bytes(capacity) : NULL;
    if (bytes == NULL) {
        PyErr_Clear();
        return read_copied(self, -1, false);
    }
    for (;;) {
        size_t more;
        zst_error err;
        self->blocked = false;
        if (read_into(self, PyBytes_AsString(bytes) + length, capacity - length, false, &more, &err) < 0)
            return after(self, &err, bytes, length);
        length += more;
        if (more == 0 || self->blocked)
            return shortened(bytes, length);
        if (length == capacity) {
            capacity += capacity;
            if (!lengthen(&bytes, capacity)) {
                err = (zst_error){.status = ZST_ERROR_MEMORY, .message = "not enough memory to read all that is left"};
                return after(self, &err, bytes, length);
            }
        }
    }
}

/* -1 stands for the standard. */
static int size_argument(const Native *self, const Signature *signature, PyObject *const *args, Py_ssize_t count,
                         PyObject *names, Py_ssize_t *out)
{
    PyObject *given[1];
    *out = -1;
    if (arguments(signature, args, count, names, given) < 0 || !check_open(self))
        return -1;
    if (given[0] == NULL)
        return 0;
    long long size;
    int overflow;
    if (int64(given[0], "size", &size, &overflow) < 0)
        return -1;
    if (overflow < 0 || (overflow == 0 && size < -1)) {
        PyErr_SetString(PyExc_ValueError, "cannot read negative amounts less than -1");
        return -1;
    }
    *out = overflow > 0 || size > PY_SSIZE_T_MAX ? PY_SSIZE_T_MAX : (Py_ssize_t)size;
    return 0;
}

static const Signature READ = {"read", 0, 1, 1, {"size"}}, READ1 = {"read1", 0, 1, 1, {"size"}};

static PyObject *reader_read(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    Py_ssize_t size;
    if (size_argument(self, &READ, args, count, names, &size) < 0 || !begin(self))
        return NULL;
    PyObject *bytes = size < 0 ? read_all(self) : read_size(self, (size_t)size, false);
    self->running = false;
    return bytes;
}

static PyObject *reader_read1(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    Py_ssize_t size;
    if (size_argument(self, &READ1, args, count, names, &size) < 0 || !begin(self))
        return NULL;
    PyObject *bytes = read_size(self, size < 0 ? functions(self)->read1_size : (size_t)size, true);
    self->running = false;
    return bytes;
}

static PyObject *reader_readall(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    if (!check_open(self) || !begin(self))
        return NULL;
    PyObject *bytes = read_all(self);
    self->running = false;
    return bytes;
}

/* A TypeError says that a buffer is only for reading. */
static int writable(PyObject *buffer, Py_buffer *out)
{
    if (PyObject_GetBuffer(buffer, out, PyBUF_WRITABLE) == 0)
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    bool readonly = false;
    if (PyObject_GetBuffer(buffer, out, PyBUF_FULL_RO) == 0) {
        readonly = out->readonly;
        PyBuffer_Release(out);
    }
    PyErr_Restore(type, value, traceback);
    if (readonly)
        PyErr_SetString(PyExc_TypeError, "a read-write bytes-like object is required");
    return -1;
}

static PyObject *fill(Native *self, PyObject *buffer, bool once)
{
    Py_buffer place;
    if (writable(buffer, &place) < 0)
        return NULL;
    size_t length = 0;
    zst_error err;
    bool open = check_open(self) && begin(self);
    zst_status status = open ? read_into(self, place.buf, (size_t)place.len, once, &length, &err) : ZST_OK;
    PyBuffer_Release(&place);
    if (!open)
        return NULL;
    self->running = false;
    return status < 0 ? failed(&err, self) : PyLong_FromSize_t(length);
}

static const Signature READINTO = {"readinto", 1, 1, 1, {"buffer"}}, READINTO1 = {"readinto1", 1, 1, 1, {"buffer"}};

static PyObject *reader_readinto(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[1];
    return arguments(&READINTO, args, count, names, given) < 0 ? NULL : fill((Native *)self, given[0], false);
}

static PyObject *reader_readinto1(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *given[1];
    return arguments(&READINTO1, args, count, names, given) < 0 ? NULL : fill((Native *)self, given[0], true);
}

static PyObject *reader_tell(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    return PyLong_FromUnsignedLongLong(functions(self)->tell(self->handle) - self->offset);
}

static PyObject *reader_close(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    zst_error err;
    bool was_closed = functions(self)->closed(self->handle);
    if (functions(self)->close(self->handle, &err) < 0)
        return failed(&err, NULL);
    replace(&self->unused, NULL);
    if (self->closefd && !was_closed && call_if_there(self, "close", NULL) != 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *reader_enter(PyObject *object, PyObject *unused)
{
    (void)unused;
    Native *self = (Native *)object;
    if (self->entered) {
        PyErr_SetString(PyExc_ValueError, "cannot __enter__ multiple times");
        return NULL;
    }
    self->entered = true;
    Py_INCREF(object);
    return object;
}

static PyObject *reader_exit(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    (void)args, (void)count;
    ((Native *)object)->entered = false;
    PyObject *closed = PyObject_CallMethod(object, "close", NULL);
    if (closed == NULL)
        return NULL;
    Py_DECREF(closed);
    Py_RETURN_FALSE;
}

static PyObject *reader_closed(PyObject *self, void *closure)
{
    (void)closure;
    return PyBool_FromLong(functions((Native *)self)->closed(((Native *)self)->handle));
}

static const Signature SEEK = {"seek", 1, 2, 2, {"pos", "whence"}};

static PyObject *reader_seek(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    Native *self = (Native *)object;
    PyObject *given[2];
    long long pos, whence = SEEK_SET;
    int too_far, unknown = 0;
    uint64_t position;
    zst_error err;
    if (arguments(&SEEK, args, count, names, given) < 0 || !check_open(self) ||
        int64(given[0], "pos", &pos, &too_far) < 0)
        return NULL;
    if (too_far != 0 || pos > PY_SSIZE_T_MAX || pos < PY_SSIZE_T_MIN) {
        PyErr_SetString(PyExc_OverflowError, "pos is too large");
        return NULL;
    }
    if (given[1] != NULL && int64(given[1], "whence", &whence, &unknown) < 0)
        return NULL;
    if (unknown != 0 || whence < SEEK_SET || whence > SEEK_END)
        return reader_tell(object, NULL);
    if (!begin(self))
        return NULL;
    PyThreadState *state = leave_python(true);
    zst_status status = zst_decompression_reader_seek(self->handle, pos, (int32_t)whence, &position, &err);
    enter_python(state);
    self->running = false;
    return status < 0 ? failed(&err, self) : PyLong_FromUnsignedLongLong(position - self->offset);
}

/* clang-format off */
#define METHODS                                                                                                        \
    METHOD("read", reader_read, DOC_Reading_read),                                                                     \
    METHOD("read1", reader_read1, DOC_Reading_read1),                                                                  \
    {"readall", reader_readall, METH_NOARGS, DOC_Reading_readall},                                                     \
    METHOD("readinto", reader_readinto, DOC_Reading_readinto),                                                         \
    METHOD("readinto1", reader_readinto1, DOC_Reading_readinto1),                                                      \
    {"tell", reader_tell, METH_NOARGS, DOC_Reading_tell},                                                              \
    {"close", reader_close, METH_NOARGS, DOC_Reading_close},                                                           \
    {"__enter__", reader_enter, METH_NOARGS, NULL},                                                                    \
    {"__exit__", (PyCFunction)(void (*)(void))reader_exit, METH_FASTCALL, NULL}
/* clang-format on */

static PyMethodDef compression_methods[] = {METHODS, {NULL, NULL, 0, NULL}};
static PyMethodDef decompression_methods[] = {
    METHODS,
    METHOD("seek", reader_seek, DOC_DecompressionReading_seek),
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"closed", reader_closed, NULL, NULL, DOC_Reading_closed},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot compression_slots[] = {
    {Py_tp_getset, attributes},
    {Py_tp_methods, compression_methods},
    {0, NULL},
};
static PyType_Slot decompression_slots[] = {
    {Py_tp_getset, attributes},
    {Py_tp_methods, decompression_methods},
    {0, NULL},
};

PyType_Spec compression_reader_spec = MADE_TYPE("zstandard._zst.CompressionReader", compression_slots);
PyType_Spec decompression_reader_spec = MADE_TYPE("zstandard._zst.DecompressionReader", decompression_slots);
