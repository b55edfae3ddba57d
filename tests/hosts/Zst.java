// zst from Java with JNA.

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

public class Zst {
    static final long UNKNOWN_SIZE = -1;
    static final long PIECE = 131072;
    static final int ALL_CORES = -1;
    static final Functions ZST = Native.load("libzst.so.1", Functions.class);

    /** The functions of zst.h. size_t is a Java long here, which is right where pointers have 64 bits. */
    public interface Functions extends Library {
        String zst_status_name(int status);

        void zst_bytes_free(Bytes bytes);

        int zst_compressor_new(int level, Pointer dict, PointerByReference out, ErrorDetails err);

        void zst_compressor_free(Pointer compressor);

        int zst_compressor_compress(Pointer compressor, byte[] src, long srcLen, Bytes out, ErrorDetails err);

        int zst_compressor_copy_stream(Pointer compressor, Source source, Sink sink, long size, long readSize,
                long writeSize, Pointer progress, Pointer outRead, Pointer outWritten, ErrorDetails err);

        int zst_compressor_multi_compress_to_buffer(Pointer compressor, Slice[] items, long count, int threads,
                PointerByReference out, ErrorDetails err);

        int zst_decompressor_new(Pointer dict, PointerByReference out, ErrorDetails err);

        void zst_decompressor_free(Pointer decompressor);

        int zst_decompressor_decompress(Pointer decompressor, byte[] src, long srcLen, long maxOutputSize, int flags,
                Bytes out, Pointer outSrcUsed, ErrorDetails err);

        int zst_decompressor_copy_stream(Pointer decompressor, Source source, Sink sink, long readSize,
                long writeSize, int flags, Pointer progress, Pointer outRead, Pointer outWritten, ErrorDetails err);

        int zst_decompressor_multi_decompress_to_buffer(Pointer decompressor, Slice[] items, long count,
                Pointer sizes, long sizesSize, int threads, PointerByReference out, ErrorDetails err);

        int zst_train_dictionary(long dictSize, Slice[] samples, long count, Pointer parameters,
                PointerByReference out, ErrorDetails err);

        int zst_compression_dict_id(Pointer dict);

        void zst_compression_dict_free(Pointer dict);

        long zst_buffer_with_segments_collection_count(Pointer collection);

        int zst_buffer_with_segments_collection_segment(Pointer collection, long index, Segment out,
                ErrorDetails err);

        void zst_buffer_with_segments_collection_free(Pointer collection);
    }

    @FieldOrder({"status", "zstdCode", "callbackCode", "reserved", "itemIndex", "expected", "actual", "srcPosition",
        "message"})
    public static class ErrorDetails extends Structure {
        public int status, zstdCode, callbackCode, reserved;
        public long itemIndex, expected, actual, srcPosition;
        public byte[] message = new byte[464];
    }

    @FieldOrder({"data", "len", "capacity"})
    public static class Bytes extends Structure implements AutoCloseable {
        public Pointer data;
        public long len, capacity;

        byte[] get() {
            return data.getByteArray(0, Math.toIntExact(len));
        }

        @Override
        public void close() {
            ZST.zst_bytes_free(this);
        }
    }

    @FieldOrder({"data", "len"})
    public static class Slice extends Structure {
        public Pointer data;
        public long len;
    }

    @FieldOrder({"data", "len", "offset"})
    public static class Segment extends Structure {
        public Pointer data;
        public long len, offset;
    }

    public interface Read extends Callback {
        int invoke(Pointer userdata, long sizeHint, Pointer outData, Pointer outLen);
    }

    public interface Write extends Callback {
        int invoke(Pointer userdata, Pointer data, long len, Pointer outWritten);
    }

    @FieldOrder({"userdata", "read", "drop"})
    public static class Source extends Structure {
        public Pointer userdata;
        public Read read;
        public Pointer drop;
    }

    @FieldOrder({"userdata", "write", "flush", "close", "drop"})
    public static class Sink extends Structure {
        public Pointer userdata;
        public Write write;
        public Pointer flush, close, drop;
    }

    static class ZstException extends RuntimeException {
        final String status;

        ZstException(ErrorDetails err) {
            super(Native.toString(err.message, "UTF-8"));
            status = ZST.zst_status_name(err.status);
        }
    }

