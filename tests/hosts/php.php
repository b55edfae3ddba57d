<?php
// zst from PHP with its FFI extension.

declare(strict_types=1);

const UNKNOWN_SIZE = -1; // 2^64 - 1
const PIECE = 131072;
const ALL_CORES = -1;

/** The functions, types and constants of the library. */
function zst(): FFI
{
    static $zst;
    return $zst ??= FFI::cdef(file_get_contents($GLOBALS["argv"][1]), "libzst.so.1");
}

class ZstError extends RuntimeException
{
    public function __construct(public readonly string $status, string $message)
    {
        parent::__construct($message);
    }
}

/** Calls a function whose last parameter is a zst_error. */
function call(string $function, mixed ...$arguments): void
{
    $err = zst()->new("zst_error");
    if (zst()->$function(...[...$arguments, FFI::addr($err)]) < 0) {
        throw new ZstError(zst()->zst_status_name($err->status), FFI::string($err->message));
    }
}

/** What a constructor gives, freed with the last reference to this object. */
class Handle
{
    public readonly FFI\CData $pointer;

    public function __construct(private readonly string $type, string $constructor, mixed ...$arguments)
    {
        $out = zst()->new("$type *");
        call($constructor, ...[...$arguments, FFI::addr($out)]);
        $this->pointer = $out;
    }

    public function __destruct()
    {
        if (isset($this->pointer)) {
            zst()->{"{$this->type}_free"}($this->pointer);
        }
    }
}

function compressor(?Handle $dictionary = null): Handle
{
    return new Handle("zst_compressor", "zst_compressor_new", 3, $dictionary?->pointer);
}

function decompressor(?Handle $dictionary = null): Handle
{
    return new Handle("zst_decompressor", "zst_decompressor_new", $dictionary?->pointer);
}

/** Calls a function that fills a zst_bytes, and takes what is in it. */
function result(callable $fill): string
{
    $out = zst()->new("zst_bytes"); // zeros, which may be freed, too
    try {
        $fill(FFI::addr($out));
        return FFI::string($out->data, $out->len);
    } finally {
        zst()->zst_bytes_free(FFI::addr($out));
    }
}

function compress(Handle $compressor, string $content): string
{
    return result(fn($out) => call("zst_compressor_compress", $compressor->pointer, $content, strlen($content), $out));
}

function decompress(Handle $decompressor, string $frame): string
{
    return result(fn($out) => call(
        "zst_decompressor_decompress", $decompressor->pointer, $frame, strlen($frame), 0, 0, $out, null));
}

/**
 * Reads with $reader(size) and writes with $writer(bytes). Nothing may be thrown through C: it waits until the function
 * has come back.
 */
function copy_stream(string $function, Handle $handle, callable $reader, callable $writer, mixed ...$settings): void
{
    $block = $failure = null;
    $guarded = function (callable $work) use (&$failure): int {
        try {
            $work();
            return 0;
        } catch (Throwable $thrown) {
            $failure = $thrown;
            return 1;
        }
    };
    $source = zst()->new("zst_source");
    $source->read = function ($userdata, $hint, $out_data, $out_len) use ($guarded, $reader, &$block): int {
        return $guarded(function () use ($reader, $hint, $out_data, $out_len, &$block) {
            $block = memory($reader($hint)); // lent, so it stays until the next one
            $out_data[0] = FFI::addr($block[0]);
            $out_len[0] = FFI::sizeof($block) - 1;
        });
    };
    $sink = zst()->new("zst_sink");
    $sink->write = function ($userdata, $data, $len, $out_written) use ($guarded, $writer): int {
        return $guarded(function () use ($writer, $data, $len, $out_written) {
            $writer(FFI::string($data, $len));
            $out_written[0] = $len;
        });
    };
    try {
        call($function, $handle->pointer, FFI::addr($source), FFI::addr($sink), ...[...$settings, null, null, null]);
    } catch (ZstError $error) {
        throw $failure ?? $error;
    }
}

/** A copy in C memory, with a byte behind it, because arrays of C are never empty. */
function memory(string $content): FFI\CData
{
    $memory = zst()->new("uint8_t[" . strlen($content) + 1 . "]");
    FFI::memcpy($memory, $content, strlen($content));
    return $memory;
}

