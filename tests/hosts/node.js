// zst from Node with koffi.

const assert = require("node:assert/strict");
const koffi = require("koffi");

const zst = koffi.load("libzst.so.1");

const UNKNOWN_SIZE = 2n ** 64n - 1n;
const PIECE = 131072;
const ALL_CORES = -1;

koffi.opaque("zst_compressor");
koffi.opaque("zst_decompressor");
koffi.opaque("zst_compression_dict");
koffi.opaque("zst_buffer_with_segments_collection");
koffi.proto("int32_t zst_read(void *userdata, size_t size_hint, void *out_data, void *out_len)");
koffi.proto("int32_t zst_write(void *userdata, void *data, size_t len, void *out_written)");
koffi.struct("zst_source", { userdata: "void *", read: "zst_read *", drop: "void *" });
koffi.struct("zst_sink", {
  userdata: "void *",
  write: "zst_write *",
  flush: "void *",
  close: "void *",
  drop: "void *",
});
koffi.struct("zst_bytes", { data: "void *", len: "size_t", capacity: "size_t" });
koffi.struct("zst_slice", { data: "void *", len: "size_t" });
koffi.struct("zst_buffer_segment", { data: "void *", len: "size_t", offset: "uint64_t" });
koffi.struct("zst_error", {
  status: "int32_t",
  zstd_code: "int32_t",
  callback_code: "int32_t",
  reserved: "int32_t",
  item_index: "uint64_t",
  expected: "uint64_t",
  actual: "uint64_t",
  src_position: "uint64_t",
  message: koffi.array("char", 464),
});

class ZstError extends Error {
  constructor(err) {
    super(err.message);
    this.status = statusName(err.status);
  }
}

// A function whose last parameter is a zst_error, which becomes an exception.
function checked(name, parameters) {
  const call = zst.func(`int32_t ${name}(${parameters}, _Out_ zst_error *err)`);
  return (...args) => {
    const err = {};
    if (call(...args, err) < 0) throw new ZstError(err);
  };
}

const statusName = zst.func("const char *zst_status_name(int32_t status)");
const bytesFree = zst.func("void zst_bytes_free(zst_bytes *bytes)");

const compressorNew = checked(
  "zst_compressor_new", "int32_t level, zst_compression_dict *dict, _Out_ zst_compressor **out");
const compressorFree = zst.func("void zst_compressor_free(zst_compressor *compressor)");
const compressorCompress = checked(
  "zst_compressor_compress", "zst_compressor *compressor, void *src, size_t src_len, _Out_ zst_bytes *out");
const compressorCopyStream = checked(
  "zst_compressor_copy_stream",
  `zst_compressor *compressor, zst_source *source, zst_sink *sink, uint64_t size, size_t read_size, size_t write_size,
   void *progress, void *out_bytes_read, void *out_bytes_written`);
const compressorBatch = checked(
  "zst_compressor_multi_compress_to_buffer",
  `zst_compressor *compressor, zst_slice *items, size_t count, int32_t threads,
   _Out_ zst_buffer_with_segments_collection **out`);

const decompressorNew = checked("zst_decompressor_new", "zst_compression_dict *dict, _Out_ zst_decompressor **out");
const decompressorFree = zst.func("void zst_decompressor_free(zst_decompressor *decompressor)");
const decompressorDecompress = checked(
  "zst_decompressor_decompress",
  `zst_decompressor *decompressor, void *src, size_t src_len, uint64_t max_output_size, int32_t flags,
   _Out_ zst_bytes *out, void *out_src_used`);
const decompressorCopyStream = checked(
  "zst_decompressor_copy_stream",
  `zst_decompressor *decompressor, zst_source *source, zst_sink *sink, size_t read_size, size_t write_size,
   int32_t flags, void *progress, void *out_bytes_read, void *out_bytes_written`);
const decompressorBatch = checked(
  "zst_decompressor_multi_decompress_to_buffer",
  `zst_decompressor *decompressor, zst_slice *items, size_t count, void *decompressed_sizes, size_t sizes_size,
   int32_t threads, _Out_ zst_buffer_with_segments_collection **out`);

const trainDictionary = checked(
  "zst_train_dictionary",
  "size_t dict_size, zst_slice *samples, size_t count, void *parameters, _Out_ zst_compression_dict **out");
const dictId = zst.func("uint32_t zst_compression_dict_id(zst_compression_dict *dict)");
const dictFree = zst.func("void zst_compression_dict_free(zst_compression_dict *dict)");
const collectionCount = zst.func(
  "size_t zst_buffer_with_segments_collection_count(zst_buffer_with_segments_collection *collection)");
const collectionSegment = checked(
  "zst_buffer_with_segments_collection_segment",
  "zst_buffer_with_segments_collection *collection, size_t index, _Out_ zst_buffer_segment *out");
const collectionFree = zst.func(
  "void zst_buffer_with_segments_collection_free(zst_buffer_with_segments_collection *collection)");

// Gives `use` what a constructor makes, and frees it afterwards.
function using(free, constructor, args, use) {
  const out = [null];
  constructor(...args, out);
  try {
    return use(out[0]);
  } finally {
    free(out[0]);
  }
}