    /** Makes a call whose last argument is the details of an error. */
    static void check(ToIntFunction<ErrorDetails> call) {
        var err = new ErrorDetails();
        if (call.applyAsInt(err) < 0) {
            throw new ZstException(err);
        }
    }

    /** What a constructor gives. */
    static class Handle implements AutoCloseable {
        private Pointer pointer;
        private final Consumer<Pointer> free;

        Handle(Pointer pointer, Consumer<Pointer> free) {
            this.pointer = pointer;
            this.free = free;
        }

        Pointer pointer() {
            return pointer;
        }

        interface Constructor {
            int make(PointerByReference out, ErrorDetails err);
        }

        static Handle make(Consumer<Pointer> free, Constructor constructor) {
            var out = new PointerByReference();
            check(err -> constructor.make(out, err));
            return new Handle(out.getValue(), free);
        }

        @Override
        public void close() {
            free.accept(pointer); // NULL is fine
            pointer = null;
        }
    }

    static Handle compressor(Pointer dict) {
        return Handle.make(ZST::zst_compressor_free, (out, err) -> ZST.zst_compressor_new(3, dict, out, err));
    }

    static Handle decompressor(Pointer dict) {
        return Handle.make(ZST::zst_decompressor_free, (out, err) -> ZST.zst_decompressor_new(dict, out, err));
    }

    static byte[] compress(Handle compressor, byte[] content) {
        try (var out = new Bytes()) {
            check(err -> ZST.zst_compressor_compress(compressor.pointer, content, content.length, out, err));
            return out.get();
        }
    }

    static byte[] decompress(Handle decompressor, byte[] frame) {
        try (var out = new Bytes()) {
            check(err -> ZST.zst_decompressor_decompress(
                    decompressor.pointer, frame, frame.length, 0, 0, out, null, err));
            return out.get();
        }
    }

    static void compress(Handle compressor, InputStream in, OutputStream out) throws IOException {
        copyStream(in, out, (source, sink, err) -> ZST.zst_compressor_copy_stream(
                compressor.pointer, source, sink, UNKNOWN_SIZE, PIECE, PIECE, null, null, null, err));
    }

    static void decompress(Handle decompressor, InputStream in, OutputStream out) throws IOException {
        copyStream(in, out, (source, sink, err) -> ZST.zst_decompressor_copy_stream(
                decompressor.pointer, source, sink, PIECE, PIECE, 0, null, null, null, err));
    }

    interface Copy {
        int run(Source source, Sink sink, ErrorDetails err);
    }

    interface Work {
        void run() throws IOException;
    }

    /** Nothing may be thrown through C: it waits until the function has come back. */
    static void copyStream(InputStream in, OutputStream out, Copy copy) throws IOException {
        var failure = new Throwable[1];
        ToIntFunction<Work> guarded = work -> {
            try {
                work.run();
                return 0;
            } catch (Throwable thrown) {
                failure[0] = thrown;
                return 1;
            }
        };
        var block = new Memory(PIECE); // lent from one read to the next
        var source = new Source();
        source.read = (userdata, sizeHint, outData, outLen) -> guarded.applyAsInt(() -> {
            var bytes = in.readNBytes((int) PIECE);
            block.write(0, bytes, 0, bytes.length);
            outData.setPointer(0, block);
            outLen.setLong(0, bytes.length);
        });
        var sink = new Sink();
        sink.write = (userdata, data, len, outWritten) -> guarded.applyAsInt(() -> {
            out.write(data.getByteArray(0, Math.toIntExact(len)));
            outWritten.setLong(0, len);
        });
        try {
            check(err -> copy.run(source, sink, err));
        } catch (ZstException reported) {
            if (failure[0] instanceof IOException thrown) {
                throw thrown;
            }
            throw failure[0] == null ? reported : new RuntimeException(failure[0]);
        }
    }

    /** Copies in one piece of C memory, to which the slices point. */
    static Slice[] slices(List<byte[]> items) {
        var memory = new Memory(Math.max(1, total(items)));
        var slices = (Slice[]) new Slice().toArray(items.size());
        long at = 0;
        for (int i = 0; i < slices.length; i++) {
            var item = items.get(i);
            memory.write(at, item, 0, item.length);
            slices[i].data = memory.share(at);
            slices[i].len = item.length;
            at += item.length;
        }
        return slices;
    }

