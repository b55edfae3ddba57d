/* Objects that own a handle: life, and what all of them have. */

#include <stddef.h>

#include "fast.h"

PyObject *native_new(PyObject *type, void *handle, void (*free)(void *), const void *functions)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    Native *self = (Native *)allocate((PyTypeObject *)type, 0);
    if (self == NULL) {
        if (handle != NULL)
            free(handle);
        return NULL;
    }
    self->handle = handle;
    self->free = free;
    self->functions = functions;
    return (PyObject *)self;
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
    Native *self = (Native *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->owner);
    Py_VISIT(self->end);
    Py_VISIT(self->method);
    Py_VISIT(self->exception);
    Py_VISIT(self->flushed);
    /* CPython before 3.13 crashes when it clears a memoryview that is lent, which it does not when one is not visited. */
    if (self->block.obj != NULL && !PyMemoryView_Check(self->block.obj))
        Py_VISIT(self->block.obj);
    Py_VISIT(self->unused);
    return 0;
}

/* Callbacks may come until the handle is gone, so that it goes first. */
static int clear(PyObject *object)
{
    Native *self = (Native *)object;
    void *handle = self->handle;
    self->handle = NULL;
    if (handle != NULL && self->owner == NULL)
        self->free(handle);
    replace(&self->owner, NULL);
    PyBuffer_Release(&self->block);
    replace(&self->end, NULL);
    replace(&self->method, NULL);
    replace(&self->exception, NULL);
    replace(&self->flushed, NULL);
    replace(&self->unused, NULL);
    return 0;
}

static void dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

void *native_handle(Native *self)
{
    if (self->handle == NULL) {
        PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE((PyObject *)self), "__name__");
        if (name != NULL)
            PyErr_Format(PyExc_RuntimeError, "__init__ of %U has not been called", name);
        Py_XDECREF(name);
    }
    return self->handle;
}

static void free_owned(PyObject *capsule)
{
    ((void (*)(void *))PyCapsule_GetContext(capsule))(PyCapsule_GetPointer(capsule, NULL));
}

PyObject *new_owner(void *handle, void (*free)(void *))
{
    PyObject *owner = PyCapsule_New(handle, NULL, free_owned);
    if (owner == NULL)
        free(handle);
    else
        PyCapsule_SetContext(owner, (void *)free);
    return owner;
}

int own(Native *self, void *handle, void (*free)(void *))
{
    PyObject *owner = new_owner(handle, free);
    if (owner == NULL)
        return -1;
    self->handle = handle;
    replace(&self->owner, owner);
    return 0;
}

/* For functions that are called through cffi. */
static PyObject *get_handle(PyObject *object, void *closure)
{
    (void)closure;
    Native *self = (Native *)object;
    if (native_handle(self) == NULL)
        return NULL;
    return PyObject_CallFunction(package.cdata, "OKO", object, (unsigned long long)(uintptr_t)self->handle,
                                 self->owner == NULL ? object : self->owner);
}

/* The object at the other end of a stream. */
static PyObject *get_inner(PyObject *self, void *closure)
{
    (void)closure;
    PyObject *end = ((Native *)self)->end;
    if (end == NULL)
        end = Py_None;
    Py_INCREF(end);
    return end;
}

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

static PyMethodDef methods[] = {
    {"_adopt", adopt, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"_handle", get_handle, NULL, NULL, NULL},
    {"_inner", get_inner, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear},
    {Py_tp_methods, methods}, {Py_tp_getset, attributes}, {0, NULL},
};

PyType_Spec native_spec = {"zstandard._zst.Native", sizeof(Native), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
