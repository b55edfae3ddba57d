// zst from Go with cgo.
package main

/*
#cgo pkg-config: zst
#include <stdlib.h>
#include <zst.h>

int32_t goRead(uintptr_t streams, size_t size_hint, uint8_t **out_data, size_t *out_len);
int32_t goWrite(uintptr_t streams, uint8_t *data, size_t len, size_t *out_written);

// C may not keep pointers to Go memory: `streams` is the number of a cgo.Handle.
static inline int32_t read_go(void *streams, size_t size_hint, const uint8_t **out_data, size_t *out_len) {
	return goRead((uintptr_t)streams, size_hint, (uint8_t **)out_data, out_len);
}

static inline int32_t write_go(void *streams, const uint8_t *data, size_t len, size_t *out_written) {
	return goWrite((uintptr_t)streams, (uint8_t *)data, len, out_written);
}

static inline zst_status compress_stream(const zst_compressor *compressor, uintptr_t streams, zst_error *err) {
	zst_source source = {(void *)streams, read_go, NULL};
	zst_sink sink = {(void *)streams, write_go, NULL, NULL, NULL};
	return zst_compressor_copy_stream(compressor, &source, &sink, ZST_CONTENTSIZE_UNKNOWN,
		ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE, ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, NULL, NULL, NULL, err);
}

static inline zst_status decompress_stream(const zst_decompressor *decompressor, uintptr_t streams, zst_error *err) {
	zst_source source = {(void *)streams, read_go, NULL};
	zst_sink sink = {(void *)streams, write_go, NULL, NULL, NULL};
	return zst_decompressor_copy_stream(decompressor, &source, &sink, ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE,
		ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE, 0, NULL, NULL, NULL, err);
}
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/cgo"
	"unsafe"
)

const (
	allCores  = -1
	blockSize = C.ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE
)

// Error is a failure that the library has reported.
type Error struct {
	Status  string
	Message string
}

func (e *Error) Error() string { return e.Status + ": " + e.Message }

func check(status C.zst_status, err *C.zst_error) error {
	if status >= 0 {
		return nil
	}
	return &Error{C.GoString(C.zst_status_name(status)), C.GoString(&err.message[0])}
}

// Dictionary, Compressor and Decompressor are to be closed.
type Dictionary struct{ c *C.zst_compression_dict }

// Train makes a dictionary of size bytes at most from samples.
func Train(size int, samples [][]byte) (*Dictionary, error) {
	items := newItems(samples)
	defer items.free()
	var d Dictionary
	var err C.zst_error
	status := C.zst_train_dictionary(C.size_t(size), items.slices, items.count, nil, &d.c, &err)
	return &d, check(status, &err)
}

func (d *Dictionary) ID() uint32 { return uint32(C.zst_compression_dict_id(d.c)) }

func (d *Dictionary) Close() { C.zst_compression_dict_free(d.c); d.c = nil }

func (d *Dictionary) pointer() *C.zst_compression_dict {
	if d == nil {
		return nil
	}
	if d.c == nil {
		panic("the dictionary is closed")
	}
	return d.c
}

type Compressor struct{ c *C.zst_compressor }

// NewCompressor makes a compressor; dict may be nil.
func NewCompressor(level int, dict *Dictionary) (*Compressor, error) {
	var c Compressor
	var err C.zst_error
	status := C.zst_compressor_new(C.int32_t(level), dict.pointer(), &c.c, &err)
	return &c, check(status, &err)
}

func (c *Compressor) Close() { C.zst_compressor_free(c.c); c.c = nil }

func (c *Compressor) Compress(content []byte) ([]byte, error) {
	var out C.zst_bytes
	var err C.zst_error
	status := C.zst_compressor_compress(c.c, first(content), C.size_t(len(content)), &out, &err)
	return taken(&out), check(status, &err)
}

// Copy compresses what r gives into one frame for w.
func (c *Compressor) Copy(w io.Writer, r io.Reader) error {
	return copyStream(w, r, func(streams C.uintptr_t, err *C.zst_error) C.zst_status {
		return C.compress_stream(c.c, streams, err)
	})
}

// CompressAll makes a frame of each of contents, on all cores.
func (c *Compressor) CompressAll(contents [][]byte) ([][]byte, error) {
	items := newItems(contents)
	defer items.free()
	var out *C.zst_buffer_with_segments_collection
	var err C.zst_error
	status := C.zst_compressor_multi_compress_to_buffer(c.c, items.slices, items.count, allCores, &out, &err)
	return takenAll(out), check(status, &err)
}

type Decompressor struct{ c *C.zst_decompressor }

// NewDecompressor makes a decompressor; dict may be nil.
func NewDecompressor(dict *Dictionary) (*Decompressor, error) {
	var d Decompressor
	var err C.zst_error
	status := C.zst_decompressor_new(dict.pointer(), &d.c, &err)
	return &d, check(status, &err)
}

func (d *Decompressor) Close() { C.zst_decompressor_free(d.c); d.c = nil }

func (d *Decompressor) Decompress(frame []byte) ([]byte, error) {
	var out C.zst_bytes
	var err C.zst_error
	status := C.zst_decompressor_decompress(d.c, first(frame), C.size_t(len(frame)), 0, 0, &out, nil, &err)
	return taken(&out), check(status, &err)
}

// Copy decompresses all frames that r gives, for w.
func (d *Decompressor) Copy(w io.Writer, r io.Reader) error {
	return copyStream(w, r, func(streams C.uintptr_t, err *C.zst_error) C.zst_status {
		return C.decompress_stream(d.c, streams, err)
	})
}

// DecompressAll restores the content of each of frames, on all cores.
func (d *Decompressor) DecompressAll(frames [][]byte) ([][]byte, error) {
	items := newItems(frames)
	defer items.free()
	var out *C.zst_buffer_with_segments_collection
	var err C.zst_error
	status := C.zst_decompressor_multi_decompress_to_buffer(
		d.c, items.slices, items.count, nil, 0, allCores, &out, &err)
	return takenAll(out), check(status, &err)
}

// first points to what content has, for the time of a call.
func first(content []byte) unsafe.Pointer {
	if len(content) == 0 {
		return nil
	}
	return unsafe.Pointer(&content[0])
}

func copied(data *C.uint8_t, length C.size_t) []byte {
	return append([]byte{}, unsafe.Slice((*byte)(data), int(length))...)
}

// taken copies a result and frees it; zeros, which a call leaves that fails, may be freed, too.
func taken(out *C.zst_bytes) []byte {
	defer C.zst_bytes_free(out)
	return copied(out.data, out.len)
}

func takenAll(out *C.zst_buffer_with_segments_collection) [][]byte {
	defer C.zst_buffer_with_segments_collection_free(out)
	all := make([][]byte, C.zst_buffer_with_segments_collection_count(out))
	for i := range all {
		var segment C.zst_buffer_segment
		C.zst_buffer_with_segments_collection_segment(out, C.size_t(i), &segment, nil)
		all[i] = copied(segment.data, segment.len)
	}
	return all
}

// items are copies in C memory: C must not be given pointers to Go memory that has pointers to Go memory.
type items struct {
	content unsafe.Pointer
	slices  *C.zst_slice
	count   C.size_t
}

func newItems(contents [][]byte) items {
	content := C.CBytes(bytes.Join(contents, nil))
	slices := (*C.zst_slice)(C.calloc(C.size_t(len(contents)), C.sizeof_zst_slice))
	at := content
	for i, slice := range contents {
		unsafe.Slice(slices, len(contents))[i] = C.zst_slice{data: at, len: C.size_t(len(slice))}
		at = unsafe.Add(at, len(slice))
	}
	return items{content, slices, C.size_t(len(contents))}
}

func (i items) free() {
	C.free(i.content)
	C.free(unsafe.Pointer(i.slices))
}

// streams are what the callbacks of one call to copyStream work with.
type streams struct {
	r     io.Reader
	w     io.Writer
	block unsafe.Pointer // C memory, because the library may keep what it is lent until the next read
	err   error
	panic any
}

func copyStream(w io.Writer, r io.Reader, run func(C.uintptr_t, *C.zst_error) C.zst_status) error {
	s := streams{r: r, w: w, block: C.malloc(blockSize)}
	defer C.free(s.block)
	handle := cgo.NewHandle(&s)
	defer handle.Delete()
	var err C.zst_error
	status := run(C.uintptr_t(handle), &err)
	if s.panic != nil {
		panic(s.panic)
	}
	if s.err != nil {
		return s.err
	}
	return check(status, &err)
}

// callback does the work of one. Neither an error nor a panic may pass through C: they wait in streams.
func callback(handle C.uintptr_t, work func(s *streams) error) (code C.int32_t) {
	s := cgo.Handle(handle).Value().(*streams)
	defer func() {
		if s.panic = recover(); s.panic != nil || s.err != nil {
			code = 1
		}
	}()
	s.err = work(s)
	return 0
}

//export goRead
func goRead(handle C.uintptr_t, sizeHint C.size_t, outData **C.uint8_t, outLen *C.size_t) C.int32_t {
	return callback(handle, func(s *streams) error {
		n, err := io.ReadAtLeast(s.r, unsafe.Slice((*byte)(s.block), blockSize), 1)
		if err != nil && err != io.EOF {
			return err
		}
		*outData, *outLen = (*C.uint8_t)(s.block), C.size_t(n)
		return nil
	})
}

//export goWrite
func goWrite(handle C.uintptr_t, data *C.uint8_t, length C.size_t, outWritten *C.size_t) C.int32_t {
	return callback(handle, func(s *streams) error {
		// A Writer must not keep what it is given.
		n, err := s.w.Write(unsafe.Slice((*byte)(data), int(length)))
		*outWritten = C.size_t(n)
		return err
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the source is broken") }

func total(items [][]byte) (sum int) {
	for _, item := range items {
		sum += len(item)
	}
	return sum
}

func try(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func equal(a, b []byte) {
	if !bytes.Equal(a, b) {
		log.Fatal("what came back differs")
	}
}

func withoutDictionary(text []byte) {
	packer, err := NewCompressor(3, nil)
	try(err)
	defer packer.Close()
	unpacker, err := NewDecompressor(nil)
	try(err)
	defer unpacker.Close()

	frame, err := packer.Compress(text)
	try(err)
	back, err := unpacker.Decompress(frame)
	try(err)
	equal(back, text)
	fmt.Printf("one-shot: %d bytes, %d compressed\n", len(text), len(frame))

	var packed, unpacked bytes.Buffer
	try(packer.Copy(&packed, bytes.NewReader(text)))
	try(unpacker.Copy(&unpacked, bytes.NewReader(packed.Bytes())))
	equal(unpacked.Bytes(), text)
	fmt.Printf("stream: %d bytes, %d compressed\n", len(text), packed.Len())
	fmt.Println("callback:", packer.Copy(io.Discard, broken{}))

	_, err = unpacker.Decompress(frame[:len(frame)/2])
	fmt.Println("error:", err)
}

func withDictionary(records [][]byte) {
	dict, err := Train(4096, records)
	try(err)
	defer dict.Close()
	packer, err := NewCompressor(3, dict)
	try(err)
	defer packer.Close()
	unpacker, err := NewDecompressor(dict)
	try(err)
	defer unpacker.Close()

	small, err := packer.Compress(records[0])
	try(err)
	back, err := unpacker.Decompress(small)
	try(err)
	equal(back, records[0])
	fmt.Printf("dictionary %d: %d bytes, %d compressed\n", dict.ID(), len(records[0]), len(small))

	frames, err := packer.CompressAll(records)
	try(err)
	all, err := unpacker.DecompressAll(frames)
	try(err)
	for i, record := range records {
		equal(all[i], record)
	}
	fmt.Printf("batch: %d records, %d bytes, %d compressed\n", len(frames), total(records), total(frames))
}

func main() {
	var text []byte
	for n := 0; n < 4000; n++ {
		text = append(text, fmt.Sprintf("line %d of a text that repeats itself\n", n)...)
	}
	var records [][]byte
	for n := 0; n < 2000; n++ {
		record := fmt.Sprintf("{\"id\": %d, \"name\": \"user %d\", \"active\": true}\n", n, n*7919%10007)
		records = append(records, []byte(record))
	}
	withoutDictionary(text)
	withDictionary(records)
}