function withPair(dictionary, use) {
  return using(compressorFree, compressorNew, [3, dictionary], (packer) =>
    using(decompressorFree, decompressorNew, [dictionary], (unpacker) => use(packer, unpacker)));
}

function copyOf(data, len) {
  return Buffer.from(koffi.decode(data, "uint8_t", Number(len)));
}

// What a function puts into a zst_bytes.
function result(fill) {
  const out = {};
  fill(out);
  try {
    return copyOf(out.data, out.len);
  } finally {
    bytesFree(out);
  }
}

function compress(compressor, content) {
  return result((out) => compressorCompress(compressor, content, content.length, out));
}

function decompress(decompressor, frame) {
  return result((out) => decompressorDecompress(decompressor, frame, frame.length, 0, 0, out, null));
}

function* notEmpty(pieces) {
  for (const piece of pieces) if (piece.length > 0) yield piece;
}

// Reads buffers from an iterable, and writes with a function. What they throw waits until the C function has come back.
function copyStream(copy, handle, pieces, write, ...settings) {
  const input = notEmpty(pieces); // an empty one would be the end
  let block = null;
  let failure = null;
  const guarded = (work) => (...args) => {
    try {
      work(...args);
      return 0;
    } catch (error) {
      failure = error;
      return 1;
    }
  };
  const source = {
    read: guarded((userdata, sizeHint, outData, outLen) => {
      const { value = Buffer.alloc(0) } = input.next();
      koffi.free(block);
      block = null;
      block = koffi.alloc("uint8_t", value.length + 1); // lent, so it stays until the next one
      koffi.encode(block, "uint8_t", value, value.length);
      koffi.encode(outData, "void *", block);
      koffi.encode(outLen, "size_t", value.length);
    }),
  };
  const sink = {
    write: guarded((userdata, data, len, outWritten) => {
      write(copyOf(data, len));
      koffi.encode(outWritten, "size_t", len);
    }),
  };
  try {
    copy(handle, source, sink, ...settings, null, null, null);
  } catch (error) {
    throw failure ?? error;
  } finally {
    koffi.free(block);
  }
}

function batch(call, handle, items, ...settings) {
  const slices = items.map((item) => ({ data: item, len: item.length }));
  return using(collectionFree, call, [handle, slices, slices.length, ...settings], (collection) => {
    const segment = {};
    return Array.from({ length: collectionCount(collection) }, (_, index) => {
      collectionSegment(collection, index, segment);
      return copyOf(segment.data, segment.len);
    });
  });
}

function total(items) {
  return items.reduce((sum, item) => sum + item.length, 0);
}

function withoutDictionary(text) {
  withPair(null, (packer, unpacker) => {
    const frame = compress(packer, text);
    assert.deepEqual(decompress(unpacker, frame), text);
    console.log(`one-shot: ${text.length} bytes, ${frame.length} compressed`);

    const packed = [];
    const unpacked = [];
    const inPieces = [text.subarray(0, 100000), Buffer.alloc(0), text.subarray(100000)];
    copyStream(compressorCopyStream, packer, inPieces, (piece) => packed.push(piece), UNKNOWN_SIZE, PIECE, PIECE);
    copyStream(decompressorCopyStream, unpacker, packed, (piece) => unpacked.push(piece), PIECE, PIECE, 0);
    assert.deepEqual(Buffer.concat(unpacked), text);
    console.log(`stream: ${text.length} bytes, ${total(packed)} compressed`);
    const broken = (function* () {
      throw new Error("the source is broken");
    })();
    try {
      copyStream(compressorCopyStream, packer, broken, () => {}, UNKNOWN_SIZE, PIECE, PIECE);
    } catch (error) {
      console.log(`callback: ${error.message}`);
    }
    try {
      decompress(unpacker, frame.subarray(0, frame.length / 2));
    } catch (error) {
      console.log(`error: ${error.status}: ${error.message}`);
    }
  });
}

function withDictionary(records) {
  const samples = records.map((record) => ({ data: record, len: record.length }));
  using(dictFree, trainDictionary, [4096, samples, samples.length, null], (dictionary) =>
    withPair(dictionary, (packer, unpacker) => {
      const small = compress(packer, records[0]);
      assert.deepEqual(decompress(unpacker, small), records[0]);
      console.log(`dictionary ${dictId(dictionary)}: ${records[0].length} bytes, ${small.length} compressed`);

      const frames = batch(compressorBatch, packer, records, ALL_CORES);
      assert.deepEqual(batch(decompressorBatch, unpacker, frames, null, 0, ALL_CORES), records);
      console.log(`batch: ${frames.length} records, ${total(records)} bytes, ${total(frames)} compressed`);
    }));
}

const numbers = (count) => Array.from({ length: count }, (_, n) => n);
withoutDictionary(Buffer.from(numbers(4000).map((n) => `line ${n} of a text that repeats itself\n`).join("")));
withDictionary(numbers(2000).map((n) =>
  Buffer.from(`{"id": ${n}, "name": "user ${(n * 7919) % 10007}", "active": true}\n`)));
