/* ZstdCompressionParameters. */

#include "docs.h"
#include "fast.h"

/* Python's names in the order of the arguments, the library's numbers, and which are flags. */
#define EACH(PARAMETER)                                                                                                \
    PARAMETER("format", ZST_C_FORMAT, false)                                                                           \
    PARAMETER("compression_level", ZST_C_COMPRESSION_LEVEL, false)                                                     \
    PARAMETER("window_log", ZST_C_WINDOW_LOG, false)                                                                   \
    PARAMETER("hash_log", ZST_C_HASH_LOG, false)                                                                       \
    PARAMETER("chain_log", ZST_C_CHAIN_LOG, false)                                                                     \
    PARAMETER("search_log", ZST_C_SEARCH_LOG, false)                                                                   \
    PARAMETER("min_match", ZST_C_MIN_MATCH, false)                                                                     \
    PARAMETER("target_length", ZST_C_TARGET_LENGTH, false)                                                             \
    PARAMETER("compression_strategy", ZST_C_STRATEGY, false)                                                           \
    PARAMETER("strategy", ZST_C_STRATEGY, false)                                                                       \
    PARAMETER("write_content_size", ZST_C_WRITE_CONTENT_SIZE, true)                                                    \
    PARAMETER("write_checksum", ZST_C_WRITE_CHECKSUM, true)                                                            \
    PARAMETER("write_dict_id", ZST_C_WRITE_DICT_ID, true)                                                              \
    PARAMETER("job_size", ZST_C_JOB_SIZE, false)                                                                       \
    PARAMETER("overlap_log", ZST_C_OVERLAP_LOG, false)                                                                 \
    PARAMETER("overlap_size_log", ZST_C_OVERLAP_LOG, false)                                                            \
    PARAMETER("force_max_window", ZST_C_FORCE_MAX_WINDOW, true)                                                        \
    PARAMETER("enable_ldm", ZST_C_ENABLE_LDM, true)                                                                    \
    PARAMETER("ldm_hash_log", ZST_C_LDM_HASH_LOG, false)                                                               \
    PARAMETER("ldm_min_match", ZST_C_LDM_MIN_MATCH, false)                                                             \
    PARAMETER("ldm_bucket_size_log", ZST_C_LDM_BUCKET_SIZE_LOG, false)                                                 \
    PARAMETER("ldm_hash_rate_log", ZST_C_LDM_HASH_RATE_LOG, false)                                                     \
    PARAMETER("ldm_hash_every_log", ZST_C_LDM_HASH_RATE_LOG, false)                                                    \
    PARAMETER("threads", ZST_C_THREADS, false)

#define LINE(name, number, flag) {name, number, flag},
static const struct {
    const char *name;
    int32_t number;
    bool flag;
} PARAMETERS[] = {EACH(LINE)};

enum { COUNT = sizeof PARAMETERS / sizeof *PARAMETERS };

typedef struct {
    Native native;
    /* 0 as long as nobody has asked. */
    size_t estimate;
} Parameters;

typedef struct {
    bool given;
    int32_t value;
} Value;

/* Arguments of a function by their places; NULL where there is none. */
static int collect(const char *function, PyObject *args, PyObject *kwargs, PyObject **out)
{
    Py_ssize_t count = args == NULL ? 0 : PyTuple_Size(args), position = 0;
    PyObject *name, *value;
    if (count > COUNT) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most %d arguments (%zd given)", function, COUNT, count);
        return -1;
    }
    for (int place = 0; place < COUNT; place++)
        out[place] = place < count ? PyTuple_GetItem(args, place) : NULL;
    while (kwargs != NULL && PyDict_Next(kwargs, &position, &name, &value)) {
        int place = 0;
        if (!PyUnicode_Check(name)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return -1;
        }
        while (place < COUNT && PyUnicode_CompareWithASCIIString(name, PARAMETERS[place].name) != 0)
            place++;
        if (place == COUNT || out[place] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got %s argument '%U'", function,
                         place == COUNT ? "an unexpected keyword" : "multiple values for", name);
            return -1;
        }
        out[place] = value;
    }
    return 0;
}

/* What was given; of each pair of aliases one. */
static int given_values(const char *function, PyObject *args, PyObject *kwargs, Value *out)
{
    PyObject *given[COUNT];
    if (collect(function, args, kwargs, given) < 0)
        return -1;
    for (int place = 0; place < COUNT; place++) {
        out[place].given = given[place] != NULL && given[place] != Py_None;
        if (!out[place].given)
            continue;
        if (!PARAMETERS[place].flag) {
            if (int32(given[place], PARAMETERS[place].name, &out[place].value) < 0)
                return -1;
        } else if ((out[place].value = PyObject_IsTrue(given[place])) < 0) {
            return -1;
        }
    }
    /* Aliases are neighbours. */
    for (int place = 1; place < COUNT; place++) {
        Value *first = &out[place - 1], *second = &out[place];
        if (PARAMETERS[place - 1].number != PARAMETERS[place].number)
            continue;
        first->given = first->given && first->value >= 0;
        second->given = second->given && second->value >= 0;
        if (first->given && second->given) {
            PyErr_Format(PyExc_ValueError, "cannot specify both %s and %s", PARAMETERS[place - 1].name,
                         PARAMETERS[place].name);
            return -1;
        }
    }
    return 0;
}