    static List<byte[]> batch(Handle.Constructor call) {
        try (var collection = Handle.make(ZST::zst_buffer_with_segments_collection_free, call)) {
            var results = new ArrayList<byte[]>();
            var segment = new Segment();
            long count = ZST.zst_buffer_with_segments_collection_count(collection.pointer);
            for (long i = 0; i < count; i++) {
                long index = i;
                check(err -> ZST.zst_buffer_with_segments_collection_segment(
                        collection.pointer, index, segment, err));
                results.add(segment.data.getByteArray(0, Math.toIntExact(segment.len)));
            }
            return results;
        }
    }

    static List<byte[]> compressAll(Handle compressor, List<byte[]> contents) {
        return batch((out, err) -> ZST.zst_compressor_multi_compress_to_buffer(
                compressor.pointer, slices(contents), contents.size(), ALL_CORES, out, err));
    }

    static List<byte[]> decompressAll(Handle decompressor, List<byte[]> frames) {
        return batch((out, err) -> ZST.zst_decompressor_multi_decompress_to_buffer(
                decompressor.pointer, slices(frames), frames.size(), null, 0, ALL_CORES, out, err));
    }

    static Handle train(long size, List<byte[]> samples) {
        return Handle.make(ZST::zst_compression_dict_free, (out, err) ->
                ZST.zst_train_dictionary(size, slices(samples), samples.size(), null, out, err));
    }

    static long total(List<byte[]> items) {
        return items.stream().mapToLong(item -> item.length).sum();
    }

    static void checkEqual(byte[] back, byte[] content) {
        if (!Arrays.equals(back, content)) {
            throw new IllegalStateException("what came back differs");
        }
    }

    static void withoutDictionary(byte[] text) throws IOException {
        try (var packer = compressor(null); var unpacker = decompressor(null)) {
            var frame = compress(packer, text);
            checkEqual(decompress(unpacker, frame), text);
            System.out.printf("one-shot: %d bytes, %d compressed%n", text.length, frame.length);

            var packed = new ByteArrayOutputStream();
            var back = new ByteArrayOutputStream();
            compress(packer, new ByteArrayInputStream(text), packed);
            decompress(unpacker, new ByteArrayInputStream(packed.toByteArray()), back);
            checkEqual(back.toByteArray(), text);
            System.out.printf("stream: %d bytes, %d compressed%n", text.length, packed.size());

            var broken = new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("the source is broken");
                }
            };
            try {
                compress(packer, broken, packed);
            } catch (IOException e) {
                System.out.println("callback: " + e.getMessage());
            }
            try {
                decompress(unpacker, Arrays.copyOf(frame, frame.length / 2));
            } catch (ZstException e) {
                System.out.println("error: " + e.status + ": " + e.getMessage());
            }
        }
    }

    static void withDictionary(List<byte[]> records) {
        try (var dict = train(4096, records);
                var packer = compressor(dict.pointer);
                var unpacker = decompressor(dict.pointer)) {
            var first = records.get(0);
            var small = compress(packer, first);
            checkEqual(decompress(unpacker, small), first);
            long id = Integer.toUnsignedLong(ZST.zst_compression_dict_id(dict.pointer));
            System.out.printf("dictionary %d: %d bytes, %d compressed%n", id, first.length, small.length);

            var frames = compressAll(packer, records);
            var back = decompressAll(unpacker, frames);
            for (int i = 0; i < records.size(); i++) {
                checkEqual(back.get(i), records.get(i));
            }
            System.out.printf("batch: %d records, %d bytes, %d compressed%n",
                    frames.size(), total(records), total(frames));
        }
    }

    public static void main(String[] arguments) throws IOException {
        var text = new StringBuilder();
        for (int n = 0; n < 4000; n++) {
            text.append("line %d of a text that repeats itself\n".formatted(n));
        }
        var records = new ArrayList<byte[]>();
        for (int n = 0; n < 2000; n++) {
            var record = "{\"id\": %d, \"name\": \"user %d\", \"active\": true}\n".formatted(n, n * 7919 % 10007);
            records.add(record.getBytes(StandardCharsets.UTF_8));
        }
        withoutDictionary(text.toString().getBytes(StandardCharsets.UTF_8));
        withDictionary(records);
    }
}
