/* How the types and functions here come into the module that cffi makes. */

#include "docs.h"
#include "fast.h"

struct Package package;

/* Names of what the package must give to use(). */
static const struct {
    const char *name;
    PyObject **place;
} NEEDED[] = {
    {"ZstdCompressionObj", &package.compression_obj},
    {"ZstdDecompressionObj", &package.decompression_obj},
    {"ZstdCompressionReader", &package.compression_reader},
    {"ZstdDecompressionReader", &package.decompression_reader},
    {"ZstdCompressionWriter", &package.compression_writer},
    {"ZstdDecompressionWriter", &package.decompression_writer},
    {"ZstdCompressorIterator", &package.compressor_iterator},
    {"ZstdDecompressorIterator", &package.decompressor_iterator},
    {"ZstdCompressionChunker", &package.chunker},
    {"ZstdCompressionChunkerIterator", &package.chunker_iterator},
    {"BufferWithSegmentsCollection", &package.collection},
    {"BufferWithSegments", &package.buffer},
    {"BufferSegments", &package.segments},
    {"BufferSegment", &package.segment},
    {"FrameParameters", &package.frame_parameters},
    {"ZstdCompressionParameters", &package.compression_parameters},
    {"exception_for", &package.exception_for},
    {"new_compressor", &package.new_compressor},
    {"new_decompressor", &package.new_decompressor},
    {"cdata", &package.cdata},
    {"RawIOBase", &package.raw_io},
    {"BytesIO", &package.bytes_io},
};

/* use(**names): what is needed of the package. */
static PyObject *use(PyObject *module, PyObject *args, PyObject *names)
{
    (void)module, (void)args;
    for (size_t number = 0; number < sizeof NEEDED / sizeof *NEEDED; number++) {
        PyObject *value = names == NULL ? NULL : PyDict_GetItemString(names, NEEDED[number].name);
        if (value == NULL)
            return PyErr_Format(PyExc_TypeError, "%s is missing", NEEDED[number].name);
        Py_INCREF(value);
        replace(NEEDED[number].place, value);
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"use", (PyCFunction)(void (*)(void))use, METH_VARARGS | METH_KEYWORDS, NULL},
    METHOD("frame_content_size", frame_content_size, DOC_frame_content_size),
    METHOD("frame_header_size", frame_header_size, DOC_frame_header_size),
    METHOD("get_frame_parameters", get_frame_parameters, DOC_get_frame_parameters),
    {"estimate_decompression_context_size", estimate_decompression_context_size, METH_NOARGS,
     DOC_estimate_decompression_context_size},
    {NULL, NULL, 0, NULL},
};

/* Adds a type under the last part of its name. */
static PyObject *add(PyObject *module, PyType_Spec *spec, PyObject *base)
{
    PyObject *type = PyType_FromSpecWithBases(spec, base);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0) {
        Py_XDECREF(type);
        return NULL;
    }
    return type;
}

static bool fill(PyObject *module)
{
    static PyType_Spec *const of_native[] = {
        &compressor_spec,          &decompressor_spec,          &compression_obj_spec,    &decompression_obj_spec,
        &compression_reader_spec,  &decompression_reader_spec,  &compression_writer_spec, &decompression_writer_spec,
        &compressor_iterator_spec, &decompressor_iterator_spec, &chunker_spec,            &chunker_iterator_spec,
        &collection_spec,          &parameters_spec,            &dict_spec,
    };
    if (PyModule_AddFunctions(module, functions) < 0)
        return false;
    PyObject *native = add(module, &native_spec, NULL), *memory = NULL;
    bool right = native != NULL && add(module, &frame_parameters_spec, NULL) != NULL &&
                 (memory = add(module, &memory_spec, native)) != NULL && add(module, &buffer_spec, memory) != NULL &&
                 add(module, &segments_spec, memory) != NULL && add(module, &segment_spec, memory) != NULL;
    package.native = native;
    for (size_t number = 0; right && number < sizeof of_native / sizeof *of_native; number++)
        right = add(module, of_native[number], native) != NULL;
    return right;
}

/* Called through cffi, without the GIL: adds everything here to the module at this address, which is its id(). Only the
 * first interpreter of a process gets it, because `package` is one for all. Returns 1, or 0 when nothing was added. */
int zst_py_add(uintptr_t module)
{
    static int64_t owner = -1;
    PyGILState_STATE state = PyGILState_Ensure();
    int64_t interpreter = PyInterpreterState_GetID(PyInterpreterState_Get());
    bool added = owner == -1 && fill((PyObject *)module);
    if (added)
        owner = interpreter;
    PyErr_Clear();
    PyGILState_Release(state);
    return added;
}