static zst_status set_all(const zst_compression_parameters *handle, const Value *values, zst_error *err)
{
    zst_status status = zst_compression_parameters_set(handle, ZST_C_WRITE_DICT_ID, 0, err);
    for (int place = 0; status >= 0 && place < COUNT; place++)
        if (values[place].given)
            status = zst_compression_parameters_set(handle, PARAMETERS[place].number, values[place].value, err);
    return status;
}

static int parameters_own(PyObject *self, const Value *values)
{
    zst_compression_parameters *handle = NULL;
    zst_error err;
    if (zst_compression_parameters_new(&handle, &err) < 0 || set_all(handle, values, &err) < 0) {
        zst_compression_parameters_free(handle);
        failed(&err, NULL);
        return -1;
    }
    ((Parameters *)self)->estimate = 0;
    return own((Native *)self, handle, (void (*)(void *))zst_compression_parameters_free);
}

static int parameters_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Value values[COUNT];
    return given_values("ZstdCompressionParameters", args, kwargs, values) < 0 ? -1 : parameters_own(self, values);
}

/* Gives a value from a table to what has none. */
static zst_status complete(const zst_compression_parameters *table, Value *values, zst_error *err)
{
    zst_status status = ZST_OK;
    for (int place = 0; status >= 0 && place < COUNT; place++) {
        int32_t number = PARAMETERS[place].number;
        bool alias = place + 1 < COUNT && PARAMETERS[place + 1].number == number;
        bool in_table = number >= ZST_C_WINDOW_LOG && number <= ZST_C_STRATEGY && !alias;
        bool has = values[place].given || (number == ZST_C_STRATEGY && values[place - 1].given);
        if (!in_table || has)
            continue;
        values[place].given = true;
        status = zst_compression_parameters_get(table, number, &values[place].value, err);
    }
    return status;
}

/* _from_level(level, source_size, dict_size, kwargs) */
static PyObject *from_level(PyObject *unused, PyObject *args)
{
    (void)unused;
    PyObject *given_level, *given_source, *given_dict, *kwargs;
    int32_t level;
    uint64_t source, dict;
    Value values[COUNT];
    if (!PyArg_ParseTuple(args, "OOOO!", &given_level, &given_source, &given_dict, &PyDict_Type, &kwargs) ||
        int32(given_level, "level", &level) < 0 ||
        content_size(given_source == Py_None ? NULL : given_source, "source_size", &source) < 0 ||
        content_size(given_dict == Py_None ? NULL : given_dict, "dict_size", &dict) < 0 ||
        given_values("from_level", NULL, kwargs, values) < 0)
        return NULL;
    zst_compression_parameters *table = NULL;
    zst_error err;
    source = source == 0 ? ZST_CONTENTSIZE_UNKNOWN : source;
    dict = dict == ZST_CONTENTSIZE_UNKNOWN ? 0 : dict;
    zst_status status = zst_compression_parameters_from_level(level, source, (size_t)dict, &table, &err);
    if (status >= 0)
        status = complete(table, values, &err);
    zst_compression_parameters_free(table);
    if (status < 0)
        return failed(&err, NULL);
    PyObject *parameters = native_new(package.compression_parameters, NULL, NULL, NULL);
    if (parameters != NULL && parameters_own(parameters, values) < 0) {
        Py_DECREF(parameters);
        return NULL;
    }
    return parameters;
}

static PyObject *get_value(PyObject *self, void *closure)
{
    int32_t value;
    zst_error err;
    if (native_handle((Native *)self) == NULL)
        return NULL;
    zst_status status =
        zst_compression_parameters_get(((Native *)self)->handle, (int32_t)(intptr_t)closure, &value, &err);
    return status < 0 ? failed(&err, NULL) : PyLong_FromLong(value);
}

static PyObject *estimated_size(PyObject *object, PyObject *unused)
{
    (void)unused;
    Parameters *self = (Parameters *)object;
    zst_error err;
    if (native_handle(&self->native) == NULL)
        return NULL;
    if (self->estimate == 0 && zst_compression_parameters_estimated_compression_context_size(
                                   self->native.handle, &self->estimate, &err) < 0)
        return failed(&err, NULL);
    return PyLong_FromSize_t(self->estimate);
}

#define ATTRIBUTE(name, number, flag) {name, get_value, NULL, NULL, (void *)(intptr_t)(number)},
static PyGetSetDef attributes[] = {EACH(ATTRIBUTE){NULL, NULL, NULL, NULL, NULL}};

static PyMethodDef methods[] = {
    {"estimated_compression_context_size", estimated_size, METH_NOARGS,
     DOC_Parameters_estimated_compression_context_size},
    {"_from_level", from_level, METH_VARARGS | METH_STATIC, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, parameters_init},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

PyType_Spec parameters_spec = {"zstandard._zst.Parameters", sizeof(Parameters), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