/** An array of zst_slice, and the memory that it points to. */
function slices(array $items): array
{
    $content = memory(implode($items));
    $slices = zst()->new("zst_slice[" . count($items) . "]");
    $at = 0;
    foreach (array_values($items) as $index => $item) {
        $slices[$index]->data = FFI::addr($content[$at]);
        $slices[$index]->len = strlen($item);
        $at += strlen($item);
    }
    return [$slices, $content];
}

function batch(string $function, Handle $handle, array $items, mixed ...$settings): array
{
    [$slices, $content] = slices($items);
    $collection = new Handle("zst_buffer_with_segments_collection", $function, $handle->pointer,
        FFI::addr($slices[0]), count($items), ...$settings);
    $segment = zst()->new("zst_buffer_segment");
    $results = [];
    for ($i = 0; $i < zst()->zst_buffer_with_segments_collection_count($collection->pointer); $i++) {
        call("zst_buffer_with_segments_collection_segment", $collection->pointer, $i, FFI::addr($segment));
        $results[] = FFI::string($segment->data, $segment->len);
    }
    return $results;
}

function train(int $size, array $samples): Handle
{
    [$slices, $content] = slices($samples);
    return new Handle("zst_compression_dict", "zst_train_dictionary",
        $size, FFI::addr($slices[0]), count($samples), null);
}

/** Reads a string. */
function reader(string $content): callable
{
    $position = 0;
    return function (int $size) use ($content, &$position): string {
        $block = substr($content, $position, $size);
        $position += strlen($block);
        return $block;
    };
}

function check(mixed $back, mixed $content): void
{
    if ($back !== $content) {
        throw new LogicException("what came back differs");
    }
}

function without_dictionary(string $text): void
{
    $packer = compressor();
    $unpacker = decompressor();
    $frame = compress($packer, $text);
    check(decompress($unpacker, $frame), $text);
    printf("one-shot: %d bytes, %d compressed\n", strlen($text), strlen($frame));

    $packed = $back = "";
    copy_stream("zst_compressor_copy_stream", $packer, reader($text), function ($piece) use (&$packed) {
        $packed .= $piece;
    }, UNKNOWN_SIZE, PIECE, PIECE);
    copy_stream("zst_decompressor_copy_stream", $unpacker, reader($packed), function ($piece) use (&$back) {
        $back .= $piece;
    }, PIECE, PIECE, 0);
    check($back, $text);
    printf("stream: %d bytes, %d compressed\n", strlen($text), strlen($packed));
    try {
        $broken = fn() => throw new RuntimeException("the source is broken");
        copy_stream("zst_compressor_copy_stream", $packer, $broken, strlen(...), UNKNOWN_SIZE, PIECE, PIECE);
    } catch (RuntimeException $e) {
        echo "callback: {$e->getMessage()}\n";
    }
    try {
        decompress($unpacker, substr($frame, 0, intdiv(strlen($frame), 2)));
    } catch (ZstError $e) {
        echo "error: $e->status: {$e->getMessage()}\n";
    }
}

function with_dictionary(array $records): void
{
    $dictionary = train(4096, $records);
    $packer = compressor($dictionary);
    $unpacker = decompressor($dictionary);
    $small = compress($packer, $records[0]);
    check(decompress($unpacker, $small), $records[0]);
    printf("dictionary %d: %d bytes, %d compressed\n", zst()->zst_compression_dict_id($dictionary->pointer),
        strlen($records[0]), strlen($small));

    $frames = batch("zst_compressor_multi_compress_to_buffer", $packer, $records, ALL_CORES);
    check(batch("zst_decompressor_multi_decompress_to_buffer", $unpacker, $frames, null, 0, ALL_CORES), $records);
    printf("batch: %d records, %d bytes, %d compressed\n", count($frames), strlen(implode($records)),
        strlen(implode($frames)));
}

$text = "";
for ($n = 0; $n < 4000; $n++) {
    $text .= "line $n of a text that repeats itself\n";
}
$records = [];
for ($n = 0; $n < 2000; $n++) {
    $records[] = sprintf("{\"id\": %d, \"name\": \"user %d\", \"active\": true}\n", $n, $n * 7919 % 10007);
}
without_dictionary($text);
with_dictionary($records);
